//! What a program takes, process start and end included.

use std::fs;
use std::path::Path;
use std::process::Command;
use std::time::Duration;

use anyhow::{Context, Result, bail};

use crate::interop::tools;
use crate::run;

/// Where GNU time writes, in the home of the program.
const STATISTICS: &str = "time";

/// What one run took.
#[derive(Debug, Clone, Copy)]
pub(super) struct Timed {
    pub(super) wall: Duration,
    /// Of the user and of the system.
    pub(super) cpu: Duration,
    /// The most memory that was resident, in bytes.
    pub(super) peak: u64,
}

/// A program under GNU time, with nothing of our environment, in a home of its own.
pub(super) fn program(program: impl AsRef<Path>, home: &Path) -> Result<Command> {
    let mut time = tools::clean("time", home)?;
    time.current_dir(home)
        .args(["--format", "%U %S %M", "--output"])
        .arg(home.join(STATISTICS))
        .arg(program.as_ref());
    Ok(time)
}

/// Runs what [`program`] began; what it says is shown when it fails.
pub(super) fn run(command: &mut Command, home: &Path) -> Result<Timed> {
    let begun = run::clock();
    let output = command.output().context("could not run time")?;
    let wall = begun.elapsed();
    if !output.status.success() {
        let said = [&*output.stdout, &*output.stderr].concat();
        bail!(
            "{}: {}",
            output.status,
            String::from_utf8_lossy(&said).trim()
        );
    }
    let told = fs::read_to_string(home.join(STATISTICS)).context("what time wrote")?;
    let (cpu, peak) = read(&told).with_context(|| format!("time wrote {told:?}"))?;
    Ok(Timed { wall, cpu, peak })
}

/// The last line: seconds, seconds, KiB.
fn read(told: &str) -> Option<(Duration, u64)> {
    let mut words = told.lines().last()?.split_whitespace();
    let mut seconds = || words.next()?.parse().ok().map(Duration::from_secs_f64);
    let cpu = seconds()? + seconds()?;
    let kib: u64 = words.next()?.parse().ok()?;
    Some((cpu, kib * 1024))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_time_writes_is_read() {
        let cpu = Duration::from_millis(1750);
        assert_eq!(read("1.25 0.50 10240\n"), Some((cpu, 10 << 20)));
        assert_eq!(read("Command terminated by signal 9\n"), None);
        assert_eq!(read(""), None);
    }
}
