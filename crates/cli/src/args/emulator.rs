//! `ferry emulator`.

use std::path::PathBuf;
use std::str::FromStr;

use clap::Args;

const EXAMPLES: &str = "\
Examples:
  ferry emulator                                  the demonstration's environments, in real time
  ferry emulator --port 0 --speed 1000            a free port (printed), a thousand times as fast
  ferry emulator --load ./instances --data ./kept each sub-folder of artifacts an instance
  ferry emulator --generate integrations=2000     a large instance, and an empty one
  ferry emulator --switch job.outcome=FAILED      every job fails
  ferry emulator --rule '{\"path\":\"/v1/\",\"times\":3,\"action\":{\"status\":{\"code\":503}}}'
  ferry emulator --ca-out ca.pem                  over TLS; ca.pem is for clients to trust
  ferry export test --emulator=http://127.0.0.1:8087     from another terminal";

/// Arguments of `ferry emulator`.
#[derive(Clone, Debug, Args)]
#[command(before_help = EXAMPLES)]
pub(crate) struct EmulatorArgs {
    /// Begin with these artifacts, each sub-folder an instance, or with what a TOML file describes
    /// [default: the demonstration's].
    #[arg(long, env = "FERRY_EMULATOR_LOAD", value_name = "DIR|FILE")]
    pub load: Option<PathBuf>,
    /// Begin with an instance `test` of so many made-up integrations, and an empty `prod`.
    #[arg(
        long,
        env = "FERRY_EMULATOR_GENERATE",
        value_name = "integrations=N",
        value_parser = generate,
        conflicts_with = "load"
    )]
    pub generate: Option<usize>,
    /// Keep the state here, and go on from it.
    #[arg(long, env = "FERRY_EMULATOR_DATA", value_name = "DIR")]
    pub data: Option<PathBuf>,
    /// The port on 127.0.0.1; 0 takes a free one and prints it.
    #[arg(long, env = "FERRY_EMULATOR_PORT", default_value_t = 8087)]
    pub port: u16,
    /// Speak TLS, with an authority of the emulator's own; `--data` keeps it.
    #[arg(long, env = "FERRY_EMULATOR_TLS")]
    pub tls: bool,
    /// Write that authority's certificate to FILE, for clients to trust; implies `--tls`.
    #[arg(long, env = "FERRY_EMULATOR_CA_OUT", value_name = "FILE")]
    pub ca_out: Option<PathBuf>,
    /// How many times faster than real time jobs pass; 0 freezes time, which a control moves on.
    #[arg(long, env = "FERRY_EMULATOR_SPEED", value_name = "FACTOR", default_value = "1", value_parser = speed)]
    pub speed: f64,
    /// What the random ids and faults come from.
    #[arg(
        long,
        env = "FERRY_EMULATOR_SEED",
        value_name = "NUMBER",
        default_value_t = 1
    )]
    pub seed: u64,
    /// Turn an assumption; may be given more than once (the variable separates by commas).
    #[arg(
        long = "switch",
        env = "FERRY_EMULATOR_SWITCH",
        value_name = "NAME=VALUE",
        value_delimiter = ','
    )]
    pub switches: Vec<SwitchSetting>,
    /// A fault as JSON, or @FILE with one rule or a list of them; may be given more than once.
    #[arg(long = "rule", env = "FERRY_EMULATOR_RULE", value_name = "JSON|@FILE")]
    pub rules: Vec<String>,
    /// Say what a recording of `ferry record` tells of the assumptions, and which switches to set; then end.
    #[arg(long, env = "FERRY_EMULATOR_CONFORM", value_name = "FILE")]
    pub conform: Option<PathBuf>,
    /// Write the environments' addresses and credentials to FILE as shell variables, once ready.
    #[arg(long, env = "FERRY_EMULATOR_ENV_OUT", value_name = "FILE")]
    pub env_out: Option<PathBuf>,
}

/// `NAME=VALUE` of `--switch`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct SwitchSetting {
    /// The switch's name, such as `job.outcome`.
    pub name: String,
    /// The value as it was written.
    pub value: String,
}

impl FromStr for SwitchSetting {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text.split_once('=') {
            Some((name, value)) if !name.trim().is_empty() => Ok(Self {
                name: name.trim().to_owned(),
                value: value.trim().to_owned(),
            }),
            _ => Err("a switch is written NAME=VALUE, such as job.outcome=FAILED".to_owned()),
        }
    }
}

fn speed(text: &str) -> Result<f64, String> {
    match text.parse::<f64>() {
        Ok(speed) if (0.0..=1e9).contains(&speed) => Ok(speed),
        _ => Err("the speed is a number from 0 to 1000000000, such as 1 or 1000".to_owned()),
    }
}

/// How many integrations at the most: what is made is held in memory.
const MOST_GENERATED: usize = 100_000;

fn generate(text: &str) -> Result<usize, String> {
    text.strip_prefix("integrations=")
        .and_then(|count| count.parse().ok())
        .filter(|count| (1..=MOST_GENERATED).contains(count))
        .ok_or_else(|| format!("it is written integrations=N, N from 1 to {MOST_GENERATED}"))
}
