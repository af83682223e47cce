//! `cargo xtask test`: the one gate.
//!
//! The very last line is `N passed, N failed, N skipped`. It counts tests, doctests and the checks
//! of tidy. A step that fails without a count of its own (format, clippy, a build) adds one to the
//! failed ones, so that the line never says `0 failed` when the gate is shut.

mod parse;
mod suites;

use std::process::ExitCode;

use anyhow::Result;

use crate::run::{self, Profile};
use crate::{lint, tidy};

/// What came of the tests of one step.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Counts {
    /// Ran and held.
    pub(crate) passed: u64,
    /// Ran and did not hold.
    pub(crate) failed: u64,
    /// Did not run here; each is named at the end.
    pub(crate) skipped: u64,
}

impl Counts {
    fn add(&mut self, other: Counts) {
        self.passed += other.passed;
        self.failed += other.failed;
        self.skipped += other.skipped;
    }
}

/// The result of one step.
#[derive(Debug, Default)]
struct Outcome {
    ok: bool,
    counts: Counts,
    /// `test: reason`, one for each test that could not run.
    skips: Vec<String>,
    /// What tests say that they have covered.
    notes: Vec<String>,
}

impl Outcome {
    fn of(ok: bool) -> Self {
        Self {
            ok,
            ..Self::default()
        }
    }
}

#[derive(Default)]
struct Gate {
    counts: Counts,
    skips: Vec<String>,
    notes: Vec<String>,
    failed: Vec<&'static str>,
}

impl Gate {
    /// Carries one step out, shows its time and returns whether it held.
    fn step(&mut self, name: &'static str, step: impl FnOnce() -> Result<Outcome>) -> bool {
        println!("== {name}");
        let begun = run::clock();
        let mut outcome = step().unwrap_or_else(|error| {
            println!("error: {error:#}");
            Outcome::default()
        });
        if !outcome.ok && outcome.counts.failed == 0 {
            outcome.counts.failed = 1;
        }
        let verdict = if outcome.ok { "ok" } else { "FAILED" };
        let seconds = begun.elapsed().as_secs_f64();
        println!("== {name}: {verdict} in {seconds:.1} s");
        self.counts.add(outcome.counts);
        self.skips.append(&mut outcome.skips);
        self.notes.append(&mut outcome.notes);
        if !outcome.ok {
            self.failed.push(name);
        }
        outcome.ok
    }
}

pub(crate) fn run() -> ExitCode {
    let mut gate = Gate::default();
    gate.step("format", || Ok(Outcome::of(lint::format()?)));
    gate.step("clippy", || Ok(Outcome::of(lint::clippy()?)));
    let mut ferry = None;
    let built = gate.step("build", || {
        ferry = Some(run::build_ferry(Profile::Dev)?);
        Ok(Outcome::of(true))
    });
    gate.step("tidy", || {
        let counts = tidy::check_all()?;
        Ok(Outcome {
            ok: counts.failed == 0,
            counts,
            ..Outcome::default()
        })
    });
    match ferry {
        Some(ferry) if built => {
            gate.step("tests", || suites::tests(&ferry));
            gate.step("doctests", suites::doctests);
        }
        _ => println!("== tests, doctests: not run, because the build failed"),
    }

    if !gate.failed.is_empty() {
        println!("failed: {}", gate.failed.join(", "));
    }
    for (title, lines) in [("notes:", &gate.notes), ("skipped:", &gate.skips)] {
        if !lines.is_empty() {
            println!("{title}");
        }
        for line in lines {
            println!("  {line}");
        }
    }
    let Counts {
        passed,
        failed,
        skipped,
    } = gate.counts;
    println!("{passed} passed, {failed} failed, {skipped} skipped");
    if gate.failed.is_empty() {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_step_that_fails_without_a_count_counts_once() {
        let mut gate = Gate::default();
        assert!(!gate.step("one", || Ok(Outcome::of(false))));
        assert!(!gate.step("two", || anyhow::bail!("broken")));
        assert!(gate.step("three", || {
            Ok(Outcome {
                ok: true,
                counts: Counts {
                    passed: 4,
                    failed: 0,
                    skipped: 1,
                },
                skips: vec!["a: no curl".to_owned()],
                notes: vec!["9 cases".to_owned()],
            })
        }));
        let all = Counts {
            passed: 4,
            failed: 2,
            skipped: 1,
        };
        assert_eq!(gate.counts, all);
        assert_eq!(gate.failed, ["one", "two"]);
        assert_eq!(gate.skips, ["a: no curl"]);
        assert_eq!(gate.notes, ["9 cases"]);
    }
}
