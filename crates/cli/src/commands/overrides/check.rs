//! `ferry overrides check`.

use ferry_core::exit::Exit;
use ferry_core::overrides::{Checked, Finding, check};
use serde_json::{Value, json};

use crate::app::App;
use crate::args::Against;
use crate::commands::tables::listed;
use crate::config::OverridesFile;
use crate::failure::Failure;
use crate::output::{Outcome, Report, Table, clean_line, counted};

/// Compares the file with what is to come. No secret is resolved.
pub(super) async fn run(app: &App, args: Against) -> Result<Outcome, Failure> {
    let name = &args.environment;
    let config = app.config()?;
    let Some(file) = config.overrides(name)? else {
        let path = config.overrides_path(name);
        let what = format!(
            "there are no overrides of {name}: {} is not there",
            path.display()
        );
        return Err(Failure::new(Exit::Usage, what)
            .hint(format!("make it: ferry overrides init {name} SOURCE")));
    };
    let (facts, source) = super::read(app, &args.source, args.limits.limits()).await?;
    let mut checked = check(&file.stated, &facts);
    checked.findings.extend(files(app, &file));
    let exit = if checked.findings.is_empty() {
        Exit::Done
    } else {
        Exit::No
    };
    let mut data = serde_json::to_value(&checked).unwrap_or_default();
    if let Some(fields) = data.as_object_mut() {
        fields.insert("file".to_owned(), json!(file.path.display().to_string()));
        fields.insert("source".to_owned(), json!(source));
        fields.insert("origin".to_owned(), json!(facts.origin));
        let findings = checked.findings.iter().map(|finding| told(&file, finding));
        fields.insert("findings".to_owned(), findings.collect());
    }
    let report = Report::new(&data, text(&file, &checked));
    Ok(Outcome::new(exit, report))
}

/// Files to upload that cannot be read.
fn files(app: &App, file: &OverridesFile) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (entry, stated) in &file.stated.connections {
        for (property, attached) in &stated.attachments {
            let path = app.variables.expand(attached.path(), file.path.parent());
            let is_file = fs_err::File::open(&path)
                .and_then(|file| file.metadata())
                .is_ok_and(|meta| meta.is_file());
            if !is_file {
                findings.push(Finding::NoFile {
                    entry: entry.clone(),
                    property: property.clone(),
                    path: path.display().to_string(),
                });
            }
        }
    }
    findings
}

/// A finding with where it stands, what it is, and what to do.
fn told(file: &OverridesFile, finding: &Finding) -> Value {
    let mut told = serde_json::to_value(finding).unwrap_or_default();
    if let Some(fields) = told.as_object_mut() {
        if let Some(at) = at(file, finding) {
            fields.insert("at".to_owned(), json!(at));
        }
        fields.insert("what".to_owned(), json!(finding.to_string()));
        fields.insert("next".to_owned(), json!(finding.next()));
    }
    told
}

fn at(file: &OverridesFile, finding: &Finding) -> Option<String> {
    finding
        .entry()
        .map(|(table, entry)| file.entry(table, entry))
}

fn text(file: &OverridesFile, checked: &Checked) -> String {
    let mut text = String::new();
    let mut table = Table::new(["ENTRY", "MEETS"]);
    for met in &checked.entries {
        let meets = match met.meets.as_slice() {
            [] => "nothing".to_owned(),
            meets => meets.join(", "),
        };
        table.row([format!("{} {}", met.table, met.entry), meets]);
    }
    if !table.is_empty() {
        text += &table.text();
        text.push('\n');
    }
    let mut table = Table::new(["CONNECTION", "VALUE", "BEFORE", "AFTER", "BY"]);
    for connection in &checked.connections {
        let mut label = connection.label();
        for value in &connection.values {
            table.row([
                &std::mem::take(&mut label),
                value.name.as_str(),
                value.before.as_deref().unwrap_or("-"),
                value.after.as_deref().unwrap_or("kept"),
                value.entry.as_str(),
            ]);
        }
    }
    if !table.is_empty() {
        text += &table.text();
        text.push('\n');
    }
    let line = |finding: &Finding| {
        let at = at(file, finding).map_or_else(String::new, |at| format!("{at}: "));
        clean_line(&format!("{at}{finding}"))
    };
    // Many findings have one next step, which is told behind the last of them.
    let mut findings = checked.findings.iter().peekable();
    while let Some(finding) = findings.next() {
        text += &listed("wrong", &[line(finding)]);
        let next = finding.next();
        if findings.peek().is_none_or(|after| after.next() != next) {
            text += &listed("next", &[clean_line(&next)]);
        }
    }
    for one in &checked.not_checkable {
        let accepted = if one.accepted { " (accepted)" } else { "" };
        let line = clean_line(&format!("{}{accepted}", one.name));
        text += &listed("not checkable", &[line]);
    }
    text += &listed("not checked", &checked.not_checked);
    text + &counted(checked.findings.len() as u64, "finding") + "\n"
}
