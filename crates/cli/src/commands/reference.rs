//! `ferry reference` (hidden): tables of the documentation, in Markdown.

use std::collections::BTreeMap;
use std::fmt::Write;

use clap::CommandFactory;
use ferry_core::exit::Exit;
use ferry_emulator::{Control, fidelity};
use serde_json::{Value, json};

use crate::args::{Cli, ReferenceArgs, ReferenceTopic};
use crate::output::{Outcome, Report};

/// Variables that are no flag's.
const OTHERS: &[(&str, &str)] = &[
    (
        "HTTPS_PROXY, HTTP_PROXY, NO_PROXY",
        "the proxies, in upper or lower case; never used for this machine or an emulator",
    ),
    ("NO_COLOR", "no colour, whatever its value"),
    (
        "XDG_CONFIG_HOME",
        "where the user's own ferry/ferry.toml lies, in place of ~/.config",
    ),
    (
        "XDG_STATE_HOME",
        "where ferry's runs are kept, in place of ~/.local/state",
    ),
];

/// Writes a table.
pub(crate) fn run(args: &ReferenceArgs) -> Outcome {
    match args.topic {
        ReferenceTopic::ExitCodes => table(["Code", "Name", "Meaning"], exit_codes()),
        ReferenceTopic::Variables => table(["Variable", "Flag", "Meaning"], variables()),
        ReferenceTopic::Controls => table(["Method", "Path", "What"], controls()),
        ReferenceTopic::Fidelity => table(
            [
                "Switch",
                "What",
                "Standing",
                "Source",
                "Default",
                "Other values",
            ],
            assumptions(),
        ),
    }
}

fn table<const COLUMNS: usize>(head: [&str; COLUMNS], rows: Vec<[String; COLUMNS]>) -> Outcome {
    let mut text = String::new();
    let mut line = |cells: &[String]| {
        let cells: Vec<String> = cells
            .iter()
            .map(|cell| cell.replace('|', "\\|").replace('\n', " "))
            .collect();
        // Writing to a String cannot fail.
        let _ = writeln!(text, "| {} |", cells.join(" | "));
    };
    line(&head.map(str::to_owned));
    line(&head.map(|_| "---".to_owned()));
    for row in &rows {
        line(row);
    }
    let data: Vec<Value> = rows
        .into_iter()
        .map(|row| {
            head.iter()
                .map(|name| name.to_lowercase().replace(' ', "-"))
                .zip(row.map(Value::from))
                .collect()
        })
        .collect();
    Outcome::new(Exit::Done, Report::new(&json!(data), text))
}

fn exit_codes() -> Vec<[String; 3]> {
    let row = |exit: &Exit| {
        [
            exit.code().to_string(),
            exit.name().to_owned(),
            exit.meaning().to_owned(),
        ]
    };
    Exit::ALL.iter().map(row).collect()
}

fn controls() -> Vec<[String; 3]> {
    let row = |it: &Control| {
        let path = format!("`{}`", it.path);
        [it.method.to_owned(), path, it.what.to_owned()]
    };
    ferry_emulator::controls().iter().map(row).collect()
}

/// Every variable, from the parser itself.
fn variables() -> Vec<[String; 3]> {
    let mut found = BTreeMap::new();
    collect(&Cli::command(), "", &mut found);
    let others = OTHERS
        .iter()
        .map(|(name, meaning)| ((*name).to_owned(), (Vec::new(), (*meaning).to_owned())));
    let rows = found.into_iter().chain(others);
    rows.map(|(name, (flags, meaning))| {
        [
            format!("`{}`", name.replace(", ", "`, `")),
            flags.join(", "),
            meaning,
        ]
    })
    .collect()
}

fn collect(
    command: &clap::Command,
    path: &str,
    found: &mut BTreeMap<String, (Vec<String>, String)>,
) {
    for argument in command.get_arguments() {
        let (Some(name), Some(long)) = (argument.get_env(), argument.get_long()) else {
            continue;
        };
        let help = argument
            .get_help()
            .map(ToString::to_string)
            .unwrap_or_default();
        let (flags, _) = found
            .entry(name.to_string_lossy().into_owned())
            .or_insert((Vec::new(), help));
        flags.push(if path.is_empty() {
            format!("`--{long}`")
        } else {
            format!("`{path} --{long}`")
        });
    }
    for sub in command.get_subcommands().filter(|sub| !sub.is_hide_set()) {
        let path = if path.is_empty() {
            sub.get_name().to_owned()
        } else {
            format!("{path} {}", sub.get_name())
        };
        collect(sub, &path, found);
    }
}

/// Every switch of the emulator, with what its default rests on.
fn assumptions() -> Vec<[String; 6]> {
    let row = |row: &ferry_emulator::Row| {
        let others: Vec<String> = row
            .others
            .iter()
            .map(|other| format!("`{other}`"))
            .collect();
        [
            format!("`{}`", row.switch),
            row.meaning.to_owned(),
            row.standing.to_string(),
            row.source.to_owned(),
            format!("`{}`", row.default_value().unwrap_or_default()),
            others.join(", "),
        ]
    };
    fidelity().iter().map(row).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_table_has_rows() {
        for topic in [
            ReferenceTopic::ExitCodes,
            ReferenceTopic::Variables,
            ReferenceTopic::Fidelity,
        ] {
            let outcome = run(&ReferenceArgs { topic });
            let text = outcome.report.unwrap().text;
            assert!(text.lines().count() > 5, "{text}");
            assert!(
                text.lines()
                    .all(|line| line.starts_with("| ") && line.ends_with(" |")),
                "{text}"
            );
        }
    }

    #[test]
    fn a_variable_is_told_once_with_all_its_flags() {
        let rows = variables();
        let name = rows
            .iter()
            .filter(|row| row[0] == "`FERRY_NAME`")
            .collect::<Vec<_>>();
        assert_eq!(name.len(), 1);
        assert_eq!(
            name[0][1],
            "`export --name`, `import --name`, `promote --name`, `record export --name`, `record import --name`"
        );
        assert!(rows.iter().any(|row| row[0] == "`FERRY_EMULATOR`"));
    }
}
