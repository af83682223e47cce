//! Programs that the suites need and Rust does not bring.

use std::ffi::OsString;
use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result, bail};

use crate::run;

/// Sees to a program of the system: where it is missing, the Debian package of this name is installed.
pub(crate) fn need(program: &str, package: &str) -> Result<()> {
    let there = || run::works(Command::new(program).arg("--version"));
    if !there() {
        install(package);
    }
    if !there() {
        bail!("{program} is missing, and the package {package} could not be installed");
    }
    Ok(())
}

/// Installs a Debian package, as the user who we are or through sudo; true when it is there.
pub(super) fn install(package: &str) -> bool {
    println!("installing {package}");
    let apt = |prefix: &[&str], arguments: &[&str]| {
        let noninteractive = [
            "env",
            "DEBIAN_FRONTEND=noninteractive",
            "apt-get",
            "--quiet",
        ];
        let mut words = prefix.iter().chain(&noninteractive).chain(arguments);
        words
            .next()
            .is_some_and(|first| run::works(Command::new(first).args(words)))
    };
    [&[][..], &["sudo", "--non-interactive"]]
        .iter()
        .any(|prefix| {
            // A clean machine has no lists yet; one that has them may well be without a network.
            apt(prefix, &["update"]);
            apt(prefix, &["install", "--yes", package])
        })
}

/// The folders that programs are found in.
#[expect(
    clippy::disallowed_methods,
    reason = "what we run finds programs as this one does"
)]
pub(super) fn programs() -> Result<OsString> {
    std::env::var_os("PATH").context("no PATH")
}

/// A program with nothing of our environment but where programs are: settings and proxies of whoever runs a suite must not
/// lead a client elsewhere.
pub(crate) fn clean(program: impl AsRef<Path>, home: &Path) -> Result<Command> {
    let mut command = Command::new(program.as_ref());
    command
        .env_clear()
        .env("PATH", programs()?)
        .env("HOME", home)
        .env("LC_ALL", "C.UTF-8");
    Ok(command)
}
