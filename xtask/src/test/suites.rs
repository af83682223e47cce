//! The test runners: nextest where it is installed, else `cargo test`.

use std::path::Path;

use anyhow::{Result, bail};

use super::parse::{libtest_counts, nextest_counts, note_line, skip_line};
use super::{Counts, Outcome};
use crate::run;

/// Tells the whole-product tests which binary they drive.
const FERRY_BIN: &str = "FERRY_BIN";

/// All tests but the doctests.
pub(super) fn tests(ferry: &Path) -> Result<Outcome> {
    if run::works(&mut run::cargo(["nextest", "--version"])) {
        nextest(ferry)
    } else {
        libtest(ferry)
    }
}

/// The examples in the documentation.
pub(super) fn doctests() -> Result<Outcome> {
    let mut command = run::cargo(["test", "--workspace", "--doc", "--locked", "--no-fail-fast"]);
    command.env("CARGO_TERM_COLOR", "never");
    let mut counts = Counts::default();
    let status = run::follow(&mut command, |line| {
        if let Some(found) = libtest_counts(line) {
            counts.add(found);
        } else if !is_libtest_talk(line) {
            println!("{line}");
        }
    })?;
    Ok(Outcome {
        ok: status.success(),
        counts,
        ..Outcome::default()
    })
}

fn nextest(ferry: &Path) -> Result<Outcome> {
    let mut command = run::cargo([
        "nextest",
        "run",
        "--workspace",
        "--locked",
        "--no-fail-fast",
        "--color=never",
        "--status-level=slow",
        "--final-status-level=fail",
        // What failing tests print comes before the summary, what passing ones print after it.
        "--failure-output=immediate",
        "--success-output=final",
    ]);
    command.env(FERRY_BIN, ferry);
    let mut counts = None;
    let mut told = Told::default();
    let status = run::follow(&mut command, |line| {
        if counts.is_some() {
            told.take(line);
            if line.trim_start().starts_with("FAIL ") {
                println!("{line}");
            }
        } else {
            counts = nextest_counts(line);
            println!("{line}");
        }
    })?;
    match counts {
        Some(counts) => Ok(told.outcome(status.success(), counts)),
        None if status.success() => bail!("nextest printed no summary"),
        None => Ok(Outcome::of(false)),
    }
}

fn libtest(ferry: &Path) -> Result<Outcome> {
    println!("cargo-nextest is not installed: cargo test runs instead");
    let mut command = run::cargo([
        "test",
        "--workspace",
        "--locked",
        "--no-fail-fast",
        "--lib",
        "--bins",
        "--tests",
        "--",
        "--show-output",
    ]);
    command.env(FERRY_BIN, ferry);
    command.env("CARGO_TERM_COLOR", "never");
    let mut counts = Counts::default();
    let mut told = Told::default();
    let mut shown = true;
    let status = run::follow(&mut command, |line| {
        told.take(line);
        // A block `successes:` holds what passing tests printed.
        match line {
            "successes:" => shown = false,
            "failures:" => shown = true,
            _ => {}
        }
        if let Some(found) = libtest_counts(line) {
            counts.add(found);
            shown = true;
        } else if shown && !is_libtest_talk(line) {
            println!("{line}");
        }
    })?;
    Ok(told.outcome(status.success(), counts))
}

/// The lines that libtest prints for every suite and every test that holds.
fn is_libtest_talk(line: &str) -> bool {
    line.is_empty()
        || line == "successes:"
        || line.starts_with("running ")
        || (line.starts_with("test ") && (line.ends_with(" ok") || line.ends_with(" ignored")))
}

/// What tests said to the gate.
#[derive(Default)]
struct Told {
    /// `test: reason`, of those that could not run.
    skips: Vec<String>,
    /// What others have covered.
    notes: Vec<String>,
}

impl Told {
    fn take(&mut self, line: &str) {
        // What one test says twice, the runner counted once.
        let once = |all: &mut Vec<String>, text: String| {
            if !all.contains(&text) {
                all.push(text);
            }
        };
        if let Some((test, reason)) = skip_line(line) {
            once(&mut self.skips, format!("{test}: {reason}"));
        }
        if let Some(note) = note_line(line) {
            once(&mut self.notes, note.to_owned());
        }
    }

    /// The runner took each of those skipped for passed.
    fn outcome(self, ok: bool, mut counts: Counts) -> Outcome {
        let skipped = self.skips.len() as u64;
        counts.passed = counts.passed.saturating_sub(skipped);
        counts.skipped += skipped;
        Outcome {
            ok,
            counts,
            skips: self.skips,
            notes: self.notes,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_skipped_test_is_taken_off_the_passed_ones() {
        let mut told = Told::default();
        for line in [
            "    FERRY-SKIP: curl_can_list: curl is not installed",
            "    FERRY-SKIP: curl_can_list: curl is not installed",
            "    ordinary output",
            "    FERRY-NOTE: 9 cases",
            "    FERRY-NOTE: 9 cases",
        ] {
            told.take(line);
        }
        let counts = Counts {
            passed: 10,
            failed: 0,
            skipped: 2,
        };
        let outcome = told.outcome(true, counts);
        assert_eq!(outcome.counts.passed, 9);
        assert_eq!(outcome.counts.skipped, 3);
        assert_eq!(outcome.skips, ["curl_can_list: curl is not installed"]);
        assert_eq!(outcome.notes, ["9 cases"]);
    }

    #[test]
    fn talk_is_told_from_news() {
        assert!(is_libtest_talk("running 3 tests"));
        assert!(is_libtest_talk("test a::b ... ok"));
        assert!(!is_libtest_talk("test a::b ... FAILED"));
        assert!(!is_libtest_talk("error: could not compile"));
    }
}
