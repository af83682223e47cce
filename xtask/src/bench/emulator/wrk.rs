//! `wrk`, on the cores that the emulator needs too.

use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result, bail};

use crate::run;

/// How long it asks, in seconds, after as long a run that is not counted.
const SECONDS: u32 = 5;
/// How many connections it keeps.
const CONNECTIONS: u32 = 32;

/// Requests a second with this header, to be shown; says so when there is no `wrk` and none can be had.
pub(super) fn rate(header: &str, url: &str) -> Result<String> {
    let there = || run::works(Command::new("wrk").arg("-v")) || Path::new("/usr/bin/wrk").exists();
    if !there() {
        run::works(Command::new("apt-get").args(["install", "-y", "wrk"]));
    }
    if !there() {
        return Ok("no wrk".to_owned());
    }
    let mut told = String::new();
    for _warm in [true, false] {
        told = run::output(
            Command::new("wrk")
                .args(["-t1", &format!("-c{CONNECTIONS}"), &format!("-d{SECONDS}s")])
                .args(["-H", header, url]),
        )?;
    }
    Ok(format!("{:.0}", read(&told)?))
}

/// The rate in what `wrk` told.
fn read(told: &str) -> Result<f64> {
    if told.contains("Non-2xx") || told.contains("Socket errors") {
        bail!("wrk was refused:\n{told}");
    }
    let line = told
        .lines()
        .find_map(|line| line.strip_prefix("Requests/sec:"));
    let line = line.with_context(|| format!("wrk told no rate:\n{told}"))?;
    line.trim().parse().context("wrk's rate")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_what_wrk_tells() {
        let told = "Running 5s test\n  100 requests\nRequests/sec:  66755.81\nTransfer/sec: 1MB\n";
        assert_eq!(format!("{:.0}", read(told).unwrap()), "66756");
        assert!(read("Non-2xx or 3xx responses: 3\nRequests/sec: 1\n").is_err());
        assert!(read("").is_err());
    }
}
