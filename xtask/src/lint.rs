//! `cargo xtask lint`: format, clippy and tidy, without a test.

use std::process::ExitCode;

use anyhow::Result;

use crate::{run, tidy};

/// Whether every file is formatted.
pub(crate) fn format() -> Result<bool> {
    run::passes(&mut run::cargo(["fmt", "--all", "--check"]))
}

/// Whether clippy has nothing to say about any target.
pub(crate) fn clippy() -> Result<bool> {
    run::passes(&mut run::cargo([
        "clippy",
        "--quiet",
        "--workspace",
        "--all-targets",
        "--locked",
        "--",
        "--deny",
        "warnings",
    ]))
}

pub(crate) fn run() -> Result<ExitCode> {
    // All three run, so that one round shows everything.
    let format = format()?;
    let clippy = clippy()?;
    let tidy = tidy::check_all()?.failed == 0;
    for (name, ok) in [("format", format), ("clippy", clippy), ("tidy", tidy)] {
        println!("{name}: {}", if ok { "ok" } else { "FAILED" });
    }
    Ok(if format && clippy && tidy {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}
