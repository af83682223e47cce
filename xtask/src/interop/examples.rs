//! Suite `examples`: the clients of `docs/examples`, unchanged, carry instances across between emulators' instances.
//!
//! They were written from the service's documentation alone, so they judge the emulator. A script's word is not taken:
//! the suite asks the emulator itself what came of it, with curl.

mod outcome;
mod side;

use std::fs;
use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result, bail};

use super::stage::Stage;
use super::{tools, venv};
use crate::emulator::Card;
use crate::run::{self, Profile};
use side::Side;

/// What `client.py` imports.
const PACKAGES: &[&str] = &["requests==2.34.2"];

/// The integration that is carried; the demonstration has it in the project.
const INTEGRATION: &str = "ORDER_NIGHTLY|01.00.0000";
const PROJECT: &str = "ORDERS";
/// A connection of it, and what it shall be in the target.
const CONNECTION: &str = "ORDERS_API";
const CONNECTION_URL: &str = "https://orders.example.com/api";
const JOB: &str = "carried-across";

/// One run of a script, with an emulator of its own.
struct Crossing {
    script: &'static str,
    source: &'static str,
    target: &'static str,
    /// None where the instances are not the demonstration's but [`older`] ones.
    project: Option<&'static str>,
}

const CROSSINGS: &[Crossing] = &[
    Crossing::of_demonstration("gen3.sh"),
    Crossing::of_demonstration("client.py"),
    Crossing::of_older("gen2.sh", "new"),
    Crossing::of_older("client.py", "new"),
    Crossing::of_older("client.py", "upgraded"),
];

impl Crossing {
    const fn of_demonstration(script: &'static str) -> Self {
        Self {
            script,
            source: "test",
            target: "prod",
            project: Some(PROJECT),
        }
    }

    const fn of_older(script: &'static str, target: &'static str) -> Self {
        Self {
            script,
            source: "old",
            target,
            project: None,
        }
    }

    /// The path of the project's design-time calls, or of the instance's.
    fn design(&self) -> String {
        match self.project {
            Some(project) => format!("/integration/v1/projects/{project}"),
            None => "/integration/v1".to_owned(),
        }
    }
}

/// Runs every crossing, and fails when one does.
pub(super) fn run() -> Result<()> {
    tools::need("bash", "bash")?;
    tools::need("jq", "jq")?;
    let interop = run::target()?.join("interop");
    let python = venv::with(&interop.join("requests"), PACKAGES)?;
    let ferry = run::build_ferry(Profile::Dev)?;
    let folder = interop.join("examples");
    if folder.exists() {
        fs::remove_dir_all(&folder).context("what the last run left")?;
    }
    older(&ferry, &folder)?;
    let mut failed = 0;
    for crossing in CROSSINGS {
        let Crossing {
            script,
            source,
            target,
            ..
        } = crossing;
        let place = folder.join(format!("{script}-{target}"));
        let verdict = match cross(crossing, &ferry, &python, &place) {
            Ok(()) => "ok".to_owned(),
            Err(error) => {
                failed += 1;
                format!("FAILED: {error:#}")
            }
        };
        println!("  {script}, {source} to {target}: {verdict}");
    }
    if failed > 0 {
        bail!("{failed} of {}", CROSSINGS.len());
    }
    Ok(())
}

/// Writes what emulators load for crossings without the demonstration: an old instance of Gen2 with the demonstration's
/// integration, and empty ones of both generations.
fn older(ferry: &Path, folder: &Path) -> Result<()> {
    let stage = Stage::set(ferry, &folder.join("demonstration"), &[])?;
    let side = Side::of(stage.card("test")?)?;
    let path = format!(
        "/integration/v1/projects/{PROJECT}/integrations/{}/archive",
        id()
    );
    let artifact = side.get(&stage.curl, &path)?;
    for (name, generation) in [("old", "gen2"), ("new", "gen2"), ("upgraded", "gen3")] {
        let instance = folder.join("load").join(name);
        fs::create_dir_all(&instance)?;
        let settings = format!("generation = \"{generation}\"\n");
        fs::write(instance.join("instance.toml"), settings)?;
    }
    fs::write(folder.join("load/old/integration.iar"), artifact)?;
    Ok(())
}

/// The integration's id as it stands in a path.
fn id() -> String {
    INTEGRATION.replace('|', "%7C")
}

fn cross(crossing: &Crossing, ferry: &Path, python: &Path, place: &Path) -> Result<()> {
    let load: &[&str] = match crossing.project {
        Some(_) => &[],
        None => &["--load", "../load"],
    };
    let stage = Stage::set(ferry, place, load)?;
    let source = stage.card(crossing.source)?;
    let target = Side::of(stage.card(crossing.target)?)?;
    let check = || outcome::check(crossing, &stage, &target, source);
    if check().is_ok() {
        bail!("the target is as it shall become before anything was done");
    }

    let mut variables = variables(crossing, source)?;
    variables.extend(Side::of(source)?.variables("SOURCE")?);
    variables.extend(target.variables("TARGET")?);
    let mut script = command(crossing.script, &stage, python)?;
    script.envs(variables.clone());
    let mut said = String::new();
    let status = run::follow(&mut script, |line| {
        said.push_str(line);
        said.push('\n');
    })?;
    if let Some(name) = leaked(&said, &variables) {
        bail!("it says {name}:\n{said}");
    }
    if !status.success() {
        bail!("{status}:\n{said}");
    }
    if let Err(error) = check() {
        bail!("it ended well, but {error:#}\n{said}");
    }
    Ok(())
}

/// A script with nothing in its environment but the way to the emulator.
fn command(script: &str, stage: &Stage, python: &Path) -> Result<Command> {
    let root = run::root();
    let path = root.join("docs/examples").join(script);
    let mut command = if path.extension().is_some_and(|extension| extension == "py") {
        let mut command = Command::new(python);
        // The checkout stays as it is, and lines come in their order.
        command.args(["-B", "-u"]).arg(path);
        command
    } else {
        Command::new(path)
    };
    command
        .env_clear()
        .env("PATH", tools::programs()?)
        .env("CURL_HOME", stage.curl.home())
        .env("REQUESTS_CA_BUNDLE", &stage.authority)
        .env("PYTHONPATH", root.join("xtask/src/interop/python"))
        .env("FERRY_EMULATOR", stage.emulator.url());
    Ok(command)
}

/// The variables of every script but those of the two sides.
fn variables(crossing: &Crossing, source: Card<'_>) -> Result<Vec<(String, String)>> {
    let variables = [
        ("BUCKET_URL", &*source.bucket()?),
        ("STORAGE_USER", source.text("storage_user")?),
        ("STORAGE_TOKEN", source.text("storage_password")?),
        ("JOB_NAME", JOB),
        ("CONNECTION", CONNECTION),
        ("CONNECTION_URL", CONNECTION_URL),
        ("CONNECTION_USER", "svc_orders"),
        // What shells, forms and URLs give a meaning to.
        ("CONNECTION_PASSWORD", "odd: $&+%41 #!'pässword"),
        ("INTEGRATION", INTEGRATION),
        ("PROJECT", crossing.project.unwrap_or_default()),
        ("POLL_SECONDS", "0.2"),
        ("POLLS", "300"),
    ];
    Ok(variables
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .to_vec())
}

/// The variable whose secret a script has said, if one is.
fn leaked<'a>(said: &str, variables: &'a [(String, String)]) -> Option<&'a str> {
    let secret = |name: &str| {
        ["SECRET", "PASSWORD", "TOKEN"]
            .iter()
            .any(|end| name.ends_with(end))
    };
    variables
        .iter()
        .find(|(name, value)| secret(name) && said.contains(value.as_str()))
        .map(|(name, _)| name.as_str())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_are_found() {
        let variables = [("TARGET_USER", "jane"), ("TARGET_PASSWORD", "hidden")];
        let variables = variables.map(|(name, value)| (name.to_owned(), value.to_owned()));
        assert_eq!(leaked("jane came", &variables), None);
        assert_eq!(
            leaked("as jane:hidden", &variables),
            Some("TARGET_PASSWORD")
        );
    }
}
