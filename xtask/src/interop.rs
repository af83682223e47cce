//! `cargo xtask interop`: the emulator, driven by clients that this project did not write.
//!
//! Each suite installs what it needs, starts emulators of its own, and asks them itself what came of it.

mod curl;
mod examples;
mod stage;
mod tools;
mod venv;

use std::process::ExitCode;

use anyhow::Result;

/// A suite: its name, and what runs it and fails with what did not hold.
type Suite = (&'static str, fn() -> Result<()>);

/// The suites that exist.
const SUITES: &[Suite] = &[("examples", examples::run)];

/// Runs one suite, or all. With `--ci`, as continuous integration asks, all is the same.
pub(crate) fn run(arguments: &[&str]) -> ExitCode {
    let wanted = match arguments {
        [] | ["--ci"] => None,
        ["--ci", suite] | [suite, "--ci"] | [suite] => Some(*suite),
        _ => {
            eprintln!("usage: cargo xtask interop [--ci] [SUITE]");
            return ExitCode::from(2);
        }
    };
    let chosen = |(name, _): &&Suite| wanted.is_none_or(|wanted| wanted == *name);
    let chosen: Vec<&Suite> = SUITES.iter().filter(chosen).collect();
    if chosen.is_empty() {
        let names: Vec<&str> = SUITES.iter().map(|(name, _)| *name).collect();
        eprintln!("interop: the suites are {}", names.join(", "));
        return ExitCode::from(2);
    }
    let mut code = ExitCode::SUCCESS;
    for (name, suite) in chosen {
        match suite() {
            Ok(()) => println!("interop {name}: ok"),
            Err(error) => {
                println!("interop {name}: FAILED: {error:#}");
                code = ExitCode::FAILURE;
            }
        }
    }
    code
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_unknown_suite_is_refused() {
        assert_eq!(run(&["nothing"]), ExitCode::from(2));
        assert_eq!(run(&["--ci", "nothing"]), ExitCode::from(2));
        assert_eq!(run(&["a", "b", "c"]), ExitCode::from(2));
    }
}
