//! Where a genuine Swift keeps its objects.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};

use crate::run;

/// Begins the names of these folders; the id of the process that made one ends it.
const PREFIX: &str = "ferry-genuine-";

/// A new folder for the objects, in memory where that holds Swift's metadata, else in `interop`.
pub(super) fn made(python: &Path, interop: &Path) -> Result<PathBuf> {
    for base in [Path::new("/dev/shm"), interop] {
        sweep(base);
        let store = base.join(format!("{PREFIX}{}", std::process::id()));
        if fs::create_dir_all(store.join("one")).is_err() {
            continue;
        }
        if run::works(Command::new(python).arg(super::part("room.py")).arg(&store)) {
            return Ok(store);
        }
        fs::remove_dir_all(&store).with_context(|| store.display().to_string())?;
    }
    bail!(
        "neither /dev/shm nor {} holds 16 KB of extended attributes a file, which Swift keeps its metadata in; \
         a tmpfs of Linux 6.6 does, and xfs",
        interop.display()
    )
}

/// Removes what runs left that were killed.
fn sweep(base: &Path) {
    for entry in fs::read_dir(base).into_iter().flatten().flatten() {
        let name = entry.file_name();
        let process = name.to_str().and_then(|name| name.strip_prefix(PREFIX));
        if process.is_some_and(|process| !Path::new("/proc").join(process).exists()) {
            // Somebody else's stays.
            let _ = fs::remove_dir_all(entry.path());
        }
    }
}
