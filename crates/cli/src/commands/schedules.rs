//! `ferry schedules list|start|stop|pause|resume|set`.

use ferry_core::exit::Exit;
use ferry_flows::design::SetReport;
use ferry_flows::design::schedules::{self, ScheduleChange, ScheduleFacts};
use ferry_oic::ScheduleAction;

use super::connections::pairs;
use super::integrations::changed;
use super::listing;
use crate::app::App;
use crate::args::{SchedulesArgs, SchedulesCommand, SettingSchedule, Several};
use crate::failure::Failure;
use crate::output::{Outcome, Report, clean_line};

/// Runs the command.
pub(crate) async fn run(app: &App, args: SchedulesArgs) -> Result<Outcome, Failure> {
    match args.command {
        SchedulesCommand::List { environment } => {
            let environment = app.environment(&environment).await?;
            let context = app.context().await?;
            let show = |page: &[ScheduleFacts]| {
                let rows = page
                    .iter()
                    .map(|one| serde_json::to_value(one).unwrap_or_default());
                let text: String = page
                    .iter()
                    .map(|one| clean_line(&line(one)) + "\n")
                    .collect();
                app.printer.rows("schedules", rows, &text)
            };
            let report = schedules::list(&context, &environment, show).await?;
            Ok(listing::end(app, ("schedules", "schedule"), &report))
        }
        SchedulesCommand::Start(several) => switch(app, several, ScheduleAction::Start).await,
        SchedulesCommand::Stop(several) => switch(app, several, ScheduleAction::Stop).await,
        SchedulesCommand::Pause(several) => switch(app, several, ScheduleAction::Pause).await,
        SchedulesCommand::Resume(several) => switch(app, several, ScheduleAction::Resume).await,
        SchedulesCommand::Set(args) => set(app, args).await,
    }
}

async fn switch(app: &App, several: Several, action: ScheduleAction) -> Result<Outcome, Failure> {
    let environment = app.environment(&several.environment).await?;
    app.announce(&environment);
    let context = app.context().await?;
    let named = &several.integrations;
    Ok(changed(
        &schedules::switch(&context, &environment, named, action).await?,
    ))
}

async fn set(app: &App, args: SettingSchedule) -> Result<Outcome, Failure> {
    let change = ScheduleChange {
        frequency: args.frequency,
        interval: args.interval,
        zone: args.time_zone,
        start: args.start,
        end: args.end,
        parameters: pairs(&args.parameters)?.into_iter().collect(),
    };
    if change == ScheduleChange::default() {
        return Err(Failure::new(Exit::Usage, "nothing is to be set")
            .hint("a parameter NAME=VALUE, --frequency WORD, --interval N, --time-zone ZONE, --start or --end TIME"));
    }
    let environment = app.environment(&args.environment).await?;
    app.announce(&environment);
    let context = app.context().await?;
    let report = schedules::set(&context, &environment, &args.integration, &change).await?;
    Ok(set_to(&report))
}

/// What was set: names alone.
pub(super) fn set_to(report: &SetReport) -> Outcome {
    let name = listing::named(report.project.as_deref(), &report.id);
    let text = match (report.created, report.changed.is_empty()) {
        (true, _) => format!("{name} is new on {}\n", report.environment),
        (false, true) => format!("{name} was so already on {}\n", report.environment),
        (false, false) => format!(
            "{name} is changed on {}: {}\n",
            report.environment,
            report.changed.join(", ")
        ),
    };
    Outcome::new(report.exit, Report::new(report, text))
}

fn line(one: &ScheduleFacts) -> String {
    let when = match (&one.frequency, one.interval, &one.expression) {
        (Some(frequency), Some(interval), _) => format!("{frequency} {interval}"),
        (.., Some(expression)) => expression.clone(),
        _ => "-".to_owned(),
    };
    let status = match (one.defined, &one.status) {
        (false, _) => "not defined",
        (true, None) => "-",
        (true, Some(status)) => status,
    };
    let name = listing::named(one.project.as_deref(), &one.id);
    format!(
        "{status:<21}  {:<21}  {name}  {when}",
        one.integration_status
    )
}
