//! `cargo xtask interop`: the emulator, driven by clients that this project did not write.

use std::process::ExitCode;

/// A suite: its name, and what runs it and says whether it held.
type Suite = (&'static str, fn() -> bool);

/// The suites that exist.
const SUITES: &[Suite] = &[];

/// Runs one suite, or all; `--ci` is content when there is none.
pub(crate) fn run(arguments: &[&str]) -> ExitCode {
    let (ci, suite) = match arguments {
        [] => (false, None),
        ["--ci"] => (true, None),
        ["--ci", suite] | [suite, "--ci"] => (true, Some(*suite)),
        [suite] => (false, Some(*suite)),
        _ => {
            eprintln!("usage: cargo xtask interop [--ci] [SUITE]");
            return ExitCode::from(2);
        }
    };
    let chosen: Vec<_> = SUITES
        .iter()
        .filter(|(name, _)| suite.is_none_or(|wanted| wanted == *name))
        .collect();
    match (chosen.is_empty(), suite) {
        (true, Some(unknown)) => {
            eprintln!("interop: there is no suite `{unknown}`");
            return ExitCode::from(2);
        }
        (true, None) => {
            println!("interop: no suite exists yet");
            return if ci {
                ExitCode::SUCCESS
            } else {
                ExitCode::from(2)
            };
        }
        (false, _) => {}
    }
    let mut all = true;
    for (name, suite) in chosen {
        let ok = suite();
        println!("interop {name}: {}", if ok { "ok" } else { "FAILED" });
        all &= ok;
    }
    if all {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn without_a_suite_only_ci_is_content() {
        assert_eq!(run(&["--ci"]), ExitCode::SUCCESS);
        assert_eq!(run(&["nothing"]), ExitCode::from(2));
        assert_eq!(run(&["a", "b", "c"]), ExitCode::from(2));
    }
}
