//! `cargo xtask interop`: the emulator, driven by clients and judged by tests that this project did not write, and our
//! client, sent to a server that it did not write.
//!
//! Each suite installs what it needs, starts servers of its own, and asks them itself what came of it.

mod clients;
mod curl;
mod differential;
mod door;
mod examples;
mod genuine;
mod stage;
mod swift;
mod swift_functional;
pub(crate) mod tools;
mod upstream;
pub(crate) mod venv;

use std::process::ExitCode;

use anyhow::Result;

pub(crate) use genuine::{Genuine, SWIFTCLIENT};
use upstream::Against;

const USAGE: &str = "usage: cargo xtask interop [--ci] [SUITE [--against real | --requests N]]";

/// The page on fidelity with what is known of the emulator's Swift.
pub(crate) fn with_known(page: &str) -> Result<String> {
    differential::with_known(&swift_functional::with_known(page)?)
}

/// A suite.
struct Suite {
    name: &'static str,
    run: Run,
}

/// What runs a suite, and fails with what did not hold.
enum Run {
    /// Of one server, always the same.
    Alone(fn() -> Result<()>),
    /// Of the emulator's Swift, which a genuine one may stand in for: it shows that the suite is right.
    Swift(fn(Against) -> Result<()>),
    /// Of both side by side, by at least so many requests.
    Both(fn(usize) -> Result<()>),
}

/// The suites that exist.
const SUITES: &[Suite] = &[
    Suite {
        name: "examples",
        run: Run::Alone(examples::run),
    },
    Suite {
        name: "swift-functional",
        run: Run::Swift(swift_functional::run),
    },
    Suite {
        name: "clients",
        run: Run::Swift(clients::run),
    },
    Suite {
        name: "differential",
        run: Run::Both(differential::run),
    },
    Suite {
        name: "swift",
        run: Run::Alone(swift::run),
    },
];

/// Runs one suite, or all. With `--ci`, as continuous integration asks, all is the same.
pub(crate) fn run(arguments: &[&str]) -> ExitCode {
    let wanted = match parse(arguments) {
        Ok(wanted) => wanted,
        Err(problem) => {
            eprintln!("{problem}");
            return ExitCode::from(2);
        }
    };
    let mut code = ExitCode::SUCCESS;
    for suite in wanted.suites {
        let verdict = match suite.run {
            Run::Alone(run) => run(),
            Run::Swift(run) => run(wanted.against),
            Run::Both(run) => run(wanted.requests),
        };
        match verdict {
            Ok(()) => println!("interop {}: ok", suite.name),
            Err(error) => {
                println!("interop {}: FAILED: {error:#}", suite.name);
                code = ExitCode::FAILURE;
            }
        }
    }
    code
}

/// What the arguments ask for.
struct Wanted {
    suites: Vec<&'static Suite>,
    against: Against,
    requests: usize,
}

fn parse(arguments: &[&str]) -> Result<Wanted, String> {
    let mut name = None;
    let mut against = Against::Emulator;
    let mut requests = None;
    let mut arguments = arguments.iter();
    while let Some(argument) = arguments.next() {
        match *argument {
            "--ci" => {}
            "--against" => match arguments.next() {
                Some(&"real") => against = Against::Genuine,
                _ => return Err(USAGE.to_owned()),
            },
            "--requests" => match arguments.next().map(|number| number.parse()) {
                // None would show nothing.
                Some(Ok(number)) if number > 0 => requests = Some(number),
                _ => return Err(USAGE.to_owned()),
            },
            word if name.is_none() && !word.starts_with('-') => name = Some(word),
            _ => return Err(USAGE.to_owned()),
        }
    }
    let suites: Vec<&Suite> = SUITES
        .iter()
        .filter(|suite| name.is_none_or(|name| name == suite.name))
        .collect();
    if suites.is_empty() {
        let names: Vec<&str> = SUITES.iter().map(|suite| suite.name).collect();
        return Err(format!("interop: the suites are {}", names.join(", ")));
    }
    let swift = |suite: &&Suite| matches!(suite.run, Run::Swift(_));
    if against == Against::Genuine && !suites.iter().all(swift) {
        let names: Vec<&str> = SUITES
            .iter()
            .filter(swift)
            .map(|suite| suite.name)
            .collect();
        return Err(format!(
            "interop: --against real is for {}",
            names.join(", ")
        ));
    }
    let both = |suite: &&Suite| matches!(suite.run, Run::Both(_));
    if requests.is_some() && !suites.iter().all(both) {
        return Err("interop: --requests is for differential".to_owned());
    }
    Ok(Wanted {
        suites,
        against,
        requests: requests.unwrap_or(differential::REQUESTS),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(arguments: &[&str]) -> Result<(Vec<&'static str>, Against), String> {
        let wanted = parse(arguments)?;
        let names = wanted.suites.iter().map(|suite| suite.name).collect();
        Ok((names, wanted.against))
    }

    #[test]
    fn all_suites_are_the_default() {
        for arguments in [&[][..], &["--ci"]] {
            let (names, against) = names(arguments).unwrap();
            assert_eq!(names.len(), SUITES.len());
            assert_eq!(against, Against::Emulator);
        }
    }

    #[test]
    fn a_genuine_swift_stands_in_for_the_emulators() {
        let suite = "swift-functional";
        for arguments in [[suite, "--against", "real"], ["--against", "real", suite]] {
            assert_eq!(names(&arguments), Ok((vec![suite], Against::Genuine)));
        }
        assert!(names(&["examples", "--against", "real"]).is_err());
        assert!(names(&["--ci", "--against", "real"]).is_err());
    }

    #[test]
    fn what_is_unknown_is_refused() {
        assert_eq!(run(&["nothing"]), ExitCode::from(2));
        assert_eq!(run(&["--ci", "nothing"]), ExitCode::from(2));
        assert_eq!(run(&["a", "b", "c"]), ExitCode::from(2));
        assert_eq!(run(&["examples", "--against"]), ExitCode::from(2));
        for number in ["0", "-1", "x"] {
            let arguments = ["differential", "--requests", number];
            assert_eq!(run(&arguments), ExitCode::from(2));
        }
        assert_eq!(run(&["differential", "--requests"]), ExitCode::from(2));
    }
}
