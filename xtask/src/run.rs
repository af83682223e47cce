//! Running other programs, and the few facts about this checkout that several commands need.

use std::ffi::OsStr;
use std::io::{BufRead, BufReader, Read};
use std::path::{Path, PathBuf};
use std::process::{Command, ExitStatus, Stdio};
use std::sync::mpsc;
use std::thread;
use std::time::Instant;

use anyhow::{Context, Result, bail};
use serde_json::Value;

/// The root of the repository.
pub(crate) fn root() -> PathBuf {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    here.parent().unwrap_or(here).to_owned()
}

/// Real time, for the durations that the steps are shown with.
#[expect(
    clippy::disallowed_methods,
    reason = "a developer's tool measures real time"
)]
pub(crate) fn clock() -> Instant {
    Instant::now()
}

/// `cargo ARGUMENTS…` in the root of the repository.
pub(crate) fn cargo<A: AsRef<OsStr>>(arguments: impl IntoIterator<Item = A>) -> Command {
    let mut command = Command::new("cargo");
    command.args(arguments).current_dir(root());
    // What cargo tells this program about itself is not for what it starts: build scripts that look at these would run
    // anew, and half the workspace be built anew, whenever a person's cargo and this one take turns.
    for (name, _) in std::env::vars_os() {
        let told = name.to_string_lossy();
        if told.starts_with("CARGO_PKG_") || told.starts_with("CARGO_MANIFEST_") {
            command.env_remove(name);
        }
    }
    command
}

/// Runs a program with its output on our terminal; true when it ended with 0.
pub(crate) fn passes(command: &mut Command) -> Result<bool> {
    let status = command.status().with_context(|| unable(command))?;
    Ok(status.success())
}

/// Runs a program silently; true when it could be started and ended with 0.
pub(crate) fn works(command: &mut Command) -> bool {
    command
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status()
        .is_ok_and(|status| status.success())
}

/// Runs a program and returns its standard output; any other exit code than 0 is an error.
pub(crate) fn output(command: &mut Command) -> Result<String> {
    let output = command
        .stdin(Stdio::null())
        .output()
        .with_context(|| unable(command))?;
    if !output.status.success() {
        let talk = String::from_utf8_lossy(&output.stderr);
        bail!("{command:?} ended with {}: {}", output.status, talk.trim());
    }
    String::from_utf8(output.stdout).with_context(|| format!("output of {command:?}"))
}

/// Runs a program and hands each line of its output (both channels, in order of arrival) to
/// `each`.
pub(crate) fn follow(command: &mut Command, mut each: impl FnMut(&str)) -> Result<ExitStatus> {
    let mut child = command
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .with_context(|| unable(command))?;
    let (sender, lines) = mpsc::channel();
    let readers = [
        child.stdout.take().map(|pipe| relay(pipe, sender.clone())),
        child.stderr.take().map(|pipe| relay(pipe, sender.clone())),
    ];
    drop(sender);
    for line in lines {
        each(&line);
    }
    for reader in readers.into_iter().flatten() {
        // A reader only ends early when the pipe broke, and then the status tells.
        let _ = reader.join();
    }
    child.wait().with_context(|| unable(command))
}

fn relay(pipe: impl Read + Send + 'static, lines: mpsc::Sender<String>) -> thread::JoinHandle<()> {
    thread::spawn(move || {
        let mut pipe = BufReader::new(pipe);
        let mut line = Vec::new();
        // Bytes, not text: a line that is not UTF-8 must not stop the reading.
        while pipe.read_until(b'\n', &mut line).is_ok_and(|n| n > 0) {
            let text = String::from_utf8_lossy(&line);
            if lines.send(text.trim_end().to_owned()).is_err() {
                return;
            }
            line.clear();
        }
    })
}

fn unable(command: &Command) -> String {
    format!("could not run {}", command.get_program().to_string_lossy())
}

/// How the command line is built.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Profile {
    Dev,
    Release,
}

/// Builds the command line and returns the path of `ferry`.
pub(crate) fn build_ferry(profile: Profile) -> Result<PathBuf> {
    let mut build = cargo(["build", "--quiet", "--package", "oic-ferry", "--locked"]);
    if profile == Profile::Release {
        build.arg("--release");
    }
    if !passes(&mut build)? {
        bail!("the command line does not build");
    }
    let folder = match profile {
        Profile::Dev => "debug",
        Profile::Release => "release",
    };
    let name = format!("ferry{}", std::env::consts::EXE_SUFFIX);
    Ok(target()?.join(folder).join(name))
}

/// Where cargo builds, and where everything else that is made from this checkout belongs.
pub(crate) fn target() -> Result<PathBuf> {
    let metadata = metadata(&["--no-deps"])?;
    let target = metadata.get("target_directory").and_then(Value::as_str);
    let target = target.context("cargo metadata names no target directory")?;
    Ok(PathBuf::from(target))
}

/// `cargo metadata` with further arguments.
pub(crate) fn metadata(further: &[&str]) -> Result<Value> {
    let mut command = cargo(["metadata", "--format-version", "1", "--locked"]);
    command.args(further);
    serde_json::from_str(&output(&mut command)?).context("cargo metadata")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_channels_are_followed() {
        let mut lines = Vec::new();
        let status = follow(&mut cargo(["--version"]), |line| {
            lines.push(line.to_owned());
        })
        .unwrap();
        assert!(status.success());
        assert!(lines.iter().any(|line| line.starts_with("cargo ")));
        let status = follow(&mut cargo(["no-such-command"]), |line| {
            lines.push(line.to_owned());
        })
        .unwrap();
        assert!(!status.success());
        assert!(lines.iter().any(|line| line.contains("no-such-command")));
    }

    #[test]
    fn a_missing_program_is_named() {
        let error = passes(&mut Command::new("no-such-program-here")).unwrap_err();
        assert_eq!(error.to_string(), "could not run no-such-program-here");
        assert!(!works(&mut Command::new("no-such-program-here")));
    }
}
