//! Files of random bytes, and the digests of files.

use std::ffi::OsStr;
use std::fs::File;
use std::io::{self, Read as _};
use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result};

use crate::run;

/// Writes a file of random bytes.
pub(super) fn random(path: &Path, bytes: u64) -> Result<()> {
    let random = File::open("/dev/urandom").context("/dev/urandom")?;
    io::copy(&mut random.take(bytes), &mut File::create(path)?)?;
    Ok(())
}

/// The MD5 of each of these files, in their order.
pub(super) fn md5<P: AsRef<OsStr>>(files: impl IntoIterator<Item = P>) -> Result<Vec<String>> {
    let mut files = files.into_iter().peekable();
    // Without a file it would read its input.
    if files.peek().is_none() {
        return Ok(Vec::new());
    }
    let told = run::output(Command::new("md5sum").args(files))?;
    told.lines().map(digest).collect()
}

/// The digest at the beginning of a line of `md5sum`.
pub(super) fn digest(line: &str) -> Result<String> {
    let digest = line.split_whitespace().next();
    Ok(digest.context("md5sum told nothing")?.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digests_are_read() {
        let line = "d41d8cd98f00b204e9800998ecf8427e  -";
        assert_eq!(digest(line).unwrap(), "d41d8cd98f00b204e9800998ecf8427e");
        assert!(digest("").is_err());
        assert!(md5::<&str>([]).unwrap().is_empty());
    }
}
