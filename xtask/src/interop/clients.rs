//! Suite `clients`: programs that many people use on Swift, on the emulator's store in both of its dialects.
//!
//! Each carries the same files there and back, and takes everything away again. What it says is not taken for granted:
//! the bytes that come back are compared, and the listings are read.

mod curl;
mod rclone;
mod sample;
mod swiftclient;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};

use super::door::Door;
use super::genuine::{Genuine, SWIFTCLIENT};
use super::upstream::{Against, Upstream};
use super::{tools, venv};
use crate::emulator::Running;
use crate::run::{self, Profile};

/// What a client is given.
struct Visit<'a> {
    door: &'a Door,
    /// An empty folder for it alone.
    folder: &'a Path,
    /// The program of python-swiftclient.
    swift: &'a Path,
}

/// A client by its name, which its container has, too.
type Client = (&'static str, fn(&Visit<'_>) -> Result<()>);

const CLIENTS: [Client; 3] = [
    ("curl", curl::visit),
    ("rclone", rclone::visit),
    ("swiftclient", swiftclient::visit),
];

/// Sends every client through every door, and fails when one comes back with less than it brought.
pub(super) fn run(against: Against) -> Result<()> {
    tools::need("curl", "curl")?;
    tools::need("rclone", "rclone")?;
    let interop = run::target()?.join("interop");
    let python = venv::with(&interop.join("swiftclient"), &[SWIFTCLIENT])?;
    let folder = interop.join("clients");
    if folder.exists() {
        fs::remove_dir_all(&folder).context("what the last run left")?;
    }
    let mut round = Round {
        folder,
        swift: python.with_file_name("swift"),
        failed: 0,
    };
    match against {
        Against::Emulator => {
            let upstream = Upstream::start(against, &interop);
            round.through("upstream dialect, token", upstream, |server| {
                Ok(Door::token(&server.authority()))
            });
            let ferry = run::build_ferry(Profile::Dev)?;
            round.through(
                "OCI dialect, Basic",
                Running::start(&ferry, &[]),
                Door::of_emulator,
            );
        }
        Against::Genuine => {
            let swift = Genuine::start(&interop)?;
            round.through("genuine Swift, token", Ok(&swift), |swift| {
                Ok(Door::token(&swift.authority()))
            });
            round.through("genuine Swift, Basic", Ok(&swift), |swift| {
                Ok(Door::basic(&swift.authority()))
            });
        }
    }
    if round.failed > 0 {
        bail!("{} visits", round.failed);
    }
    Ok(())
}

/// The visits of one run.
struct Round {
    folder: PathBuf,
    swift: PathBuf,
    failed: usize,
}

impl Round {
    /// Every client through one door of a server, with a line for each.
    fn through<S>(&mut self, name: &str, server: Result<S>, door: impl Fn(&S) -> Result<Door>) {
        let opened = server.and_then(|server| Ok((door(&server)?, server)));
        let (door, _server) = match opened {
            Ok(opened) => opened,
            Err(error) => {
                self.tell(name, Err(error));
                return;
            }
        };
        for (client, visit) in CLIENTS {
            let folder = self.folder.join(name.replace([',', ' '], "-")).join(client);
            let verdict = fs::create_dir_all(&folder)
                .context("no folder for a client")
                .and_then(|()| {
                    visit(&Visit {
                        door: &door,
                        folder: &folder,
                        swift: &self.swift,
                    })
                });
            self.tell(&format!("{client}, {name}"), verdict);
        }
    }

    fn tell(&mut self, what: &str, verdict: Result<()>) {
        match verdict {
            Ok(()) => println!("  {what}: ok"),
            Err(error) => {
                self.failed += 1;
                println!("  {what}: FAILED: {error:#}");
            }
        }
    }
}

/// Runs a client to its end, and returns what it said; when it fails, all of that is the error.
fn said(command: &mut Command) -> Result<Vec<u8>> {
    let output = command
        .output()
        .with_context(|| format!("could not run {}", command.get_program().display()))?;
    if !output.status.success() {
        bail!(
            "{command:?}: {}:\n{}{}",
            output.status,
            String::from_utf8_lossy(&output.stdout),
            String::from_utf8_lossy(&output.stderr),
        );
    }
    Ok(output.stdout)
}

/// The same as text.
fn lines(command: &mut Command) -> Result<Vec<String>> {
    let said = String::from_utf8(said(command)?).context("a client says what is no UTF-8")?;
    Ok(said.lines().map(str::to_owned).collect())
}
