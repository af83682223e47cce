//! Room on disk.

use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result};

use crate::run;

/// The bytes that may still be written into a folder.
pub(super) fn of(folder: &Path) -> Result<u64> {
    let told = run::output(Command::new("df").arg("-Pk").arg(folder))?;
    read(&told).with_context(|| format!("df tells no room:\n{told}"))
}

/// The fourth column of the second line, as POSIX has it.
fn read(told: &str) -> Option<u64> {
    let kib: u64 = told
        .lines()
        .nth(1)?
        .split_whitespace()
        .nth(3)?
        .parse()
        .ok()?;
    Some(kib * 1024)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_df_tells_is_read() {
        let told = "Filesystem 1024-blocks Used Available Capacity Mounted on\n\
                    tmpfs            24000    0     23000       0% /dev/shm\n";
        assert_eq!(read(told), Some(23_000 * 1024));
        assert_eq!(read("Filesystem\n"), None);
    }
}
