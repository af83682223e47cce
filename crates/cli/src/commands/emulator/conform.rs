//! `ferry emulator --conform FILE`.

use std::path::Path;

use ferry_core::exit::Exit;
use ferry_emulator::{Finding, Verdict};
use ferry_flows::shell_word;
use serde_json::json;

use crate::failure::Failure;
use crate::output::{Outcome, Report, Table};

/// Holds a recording against the assumptions. The exit code is 1 where the service does something else.
pub(super) fn run(file: &Path) -> Result<Outcome, Failure> {
    let unread = |error: &(dyn std::error::Error + 'static)| {
        Failure::new(Exit::Usage, format!("--conform {}", file.display())).because(error)
    };
    let recording = fs_err::read(file).map_err(|error| unread(&error))?;
    let findings = ferry_emulator::conform(&recording).map_err(|error| unread(&error))?;
    let mut table = Table::new(["ASSUMPTION", "SAYS", "SEEN", "DEFAULT"]);
    let mut silent = 0;
    let mut switches = String::new();
    for found in &findings {
        let (says, seen) = words(found);
        if found.verdict == Verdict::Silent {
            silent += 1;
            continue;
        }
        if let Verdict::Refuted(value) = &found.verdict {
            let setting = format!("{}={value}", found.row.switch);
            switches.extend([" --switch ", &shell_word(&setting)]);
        }
        let default = found.row.default_value().unwrap_or_default();
        let seen = seen.unwrap_or_else(|| default.clone());
        table.row([found.row.switch.to_owned(), says.to_owned(), seen, default]);
    }
    let mut text = format!(
        "{}of {silent} more rows the recording tells nothing\n",
        table.text()
    );
    if switches.is_empty() {
        text += "no switch need be set\n";
    } else {
        text += &format!("set: ferry emulator{switches}\n");
    }
    let rows: Vec<_> = findings
        .iter()
        .map(|found| {
            let (says, seen) = words(found);
            json!({
                "switch": found.row.switch,
                "standing": found.row.standing.to_string(),
                "default": found.row.default_value(),
                "verdict": says,
                "seen": seen,
            })
        })
        .collect();
    let differs = findings
        .iter()
        .any(|found| matches!(found.verdict, Verdict::Refuted(_) | Verdict::Unlike(_)));
    let exit = if differs { Exit::No } else { Exit::Done };
    Ok(Outcome::new(
        exit,
        Report::new(&json!({"rows": rows}), text),
    ))
}

fn words(found: &Finding) -> (&'static str, Option<String>) {
    match &found.verdict {
        Verdict::Confirmed => ("confirmed", None),
        Verdict::Refuted(value) => ("refuted", Some(value.clone())),
        Verdict::Unlike(value) => ("unlike anything emulated", Some(value.clone())),
        Verdict::Silent => ("silent", None),
    }
}
