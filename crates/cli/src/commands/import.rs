//! `ferry import`.

use ferry_flows::{Context, Environment, ImportReport, ImportRequest, Storage};

use super::tables::{archive, job, listed, target};
use crate::app::App;
use crate::args::ImportArgs;
use crate::failure::Failure;
use crate::output::{Outcome, Report};

/// Runs the command.
pub(crate) async fn run(app: &App, args: ImportArgs) -> Result<Outcome, Failure> {
    let context = app.context().await?;
    let (environment, holder, request) = prepare(app, &context, args).await?;
    carry_out(&context, &environment, holder.as_ref(), &request).await
}

/// Begins the run, or goes on with it.
pub(super) async fn carry_out(
    context: &Context,
    environment: &Environment,
    holder: Option<&Storage>,
    request: &ImportRequest,
) -> Result<Outcome, Failure> {
    let report = ferry_flows::import(context, environment, holder, request).await?;
    Ok(Outcome::new(
        report.exit,
        Report::new(&report, text(&report)),
    ))
}

/// What is asked of which environment, and which other storage holds the archive, if one does.
pub(crate) async fn prepare(
    app: &App,
    context: &Context,
    args: ImportArgs,
) -> Result<(Environment, Option<Storage>, ImportRequest), Failure> {
    app.refuse_to_leave(args.waiting.no_wait)?;
    let mut environment = app.environment(&args.environment).await?;
    environment.polling.deadline = args.waiting.timeout.unwrap_or(environment.polling.deadline);
    let (archive, holder) =
        super::plan::archive(app, context, &args.archive, &args.environment).await?;
    let request = ImportRequest {
        archive,
        mode: args.mode,
        security_artifacts: args.security_artifacts.asked().unwrap_or(false),
        start_schedules: args.start_schedules,
        schedule_params: args.schedule_params,
        name: args.name,
        description: args.description,
        no_wait: args.waiting.no_wait,
        dry_run: args.waiting.dry_run,
    };
    app.announce(&environment);
    Ok((environment, holder, request))
}

/// The import as people read it.
pub(crate) fn text(report: &ImportReport) -> String {
    let mut text = job(
        "import",
        report.job.as_deref(),
        report.job_state.as_deref(),
        &report.components,
    );
    if let Some(imported) = &report.archive {
        text += &archive(imported);
    }
    if let Some(holds) = &report.target {
        text += &target(&report.environment, holds);
    }
    text + &listed("next", &report.next) + &listed("note", &report.notes)
}
