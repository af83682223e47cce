//! `cargo xtask`: the gate, the house rules and the generators.
//!
//! It depends on no crate of the product, so that it still runs when one of them does not compile.

#![expect(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a developer's tool talks to the terminal"
)]

mod bench;
mod dist;
mod docs;
mod emulator;
mod interop;
mod lint;
mod run;
mod test;
mod tidy;

use std::process::ExitCode;

use anyhow::Result;

const USAGE: &str = "\
usage: cargo xtask COMMAND

  test                     the gate: format, clippy, build, tidy, tests, doctests
  lint                     format, clippy and tidy alone
  tidy [--fix]             the house rules; --fix strips blanks and writes the generated pages
  docs [--check]           write docs/reference and the tables of docs/fidelity.md
  interop [--ci] [SUITE]   judge the emulator by clients and tests that this project did not write, and our
                           client by a genuine Swift;
                           SUITE --against real tries a suite of Swift's on OpenStack's own,
                           differential --requests N sends at least so many to both
  bench [SUITE]            the figures that are watched, beside their limits: of ferry, or of the emulator,
                           which are those of its service and its store, or of transfers;
                           transfer [big|many|long|memory] [--rounds N] [--peers A,B] measures a part of those
  dist                     build the release binary; print its path, size and digest";

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match dispatch(&arguments) {
        Ok(code) => code,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn dispatch(arguments: &[&str]) -> Result<ExitCode> {
    match arguments {
        ["test"] => Ok(test::run()),
        ["lint"] => lint::run(),
        ["tidy"] => tidy::run(false),
        ["tidy", "--fix"] => tidy::run(true),
        ["docs"] => docs::run(false),
        ["docs", "--check"] => docs::run(true),
        ["interop", rest @ ..] => Ok(interop::run(rest)),
        ["bench", rest @ ..] => bench::run(rest),
        ["dist"] => dist::run(),
        ["help" | "--help" | "-h"] => {
            println!("{USAGE}");
            Ok(ExitCode::SUCCESS)
        }
        _ => {
            eprintln!("{USAGE}");
            Ok(ExitCode::from(2))
        }
    }
}
