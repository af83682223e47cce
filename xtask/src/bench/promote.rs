//! A promotion of thousands of integrations, beside a bare loop that sends the same requests.
//!
//! Every run has an emulator of its own with the same instances, in which an export has been made. One promotion goes
//! through a relay that writes its requests down; the loop sends these to another emulator, so many at once and none
//! before what it waited for. What is printed is Markdown.

mod exchange;
mod relay;
mod replay;

use std::fs;
use std::path::Path;
use std::process::{Command, ExitCode};
use std::time::Duration;

use anyhow::{Context, Result, bail};
use serde_json::Value;

use super::limit::{self, Limit};
use super::{Folder, machine, median};
use crate::emulator::Running;
use crate::run::{self, Profile};
use relay::Relay;

const USAGE: &str = "usage: cargo xtask bench promote [COUNT [CONNECTIONS]] [--rounds N]";

/// Where the instances and the journals lie: a disk is not what is measured.
const MEMORY: &str = "/dev/shm";
const ROUNDS: usize = 3;
const INTEGRATIONS: usize = 5_000;
const CONNECTIONS: usize = 200;
/// How many requests are under way at once: what the command has, too.
const LANES: usize = 8;

/// Jobs and activations end as soon as they are asked about; ids are the same in every emulator.
const EMULATOR: [&str; 8] = [
    "--seed",
    "7",
    "--speed",
    "1000000",
    "--switch",
    "job-ids=decimal",
    "--switch",
    "activation-seconds=0",
];

/// Every connection of the target gets a place of its own.
const OVERRIDES: &str =
    "[connections.\"*\"]\nproperties.connectionUrl = \"https://api.prod.example.com\"\n";

const EXPORT: [&str; 4] = ["export", "test", "--name", "bench"];
const PROMOTE: [&str; 5] = [
    "promote",
    "test",
    "prod",
    "--archive",
    "bucket:test/bench.zip",
];

struct Wanted {
    integrations: usize,
    connections: usize,
    rounds: usize,
}

impl Default for Wanted {
    fn default() -> Self {
        Self {
            integrations: INTEGRATIONS,
            connections: CONNECTIONS,
            rounds: ROUNDS,
        }
    }
}

/// Measures what the arguments ask for; none: everything.
pub(super) fn run(arguments: &[&str]) -> Result<ExitCode> {
    let Some(wanted) = parse(arguments) else {
        eprintln!("{USAGE}");
        return Ok(ExitCode::from(2));
    };
    let ferry = run::build_ferry(Profile::Release)?;
    println!("machine: {}", machine());
    carry_out(&ferry, &wanted)?;
    Ok(ExitCode::SUCCESS)
}

/// Measures everything.
pub(super) fn measure(ferry: &Path) -> Result<()> {
    carry_out(ferry, &Wanted::default())
}

fn parse(arguments: &[&str]) -> Option<Wanted> {
    let mut wanted = Wanted::default();
    let mut sizes = Vec::new();
    let mut arguments = arguments.iter();
    while let Some(argument) = arguments.next() {
        let number = |text: &str| text.parse().ok().filter(|number: &usize| *number > 0);
        if *argument == "--rounds" {
            wanted.rounds = number(arguments.next()?)?;
        } else {
            sizes.push(number(argument)?);
        }
    }
    match sizes.as_slice() {
        [] => {}
        [integrations] => wanted.integrations = *integrations,
        [integrations, connections] => {
            (wanted.integrations, wanted.connections) = (*integrations, *connections);
        }
        _ => return None,
    }
    Some(wanted)
}

fn carry_out(ferry: &Path, wanted: &Wanted) -> Result<()> {
    let folder = Folder::below(Path::new(MEMORY))?;
    let folder = &folder.0;
    let load = folder.join("load");
    make(wanted, &load)?;
    let stand = |home: &str| Stand::new(ferry, &load, &folder.join(home));
    let recorded = {
        let stand = stand("recorded")?;
        let relay = Relay::start(stand.emulator.authority())?;
        stand.ferry(&format!("http://{}", relay.authority()), &PROMOTE)?;
        relay.end()?
    };
    let (mut ours, mut bare) = (Vec::new(), Vec::new());
    let mut requests = 0;
    for round in 0..wanted.rounds {
        let turns: [fn(&Stand, &[_]) -> Result<Duration>; 2] = [promotion, replay::run];
        for at in 0..turns.len() {
            // Each is the first in turn.
            let at = (at + round) % turns.len();
            let stand = stand(&format!("round-{round}-{at}"))?;
            let before = stand.requests()?;
            let turn = turns.get(at).context("a turn")?;
            let wall = turn(&stand, &recorded)?;
            let sent = stand.requests()? - before;
            match at {
                0 => {
                    ours.push(wall);
                    requests = sent;
                }
                _ => bare.push(wall),
            }
        }
    }
    print!("{}", table(wanted, &mut ours, &mut bare, requests));
    println!("\n{}", replay::kinds(&recorded));
    Ok(())
}

fn table(wanted: &Wanted, ours: &mut [Duration], bare: &mut [Duration], requests: u64) -> String {
    let spread = |all: &mut [Duration]| {
        let middle = median(all).as_secs_f64();
        let of = |at: Option<&Duration>| at.copied().unwrap_or_default().as_secs_f64();
        let shown = format!("{middle:.2} ({:.2}–{:.2})", of(all.first()), of(all.last()));
        (middle, shown)
    };
    let (ours, told) = spread(ours);
    let (bare, bare_told) = spread(bare);
    #[expect(clippy::cast_precision_loss, reason = "counts of thousands")]
    let each = requests as f64 / wanted.integrations as f64;
    let limits = [(
        "wall, of the bare loop's".to_owned(),
        ours / bare,
        Limit::Most(1.5),
    )];
    format!(
        "\n| {} integrations, {} connections | wall s (min–max) |\n| --- | --- |\n\
         | ferry promote | {told} |\n| the same requests, {LANES} at once | {bare_told} |\n\n\
         {requests} requests, {each:.2} an integration\n{}",
        wanted.integrations,
        wanted.connections,
        limit::table(&limits)
    )
}

/// Writes the instances: `test`, and `prod`, which is empty.
fn make(wanted: &Wanted, load: &Path) -> Result<()> {
    let mut make = run::cargo(["run", "--quiet", "--release", "--locked"]);
    make.args([
        "--package",
        "oic-ferry-testkit",
        "--example",
        "make-instance",
        "--",
    ])
    .args([wanted.integrations, wanted.connections].map(|number| number.to_string()))
    .arg(load.join("test"));
    if !run::passes(&mut make)? {
        bail!("the instance could not be made");
    }
    let prod = load.join("prod");
    fs::create_dir_all(&prod)?;
    fs::write(prod.join("instance.toml"), "generation = \"gen3\"\n")?;
    Ok(())
}

/// An emulator in which `test` was exported, and a home for the command.
struct Stand {
    ferry: std::path::PathBuf,
    emulator: Running,
    home: std::path::PathBuf,
}

impl Stand {
    fn new(ferry: &Path, load: &Path, home: &Path) -> Result<Self> {
        fs::create_dir_all(home)?;
        fs::write(home.join("prod.overrides.toml"), OVERRIDES)?;
        let load = load.display().to_string();
        let arguments: Vec<&str> = EMULATOR.into_iter().chain(["--load", &load]).collect();
        let stand = Self {
            ferry: ferry.to_owned(),
            emulator: Running::start_on(home, ferry, &arguments)?,
            home: home.to_owned(),
        };
        stand.ferry(&format!("http://{}", stand.emulator.authority()), &EXPORT)?;
        Ok(stand)
    }

    /// Runs the command to its good end.
    fn ferry(&self, url: &str, arguments: &[&str]) -> Result<()> {
        let mut command = Command::new(&self.ferry);
        command
            .args(arguments)
            .current_dir(&self.home)
            .env("HOME", &self.home)
            .env("XDG_CONFIG_HOME", &self.home)
            .env("FERRY_STATE", self.home.join("state"))
            .env("FERRY_EMULATOR", url);
        run::output(&mut command).map(drop)
    }

    /// How many requests came so far, as the emulator's journal numbers them.
    fn requests(&self) -> Result<u64> {
        let journal = self.emulator.ask("GET", "/_ferry/journal", "", "")?;
        let last = journal.as_array().and_then(|all| all.last());
        let nth = last
            .and_then(|last| last.get("nth"))
            .and_then(Value::as_u64);
        nth.context("the journal is empty")
    }
}

fn promotion(stand: &Stand, _: &[relay::Recorded]) -> Result<Duration> {
    let url = format!("http://{}", stand.emulator.authority());
    let begun = run::clock();
    stand.ferry(&url, &PROMOTE)?;
    Ok(begun.elapsed())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn arguments() {
        let of = |arguments: &[&str]| {
            parse(arguments).map(|it| (it.integrations, it.connections, it.rounds))
        };
        assert_eq!(of(&[]), Some((5_000, 200, 3)));
        assert_eq!(of(&["100", "--rounds", "1", "7"]), Some((100, 7, 1)));
        assert_eq!(of(&["0"]), None);
        assert_eq!(of(&["1", "2", "3"]), None);
        assert_eq!(of(&["--rounds"]), None);
    }
}
