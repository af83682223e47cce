//! `ferry promote`.

use ferry_flows::{PromoteReport, PromoteRequest};

use super::tables::listed;
use crate::app::App;
use crate::args::PromoteArgs;
use crate::failure::Failure;
use crate::output::{Outcome, Report, Table};

/// Runs the command.
pub(crate) async fn run(app: &App, args: PromoteArgs) -> Result<Outcome, Failure> {
    app.refuse_to_leave(args.waiting.no_wait)?;
    let mut from = app.environment(&args.from).await?;
    let mut to = app.environment_with_overrides(&args.to).await?;
    for side in [&mut from, &mut to] {
        side.polling.deadline = args.waiting.timeout.unwrap_or(side.polling.deadline);
    }
    let request = PromoteRequest {
        name: args.name,
        description: args.description,
        security_artifacts: args.security_artifacts.asked().unwrap_or(false),
        overwrite: args.overwrite,
        no_wait: args.waiting.no_wait,
        dry_run: args.waiting.dry_run,
    };
    app.announce(&from);
    app.announce(&to);
    let report = ferry_flows::promote(&app.context().await?, &from, &to, &request).await?;
    Ok(Outcome::new(
        report.exit,
        Report::new(&report, text(&report)),
    ))
}

fn text(report: &PromoteReport) -> String {
    let mut table = Table::new(["STEP", "WHAT", "RESULT"]);
    if let Some(exported) = report
        .export
        .as_ref()
        .and_then(|export| Some((export, export.archive.as_ref()?)))
    {
        let (export, archive) = exported;
        let state = export.job_state.as_deref().unwrap_or("job state unknown");
        let entries = archive
            .entries
            .map(|entries| format!(", {entries} entries"))
            .unwrap_or_default();
        table.row([
            "exported",
            &archive.name,
            &format!("{state}, {} bytes{entries}, verified", archive.bytes),
        ]);
        table.row(["", "sha256", &archive.sha256]);
    }
    if let Some(import) = &report.import {
        let state = import.job_state.as_deref().unwrap_or("not ended");
        table.row([
            "imported",
            &format!("into {} ({})", report.to, import.mode),
            state,
        ]);
        if let Some(target) = &import.target {
            let holds = format!(
                "{} integrations, {} connections",
                target.integrations.len(),
                target.connections.len()
            );
            table.row(["", &format!("{} now holds", report.to), &holds]);
        }
    }
    for (nth, one) in report.connections.iter().enumerate() {
        let step = if nth == 0 { "re-pointed" } else { "" };
        let result = match (&one.problem, &one.test) {
            (Some(problem), _) => problem.clone(),
            (None, Some(test)) if one.changed.is_empty() => format!("as it was, test {test}"),
            (None, Some(test)) => format!("{}, test {test}", one.changed.join(", ")),
            (None, None) => one.changed.join(", "),
        };
        table.row([step, &in_project(&one.id, one.project.as_deref()), &result]);
    }
    for (nth, one) in report.activations.iter().enumerate() {
        let step = if nth == 0 { "activated" } else { "" };
        let result = match &one.problem {
            Some(problem) if one.stopped => format!("STOPPED: {problem}"),
            Some(problem) => format!("{}: {problem}", one.status),
            None => one.status.clone(),
        };
        table.row([step, &in_project(&one.id, one.project.as_deref()), &result]);
    }
    let body = if table.is_empty() {
        String::new()
    } else {
        table.text()
    };
    let mut notes = report
        .export
        .iter()
        .flat_map(|export| export.notes.clone())
        .collect::<Vec<_>>();
    notes.extend(report.import.iter().flat_map(|import| import.notes.clone()));
    notes.extend(report.notes.clone());
    body + &listed("next", &report.next) + &listed("note", &notes)
}

fn in_project(id: &str, project: Option<&str>) -> String {
    project.map_or_else(|| id.to_owned(), |project| format!("{project}: {id}"))
}
