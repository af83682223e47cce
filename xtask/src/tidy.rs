//! `cargo xtask tidy`: the rules of the house, each a check with a name.
//!
//! Each check stands behind one line of `ARCHITECTURE.md` that begins with `Invariant: [name]`.
//! Checks are functions from a [`House`] (everything that was read) to problems, so that each can
//! be tested with a small input.

mod arrows;
mod house;
mod invariants;
mod lexer;
mod links;
mod manifests;
mod sources;
mod text;

use std::process::ExitCode;

use anyhow::Result;

use crate::test::Counts;
use crate::{docs, run};
use house::House;

/// A check: its name, and what finds the problems.
type Check = (&'static str, fn(&House) -> Result<Vec<String>>);

const CHECKS: &[Check] = &[
    ("arrows", |house| Ok(arrows::arrows(&house.metadata))),
    ("pure", |house| Ok(arrows::pure(&house.metadata))),
    ("hyper", |house| Ok(arrows::hyper(&house.metadata))),
    ("services", |house| Ok(sources::services(&house.files))),
    ("ids", |house| Ok(sources::ids(&house.files))),
    ("zip", |house| {
        Ok(sources::zip(&house.metadata, &house.files))
    }),
    ("edge", |house| Ok(sources::edge(&house.files))),
    ("lengths", |house| Ok(text::lengths(&house.files))),
    ("paths", |house| Ok(text::paths(&house.files))),
    ("blanks", |house| Ok(text::blanks(&house.files))),
    ("versions", |house| Ok(manifests::versions(&house.files))),
    ("licences", |house| {
        Ok(manifests::licences(&house.metadata, &house.files))
    }),
    ("links", |house| {
        let root = run::root();
        Ok(links::links(&house.files, |path| root.join(path).exists()))
    }),
    ("docs", |_| docs::stale()),
    ("invariants", |house| {
        let names: Vec<&str> = CHECKS.iter().map(|(name, _)| *name).collect();
        Ok(invariants::invariants(&house.files, &names))
    }),
];

/// Runs every check and prints the problems; a check counts as one.
pub(crate) fn check_all() -> Result<Counts> {
    let house = House::read(&run::root())?;
    let mut counts = Counts::default();
    for (name, check) in CHECKS {
        let problems = check(&house).unwrap_or_else(|error| vec![format!("{error:#}")]);
        if problems.is_empty() {
            counts.passed += 1;
        } else {
            counts.failed += 1;
            println!("tidy [{name}]:");
            for problem in problems {
                println!("  {problem}");
            }
        }
    }
    Ok(counts)
}

pub(crate) fn run(fix: bool) -> Result<ExitCode> {
    if fix {
        for path in text::strip_blanks(&run::root())? {
            println!("stripped {path}");
        }
        docs::run(false)?;
    }
    let counts = check_all()?;
    println!(
        "tidy: {} checks held, {} did not",
        counts.passed, counts.failed
    );
    Ok(if counts.failed == 0 {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}
