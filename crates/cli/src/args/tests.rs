use clap::{CommandFactory, Parser};

use super::*;

fn parse(line: &str) -> Result<Cli, clap::Error> {
    Cli::try_parse_from(line.split(' '))
}

#[test]
fn the_definition_is_consistent() {
    Cli::command().debug_assert();
}

/// Every flag but help, version and the second half of the pair has a variable.
#[test]
fn every_flag_has_a_variable() {
    fn check(command: &clap::Command, missing: &mut Vec<String>) {
        for argument in command.get_arguments() {
            let Some(long) = argument.get_long() else {
                continue;
            };
            let named = argument
                .get_env()
                .is_some_and(|name| name.to_string_lossy().starts_with("FERRY_"));
            if !named && !["help", "version", "no-security-artifacts"].contains(&long) {
                missing.push(format!("{} --{long}", command.get_name()));
            }
        }
        for sub in command.get_subcommands() {
            check(sub, missing);
        }
    }
    let mut missing = Vec::new();
    check(&Cli::command(), &mut missing);
    assert!(missing.is_empty(), "{missing:?}");
}

#[test]
fn every_help_begins_with_examples() {
    fn check(command: &mut clap::Command) {
        let help = command.render_long_help().to_string();
        assert!(
            help.starts_with("Examples:\n  ferry "),
            "{}: {help}",
            command.get_name()
        );
        for sub in command.get_subcommands_mut() {
            check(sub);
        }
    }
    check(&mut Cli::command());
}

/// A line that is broken cannot be copied; and it is about the command that it stands at.
#[test]
fn every_example_fits_its_line_and_its_command() {
    fn check(command: &clap::Command, path: &str) {
        let examples = command.get_before_long_help().or(command.get_before_help());
        let examples = examples.map(ToString::to_string).unwrap_or_default();
        for line in examples.lines().skip(1) {
            assert!(line.chars().count() <= 100, "{path}: {line}");
        }
        assert!(examples.contains(path), "{path}: {examples}");
        for sub in command.get_subcommands() {
            check(sub, &format!("{path} {}", sub.get_name()));
        }
    }
    for sub in Cli::command().get_subcommands() {
        // What is recorded is a command like any other.
        if sub.get_name() != "record" {
            check(sub, &format!("ferry {}", sub.get_name()));
        }
    }
}

#[test]
fn the_emulator_is_named_with_an_equals_sign_only() {
    let choice = |line: &str| parse(line).unwrap().globals.emulator;
    assert_eq!(
        choice("ferry export test --emulator"),
        Some(EmulatorChoice::Embedded)
    );
    assert_eq!(
        choice("ferry --emulator export test"),
        Some(EmulatorChoice::Embedded)
    );
    assert_eq!(
        choice("ferry export --emulator test"),
        Some(EmulatorChoice::Embedded)
    );
    assert_eq!(
        choice("ferry export test --emulator=play"),
        Some(EmulatorChoice::Folder("play".into()))
    );
    assert_eq!(
        choice("ferry export test --emulator=http://127.0.0.1:9/"),
        Some(EmulatorChoice::Url("http://127.0.0.1:9".to_owned()))
    );
    assert_eq!(
        choice("ferry export test --emulator=https://localhost:9"),
        Some(EmulatorChoice::Url("https://localhost:9".to_owned()))
    );
    assert_eq!(
        choice("ferry export test --emulator=off"),
        Some(EmulatorChoice::Off)
    );
    assert!(parse("ferry export test --emulator=https://example.com").is_err());
    assert!(parse("ferry export test --emulator=http://example.com").is_err());
}

#[test]
fn security_artifacts_have_three_answers() {
    let asked = |line: &str| match parse(line).unwrap().command {
        Command::Export(args) => args.security_artifacts.asked(),
        _ => unreachable!(),
    };
    assert_eq!(asked("ferry export test"), None);
    assert_eq!(asked("ferry export test --security-artifacts"), Some(true));
    assert_eq!(
        asked("ferry export test --no-security-artifacts"),
        Some(false)
    );
    assert_eq!(
        asked("ferry export test --security-artifacts --no-security-artifacts"),
        Some(false)
    );
}

#[test]
fn a_job_is_named_with_its_kind() {
    assert!(parse("ferry jobs show test job:export:142040").is_ok());
    assert!(parse("ferry jobs show test 142040").is_err());
    assert!(parse("ferry jobs show test run:142040").is_err());
}

#[test]
fn modes_come_in_any_case() {
    for mode in ["ImportOnly", "importOnly", "import-only", "IMPORT_ONLY"] {
        assert!(
            parse(&format!("ferry import prod bucket:a.zip --mode {mode}")).is_ok(),
            "{mode}"
        );
    }
    assert!(parse("ferry import prod bucket:a.zip --mode all").is_err());
}

#[test]
fn switches_and_speeds_are_checked() {
    assert!(parse("ferry emulator --switch job.outcome=FAILED --speed 10").is_ok());
    assert!(parse("ferry emulator --switch job.outcome").is_err());
    assert!(parse("ferry emulator --speed -1").is_err());
    assert!(parse("ferry emulator --speed nan").is_err());
}
