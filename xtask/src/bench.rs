//! `cargo xtask bench`: the figures that are watched, beside their limits and the machine.
//!
//! It never fails on a figure: a busy machine is no defect. Whoever reads the output compares.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode, Stdio};
use std::thread;
use std::time::Duration;

use anyhow::{Context, Result};

use crate::dist;
use crate::run::{self, Profile};

/// Has the emulator speak as OpenStack Swift does.
const UPSTREAM: [&str; 2] = ["--switch", "store-dialect=upstream"];

const GIB: u64 = 1 << 30;

/// How often the start of the program is measured.
const STARTS: usize = 20;
/// How often the crossing is measured; it takes far longer than a start.
const CROSSINGS: usize = 5;

mod archive;
mod bytes;
mod door;
mod emulator;
mod limit;
mod promote;
mod room;
mod timed;
mod transfer;

/// A suite: its names, each of which chooses it, and what measures its figures of the release binary.
type Suite = (&'static [&'static str], fn(&Path) -> Result<()>);

const SUITES: &[Suite] = &[
    (&["ferry"], ferry),
    (&["emulator", "service"], emulator::service::measure),
    (&["emulator", "store"], emulator::store::measure),
    (&["transfer"], transfer::measure),
    (&["archive"], |_| archive::measure()),
    (&["promote"], promote::measure),
];

/// Measures the suites of one name, or all.
pub(crate) fn run(arguments: &[&str]) -> Result<ExitCode> {
    let suite = match arguments {
        [] => None,
        ["transfer", rest @ ..] => return transfer::run(rest),
        ["archive", rest @ ..] => return archive::run(rest),
        ["promote", rest @ ..] => return promote::run(rest),
        [suite, ..] => Some(*suite),
    };
    let chosen = chosen(suite);
    if chosen.is_empty() || arguments.len() > 1 {
        let mut names: Vec<&str> = SUITES
            .iter()
            .flat_map(|(names, _)| *names)
            .copied()
            .collect();
        names.sort_unstable();
        names.dedup();
        eprintln!("bench: the suites are {}", names.join(", "));
        return Ok(ExitCode::from(2));
    }
    let ferry = run::build_ferry(Profile::Release)?;
    println!("machine: {}", machine());
    println!("{:48} {:>12} {:>10}", "figure", "measured", "limit");
    for (_, measure) in chosen {
        measure(&ferry)?;
    }
    Ok(ExitCode::SUCCESS)
}

fn chosen(suite: Option<&str>) -> Vec<&'static Suite> {
    let chosen = |(names, _): &&Suite| suite.is_none_or(|wanted| names.contains(&wanted));
    SUITES.iter().filter(chosen).collect()
}

/// The command line itself.
fn ferry(ferry: &Path) -> Result<()> {
    let help = measure(ferry, &["--help"], STARTS)?;
    report(
        "ferry --help, median of 20",
        &milliseconds(help.median),
        "10 ms",
    );
    report("release binary", &megabytes(dist::size(ferry)?), "12 MB");

    let crossing = measure(
        ferry,
        &["promote", "test", "prod", "--live=stop", "--emulator"],
        CROSSINGS,
    )?;
    report(
        "ferry promote test prod --live=stop --emulator, median of 5",
        &milliseconds(crossing.median),
        "5000 ms",
    );
    for (name, code) in [("--help", help.code), ("promote", crossing.code)] {
        if code != Some(0) {
            println!("note: ferry {name} ended with {code:?}, so its time says little");
        }
    }
    Ok(())
}

struct Measured {
    median: Duration,
    /// The exit code of the last run; none when a signal ended it.
    code: Option<i32>,
}

/// Runs the command `times` times, each in a folder of its own, so that no run sees another's
/// journal.
fn measure(ferry: &Path, arguments: &[&str], times: usize) -> Result<Measured> {
    let mut durations = Vec::with_capacity(times);
    let mut code = None;
    for _ in 0..times {
        let folder = Folder::below(&std::env::temp_dir())?;
        let mut command = Command::new(ferry);
        command
            .args(arguments)
            .current_dir(&folder.0)
            .env("HOME", &folder.0)
            .env("FERRY_STATE", &folder.0)
            .env("XDG_CONFIG_HOME", &folder.0)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null());
        let begun = run::clock();
        let status = command.status().context("could not run ferry")?;
        durations.push(begun.elapsed());
        code = status.code();
    }
    Ok(Measured {
        median: median(&mut durations),
        code,
    })
}

/// A folder of a temporary one that goes away with the value. There is one at a time.
struct Folder(PathBuf);

impl Folder {
    fn below(base: &Path) -> Result<Self> {
        let path = base.join(format!("ferry-bench-{}", std::process::id()));
        fs::create_dir_all(&path).with_context(|| path.display().to_string())?;
        Ok(Self(path))
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        // Nothing depends on it being gone; the system clears its temporary folder too.
        let _ = fs::remove_dir_all(&self.0);
    }
}

fn report(figure: &str, measured: &str, limit: &str) {
    println!("{figure:48} {measured:>12} {limit:>10}");
}

/// The middle one; of an even number, the lower middle one.
fn median(durations: &mut [Duration]) -> Duration {
    durations.sort_unstable();
    let middle = durations.len().saturating_sub(1) / 2;
    durations.get(middle).copied().unwrap_or_default()
}

fn milliseconds(duration: Duration) -> String {
    format!("{:.1} ms", duration.as_secs_f64() * 1000.0)
}

fn megabytes(bytes: u64) -> String {
    // Tenths of a megabyte, rounded up: a limit must not be met by rounding.
    let tenths = bytes.div_ceil(100_000);
    format!("{}.{} MB", tenths / 10, tenths % 10)
}

/// In tenths, rounded up: a limit must not be met by rounding.
fn mebibytes(bytes: u64) -> String {
    let tenths = (bytes * 10).div_ceil(1 << 20);
    format!("{}.{} MiB", tenths / 10, tenths % 10)
}

fn machine() -> String {
    let model = fs::read_to_string("/proc/cpuinfo")
        .ok()
        .and_then(|text| cpu_model(&text))
        .unwrap_or_else(|| "unknown processor".to_owned());
    let cores = thread::available_parallelism().map_or(1, std::num::NonZero::get);
    format!("{model}, {cores} cores, {}", std::env::consts::OS)
}

fn cpu_model(cpuinfo: &str) -> Option<String> {
    cpuinfo.lines().find_map(|line| {
        let (key, value) = line.split_once(':')?;
        (key.trim() == "model name").then(|| value.trim().to_owned())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn suites_are_chosen_by_each_of_their_names() {
        assert_eq!(chosen(None).len(), SUITES.len());
        assert_eq!(chosen(Some("emulator")).len(), 2);
        assert_eq!(chosen(Some("store")).len(), 1);
        assert!(chosen(Some("nothing")).is_empty());
    }

    #[test]
    fn medians() {
        let of = |millis: &[u64]| {
            let mut all: Vec<_> = millis.iter().copied().map(Duration::from_millis).collect();
            median(&mut all).as_millis()
        };
        assert_eq!(of(&[5]), 5);
        assert_eq!(of(&[9, 1, 5]), 5);
        assert_eq!(of(&[9, 1, 5, 3]), 3);
        assert_eq!(of(&[]), 0);
    }

    #[test]
    fn figures() {
        assert_eq!(megabytes(12_000_000), "12.0 MB");
        assert_eq!(megabytes(12_000_001), "12.1 MB");
        assert_eq!(mebibytes(32 << 20), "32.0 MiB");
        assert_eq!(mebibytes((32 << 20) + 1), "32.1 MiB");
        assert_eq!(milliseconds(Duration::from_micros(9_450)), "9.4 ms");
        let cpuinfo = "processor\t: 0\nmodel name\t: Example CPU\n";
        assert_eq!(cpu_model(cpuinfo).as_deref(), Some("Example CPU"));
    }
}
