//! What reads an archive.

use std::path::PathBuf;
use std::process::Command;

use anyhow::{Context, Result};

use super::load::Load;
use crate::bench::timed::{self, Timed, program};
use crate::run;

pub(super) struct Pass {
    pub(super) name: &'static str,
    /// Runs at every size.
    pub(super) ours: bool,
    command: fn(&Load) -> Result<Command>,
}

pub(super) const PASSES: [Pass; 7] = [
    Pass {
        name: "inflate and CRC",
        ours: true,
        command: |load| ours(load, "inflate"),
    },
    Pass {
        name: "inventory",
        ours: true,
        command: |load| ours(load, "list"),
    },
    Pass {
        name: "full pass",
        ours: true,
        command: |load| ours(load, "full"),
    },
    Pass {
        name: "diff",
        ours: true,
        command: |load| {
            let mut command = ours(load, "diff")?;
            command.arg(&load.second);
            Ok(command)
        },
    },
    Pass {
        name: "unzip -t",
        ours: false,
        command: |load| {
            let mut shell = program("sh", &load.home)?;
            shell
                .args([
                    "-c",
                    "while read -r zip; do unzip -tqq \"$zip\" || exit 1; done < \"$0\"",
                ])
                .arg(&load.list);
            Ok(shell)
        },
    },
    Pass {
        name: "Python, list",
        ours: false,
        command: |load| python(load, "list.py"),
    },
    Pass {
        name: "Python, full",
        ours: false,
        command: |load| python(load, "full.py"),
    },
];

impl Pass {
    pub(super) fn run(&self, load: &Load) -> Result<Timed> {
        let mut command = (self.command)(load)?;
        timed::run(&mut command, &load.home).context(self.name)
    }
}

fn ours(load: &Load, mode: &str) -> Result<Command> {
    let mut command = program(&load.pass, &load.home)?;
    command.arg(mode).arg(&load.first);
    Ok(command)
}

fn python(load: &Load, script: &str) -> Result<Command> {
    let path: PathBuf = run::root().join("xtask/src/bench/archive").join(script);
    let mut command = program("python3", &load.home)?;
    command.arg(path).arg(&load.first);
    Ok(command)
}
