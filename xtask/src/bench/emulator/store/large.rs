//! What an object far larger than memory should be takes of it.

use std::fs::{self, File};
use std::path::Path;

use anyhow::{Context, Result};

use crate::bench::door::Door;
use crate::bench::emulator::memory::peak;
use crate::bench::{Folder, GIB, mebibytes, report, room};
use crate::emulator::Running;

const SIZE: u64 = 4 * GIB;

pub(super) fn measure(ferry: &Path) -> Result<()> {
    for (name, kept) in [
        ("4 GiB up and down, memory at its peak", false),
        ("4 GiB up and down with --data, memory's peak", true),
    ] {
        let folder = Folder::below(&std::env::temp_dir())?;
        if room::of(&folder.0)? < SIZE + GIB {
            println!("note: 4 GiB do not fit into {}", folder.0.display());
            report(name, "no room", "32 MiB");
            continue;
        }
        // It has no bytes on disk; what the emulator makes of it has.
        let source = folder.0.join("source");
        File::create(&source)?.set_len(SIZE)?;
        let disk = folder.0.join("disk");
        fs::create_dir(&disk)?;
        let data = disk.join("data");
        let data = data.to_str().context("a folder whose name is no UTF-8")?;
        let arguments = ["--data", data];
        let arguments = if kept { &arguments[..] } else { &[] };
        let emulator = Running::start_on(&disk, ferry, arguments)?;
        let door = Door::basic(&emulator)?;
        door.up(&source, &[], "large")?;
        door.down("large")?;
        report(name, &mebibytes(peak(emulator.process())?), "32 MiB");
    }
    Ok(())
}
