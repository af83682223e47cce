//! Archives read by meaning, beside `unzip -t`, our own unpacking, and what a plain script does.
//!
//! All read the same file in memory, interleaved in one run and each as the first in turn. The archives are generated:
//! equal instances, each written twice with everything different that means nothing. What is printed is Markdown.

mod load;
mod pass;

use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

use anyhow::{Result, bail};

use super::limit::{self, Limit};
use super::timed::Timed;
use super::{Folder, GIB, machine, median, room};
use crate::interop::tools;
use load::Load;
use pass::{PASSES, Pass};

const USAGE: &str = "usage: cargo xtask bench archive [SIZE…] [--rounds N]";

/// Where the archives lie: a disk is not what is measured.
const MEMORY: &str = "/dev/shm";
const ROUNDS: usize = 5;
/// How many integrations there are; growth is told from the first to the last.
const SIZES: [usize; 4] = [10, 100, 1_000, 10_000];
/// The size at which the peers run, too.
const BESIDE: usize = 1_000;

/// What the arguments ask for.
struct Wanted {
    sizes: Vec<usize>,
    rounds: usize,
}

/// Measures what the arguments ask for; none: everything.
pub(super) fn run(arguments: &[&str]) -> Result<ExitCode> {
    let Some(wanted) = parse(arguments) else {
        eprintln!("{USAGE}");
        return Ok(ExitCode::from(2));
    };
    println!("machine: {}", machine());
    carry_out(&wanted)?;
    Ok(ExitCode::SUCCESS)
}

/// Measures everything.
pub(super) fn measure() -> Result<()> {
    carry_out(&Wanted {
        sizes: SIZES.to_vec(),
        rounds: ROUNDS,
    })
}

fn parse(arguments: &[&str]) -> Option<Wanted> {
    let mut wanted = Wanted {
        sizes: Vec::new(),
        rounds: ROUNDS,
    };
    let mut arguments = arguments.iter();
    while let Some(argument) = arguments.next() {
        let number = |text: &str| text.parse().ok().filter(|number: &usize| *number > 0);
        if *argument == "--rounds" {
            wanted.rounds = number(arguments.next()?)?;
        } else {
            wanted.sizes.push(number(argument)?);
        }
    }
    if wanted.sizes.is_empty() {
        wanted.sizes = SIZES.to_vec();
    }
    Some(wanted)
}

fn carry_out(wanted: &Wanted) -> Result<()> {
    for (program, package) in [("time", "time"), ("python3", "python3")] {
        tools::need(program, package)?;
    }
    // unzip knows no --version.
    if !crate::run::works(std::process::Command::new("unzip").arg("-v")) {
        bail!("unzip is missing");
    }
    let programs = load::build()?;
    let folder = Folder::below(PathBuf::from(MEMORY).as_path())?;
    if room::of(&folder.0)? < 4 * GIB {
        bail!("four GiB do not fit into {MEMORY}");
    }
    println!(
        "\n| integrations | pass | wall s (min–max) | CPU s | peak MiB | runs |\n| --- | --- | --- | --- | --- | --- |"
    );
    let mut figures = Vec::new();
    for size in &wanted.sizes {
        let load = Load::make(&programs, &folder.0, *size)?;
        figures.extend(of_size(&load, *size, wanted.rounds)?);
        load.remove()?;
    }
    print!("{}", limit::table(&limits(&figures)));
    Ok(())
}

/// The medians of one pass at one size.
struct Middle {
    size: usize,
    pass: &'static str,
    wall: Duration,
    cpu: Duration,
    /// The most, in bytes: a limit is to hold each time.
    peak: u64,
}

fn of_size(load: &Load, size: usize, rounds: usize) -> Result<Vec<Middle>> {
    println!("| {size} | {} | | | | |", load.told()?);
    let chosen: Vec<&Pass> = PASSES
        .iter()
        .filter(|pass| pass.ours || size == BESIDE)
        .collect();
    let mut runs: Vec<(&'static str, Timed)> = Vec::new();
    for round in 0..rounds {
        let mut turn = chosen.clone();
        turn.rotate_left(round % chosen.len());
        for pass in turn {
            let timed = pass.run(load)?;
            eprintln!("  {size}, {}: {:.2} s", pass.name, timed.wall.as_secs_f64());
            runs.push((pass.name, timed));
        }
    }
    Ok(chosen
        .iter()
        .map(|pass| {
            let own = || runs.iter().filter(|(name, _)| *name == pass.name);
            let mut walls: Vec<Duration> = own().map(|(_, timed)| timed.wall).collect();
            let mut cpus: Vec<Duration> = own().map(|(_, timed)| timed.cpu).collect();
            let middle = Middle {
                size,
                pass: pass.name,
                wall: median(&mut walls),
                cpu: median(&mut cpus),
                peak: own().map(|(_, timed)| timed.peak).max().unwrap_or_default(),
            };
            let seconds = |at: Option<&Duration>| at.map_or(0.0, Duration::as_secs_f64);
            println!(
                "| {size} | {} | {:.3} ({:.3}–{:.3}) | {:.3} | {} | {} |",
                pass.name,
                middle.wall.as_secs_f64(),
                seconds(walls.first()),
                seconds(walls.last()),
                middle.cpu.as_secs_f64(),
                super::mebibytes(middle.peak),
                walls.len()
            );
            middle
        })
        .collect())
}

/// The limits for which both sides were measured.
fn limits(figures: &[Middle]) -> Vec<(String, f64, Limit)> {
    let of = |size: usize, pass: &str| {
        let mut all = figures.iter();
        all.find(|it| it.size == size && it.pass == pass)
    };
    let times = |one: &Middle, other: &Middle| one.wall.as_secs_f64() / other.wall.as_secs_f64();
    let mut rows = Vec::new();
    let mut tell = |what: &str, one: Option<&Middle>, other: Option<&Middle>, limit| {
        let pair = one.zip(other);
        rows.extend(pair.map(|(one, other)| (what.to_owned(), times(one, other), limit)));
    };
    let here = |pass| of(BESIDE, pass);
    let full = here("full pass");
    tell(
        "full pass: of the sum of unzip -t",
        full,
        here("unzip -t"),
        Limit::Most(0.4),
    );
    tell(
        "full pass: times our inflate and CRC",
        full,
        here("inflate and CRC"),
        Limit::Most(3.0),
    );
    tell(
        "full pass: times as fast as Python",
        here("Python, full"),
        full,
        Limit::Least(8.0),
    );
    tell(
        "inventory: times as fast as Python",
        here("Python, list"),
        here("inventory"),
        Limit::Least(5.0),
    );
    tell("diff: times one pass", here("diff"), full, Limit::Most(2.2));
    rows.extend(full.map(|full| {
        let mebibytes = u32::try_from(full.peak >> 10).map_or(f64::MAX, f64::from) / 1024.0;
        (
            "full pass: MiB of memory".to_owned(),
            mebibytes,
            Limit::Most(96.0),
        )
    }));
    let (least, most) = (SIZES.iter().min(), SIZES.iter().max());
    if let (Some(least), Some(most)) = (least, most)
        && let (Some(small), Some(large)) = (of(*least, "full pass"), of(*most, "full pass"))
    {
        let content = f64::from(u32::try_from(most / least).unwrap_or(u32::MAX));
        let what = format!("full pass: growth from {least} to {most}, of that of the content");
        rows.push((what, times(large, small) / content, Limit::Most(1.0)));
    }
    rows
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn arguments_are_read() {
        let all = parse(&[]).unwrap();
        assert_eq!((all.sizes.len(), all.rounds), (SIZES.len(), ROUNDS));
        let some = parse(&["10", "1000", "--rounds", "1"]).unwrap();
        assert_eq!((some.sizes, some.rounds), (vec![10, 1_000], 1));
        for wrong in [&["large"][..], &["--rounds", "0"], &["--rounds"], &["0"]] {
            assert!(parse(wrong).is_none(), "{wrong:?}");
        }
    }

    #[test]
    fn limits_need_both_sides() {
        let of = |size, pass, millis| Middle {
            size,
            pass,
            wall: Duration::from_millis(millis),
            cpu: Duration::ZERO,
            peak: 48 << 20,
        };
        assert!(limits(&[]).is_empty());
        let rows = limits(&[
            of(1_000, "full pass", 900),
            of(1_000, "inflate and CRC", 300),
            of(10, "full pass", 10),
            of(10_000, "full pass", 9_000),
        ]);
        let measured: Vec<f64> = rows.iter().map(|(_, measured, _)| *measured).collect();
        assert_eq!(measured.len(), 3);
        assert!((measured[0] - 3.0).abs() < 1e-9);
        assert!((measured[1] - 48.0).abs() < 1e-9);
        assert!((measured[2] - 0.9).abs() < 1e-9);
    }
}
