//! `ferry export`.

use ferry_flows::{Context, Environment, ExportReport, ExportRequest};

use super::plan::absolute;
use super::tables::{archive, job, listed};
use crate::app::App;
use crate::args::ExportArgs;
use crate::failure::Failure;
use crate::output::{Outcome, Report};

/// Runs the command.
pub(crate) async fn run(app: &App, args: ExportArgs) -> Result<Outcome, Failure> {
    let (environment, request) = prepare(app, args).await?;
    carry_out(&app.context().await?, &environment, &request).await
}

/// Begins the run, or goes on with it.
pub(super) async fn carry_out(
    context: &Context,
    environment: &Environment,
    request: &ExportRequest,
) -> Result<Outcome, Failure> {
    let report = ferry_flows::export(context, environment, request).await?;
    Ok(Outcome::new(
        report.exit,
        Report::new(&report, text(&report)),
    ))
}

/// What is asked of which environment.
pub(crate) async fn prepare(
    app: &App,
    args: ExportArgs,
) -> Result<(Environment, ExportRequest), Failure> {
    app.refuse_to_leave(args.waiting.no_wait)?;
    let mut environment = app.environment(&args.environment).await?;
    environment.polling.deadline = args.waiting.timeout.unwrap_or(environment.polling.deadline);
    let request = ExportRequest {
        name: args.name,
        description: args.description,
        security_artifacts: args.security_artifacts.asked().unwrap_or(false),
        overwrite: args.overwrite,
        download: args.download.as_deref().map(absolute).transpose()?,
        no_wait: args.waiting.no_wait,
        dry_run: args.waiting.dry_run,
    };
    app.announce(&environment);
    Ok((environment, request))
}

/// The export as people read it.
pub(crate) fn text(report: &ExportReport) -> String {
    let mut text = job(
        "export",
        report.job.as_deref(),
        report.job_state.as_deref(),
        &report.components,
    );
    if let Some(exported) = &report.archive {
        text += &archive(exported);
    }
    if let Some(file) = &report.downloaded {
        text += &format!("downloaded to {file}\n");
    }
    text + &listed("next", &report.next) + &listed("note", &report.notes)
}
