//! `ferry jobs list|show|wait|report`.

use ferry_core::exit::Exit;
use ferry_core::ids::EnvironmentName;
use ferry_flows::{JobReport, RunSummary, jobs};
use serde::Serialize;

use super::tables::{components, listed, target};
use crate::app::App;
use crate::args::{JobPlace, JobsArgs, JobsCommand};
use crate::failure::Failure;
use crate::output::{Outcome, Report, Table};

/// Runs the command.
pub(crate) async fn run(app: &App, args: JobsArgs) -> Result<Outcome, Failure> {
    match args.command {
        JobsCommand::List { environment } => list(app, environment.as_ref()).await,
        JobsCommand::Show {
            place: JobPlace { environment, job },
        } => {
            let environment = app.environment(&environment).await?;
            let report = jobs::show(&app.context().await?, &environment, job.kind, &job.id).await?;
            // The question was answered, whatever the answer.
            Ok(Outcome::new(
                Exit::Done,
                Report::new(&report, text(&report)),
            ))
        }
        JobsCommand::Wait {
            place: JobPlace { environment, job },
            timeout,
        } => {
            let mut environment = app.environment(&environment).await?;
            environment.polling.deadline = timeout.unwrap_or(environment.polling.deadline);
            Ok(answer(
                &jobs::wait(&app.context().await?, &environment, job.kind, &job.id).await?,
            ))
        }
        JobsCommand::Report {
            place: JobPlace { environment, job },
        } => {
            let environment = app.environment(&environment).await?;
            Ok(answer(
                &jobs::report(&app.context().await?, &environment, job.kind, &job.id).await?,
            ))
        }
    }
}

fn answer(report: &JobReport) -> Outcome {
    Outcome::new(report.exit, Report::new(report, text(report)))
}

fn text(report: &JobReport) -> String {
    let mut text = format!(
        "job:{}:{} on {}: {}\n",
        report.kind, report.job, report.environment, report.snapshot.state
    );
    text += &components(&report.snapshot.components);
    if let Some(message) = &report.snapshot.message {
        text += &format!("the service says: {message}\n");
    }
    if let Some(archive) = &report.archive {
        let written = archive
            .modified
            .map(|time| format!(", written {time}"))
            .unwrap_or_default();
        text += &format!(
            "archive {}: {} bytes{written}\n",
            archive.name, archive.bytes
        );
    }
    if let Some(holds) = &report.target {
        text += &target(&report.environment, holds);
    }
    text + &listed("note", &report.notes)
}

/// One job that this machine started.
#[derive(Debug, Serialize)]
#[serde(rename_all = "kebab-case")]
struct Row {
    job: String,
    environment: String,
    run: String,
    run_state: String,
    run_exit: Option<u8>,
}

async fn list(app: &App, only: Option<&EnvironmentName>) -> Result<Outcome, Failure> {
    let runs = app.runs().await?.list()?;
    let rows: Vec<Row> = runs
        .iter()
        .flat_map(rows)
        .filter(|row| only.is_none_or(|only| only.as_str() == row.environment))
        .collect();
    let mut table = Table::new(["JOB", "ENVIRONMENT", "RUN", "STATE OF THE RUN"]);
    for row in &rows {
        table.row([&row.job, &row.environment, &row.run, &row.run_state]);
    }
    let text = if rows.is_empty() {
        "no jobs were started from this machine\n".to_owned()
    } else {
        table.text()
    };
    Ok(Outcome::new(Exit::Done, Report::new(&rows, text)))
}

/// An export runs in the first environment of its run, an import in the last.
fn rows(run: &RunSummary) -> Vec<Row> {
    let environments = &run.intention.environments;
    run.jobs
        .iter()
        .filter_map(|(kind, id)| {
            let place = match kind {
                ferry_core::ids::JobKind::Export => environments.first(),
                ferry_core::ids::JobKind::Import => environments.last(),
            };
            Some(Row {
                job: format!("job:{kind}:{id}"),
                environment: place?.0.clone(),
                run: run.id.clone(),
                run_state: run.state.clone(),
                run_exit: run.exit,
            })
        })
        .collect()
}
