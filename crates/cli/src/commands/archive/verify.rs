//! `ferry archive verify`.

use std::path::Path;

use ferry_archive::{Finding, Integrity, Limits, Severity};
use ferry_core::exit::Exit;
use ferry_flows::archive::Input;
use ferry_flows::shell_word;
use serde_json::{Value, json};

use super::{object, opened, unread};
use crate::app::App;
use crate::args::{Named, Verifying};
use crate::failure::Failure;
use crate::output::{Outcome, Report, amount, clean_line, counted, markup};

pub(super) async fn run(app: &App, args: Verifying) -> Result<Outcome, Failure> {
    let limits = args.limits.limits();
    let seen = match &args.what {
        Named::Object(place) if args.quick => object::quick(app, place, limits).await?,
        Named::Object(place) => {
            let what = format!("to verify {place} whole, all of it must be read");
            return Err(Failure::new(Exit::Usage, what)
                .hint("its directory alone: --quick")
                .hint(format!(
                    "fetch it first: ferry bucket get {}",
                    shell_word(&place.to_string())
                )));
        }
        Named::Path(path) if args.quick => quick(app, path, limits).await?,
        Named::Path(path) => whole(app, path, limits).await?,
    };
    Ok(seen.outcome(args.strict))
}

/// What was seen.
pub(super) struct Seen {
    pub(super) name: String,
    /// What was read, in words.
    pub(super) scope: String,
    pub(super) findings: Vec<Finding>,
    pub(super) data: Value,
}

async fn whole(app: &App, path: &Path, limits: Limits) -> Result<Seen, Failure> {
    let opened = opened(app, path, limits).await?;
    let survey = opened.survey;
    Ok(Seen {
        name: opened.name,
        scope: format!(
            "{}, {} in {}, {} unpacked",
            counted(survey.records.len() as u64, "artifact"),
            counted(survey.entries, "entry"),
            counted(survey.containers, "zip"),
            amount(survey.unpacked)
        ),
        data: json!({
            "artifacts": survey.records.len(),
            "unknown": survey.inventory.unknown.len(),
            "containers": survey.containers,
            "entries": survey.entries,
            "unpacked": survey.unpacked,
        }),
        findings: survey.findings,
    })
}

async fn quick(app: &App, path: &Path, limits: Limits) -> Result<Seen, Failure> {
    let name = path.display().to_string();
    let input = Input::at(path)?;
    let shown = name.clone();
    let read = app.aside(move || {
        let reader = input.open().map_err(|error| {
            Failure::new(Exit::Disk, format!("cannot read {shown}")).because(&error)
        })?;
        ferry_archive::quick(reader, &limits).map_err(|error| unread(&shown, &error))
    });
    Ok(Seen::of_directory(name, read.await??))
}

impl Seen {
    /// Of a directory that was read.
    pub(super) fn of_directory(name: String, integrity: Integrity) -> Self {
        Self {
            name,
            scope: format!(
                "the directory alone: {}, {} packed",
                counted(integrity.entries, "entry"),
                amount(integrity.packed)
            ),
            data: json!({
                "quick": true,
                "entries": integrity.entries,
                "packed": integrity.packed,
            }),
            findings: integrity.findings,
        }
    }

    fn outcome(self, strict: bool) -> Outcome {
        let (errors, warnings) = count(&self.findings);
        let exit = match (errors, warnings) {
            (0, 0) => Exit::Done,
            (0, _) if !strict => Exit::Done,
            _ => Exit::No,
        };
        let verdict = match (errors, exit) {
            (0, Exit::Done) => "whole",
            (0, _) => "whole, with warnings",
            _ => "not whole",
        };
        let name = clean_line(&self.name);
        let mut text = String::new();
        let mut page = String::new();
        for finding in &self.findings {
            let place = finding.entry.as_deref().unwrap_or_default();
            let gap = if place.is_empty() { "" } else { ": " };
            let severity = word(finding.severity);
            text += &clean_line(&format!("{severity}: {place}{gap}{}", finding.what));
            text.push('\n');
            page += &format!(
                "| {severity} | {} | {} |\n",
                markup::code(place),
                markup::code(&finding.what)
            );
        }
        let end = format!("{}; {}", tally(errors, warnings), self.scope);
        text += &format!("{name} is {verdict}: {end}\n");
        if !page.is_empty() {
            page = format!("\n| Severity | Where | What |\n| --- | --- | --- |\n{page}");
        }
        let page = format!("{} is {verdict}: {end}\n{page}", markup::code(&name));
        let mut data = self.data;
        if let Some(fields) = data.as_object_mut() {
            fields.insert("file".to_owned(), self.name.into());
            fields.insert("whole".to_owned(), (errors == 0).into());
            fields.insert("errors".to_owned(), errors.into());
            fields.insert("warnings".to_owned(), warnings.into());
            fields.insert("findings".to_owned(), json!(self.findings));
        }
        Outcome::new(exit, Report::new(&data, text).with_markdown(page))
    }
}

fn word(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
    }
}

/// Errors and warnings in words.
pub(super) fn tally(errors: usize, warnings: usize) -> String {
    format!(
        "{}, {}",
        counted(errors as u64, "error"),
        counted(warnings as u64, "warning")
    )
}

/// How many errors and warnings.
pub(super) fn count(findings: &[Finding]) -> (usize, usize) {
    let errors = findings
        .iter()
        .filter(|finding| finding.severity == Severity::Error)
        .count();
    (errors, findings.len() - errors)
}
