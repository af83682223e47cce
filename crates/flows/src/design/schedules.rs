//! Schedules of integrations: what they are, and what can be done with them.

mod set;
mod switch;

pub(crate) use set::apply;
pub use set::{ScheduleChange, set};
pub use switch::switch;

use std::collections::BTreeMap;

use ferry_core::exit::Exit;
use ferry_oic::{Integration, Schedule};
use futures_util::stream::{self, StreamExt as _, TryStreamExt as _};
use serde::Serialize;
use serde_json::Value;

use super::integrations::reference;
use super::list::{ListReport, unlisted};
use crate::lanes::LANES;
use crate::{Context, Environment, Failure};

/// The schedule of an integration as it is listed.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct ScheduleFacts {
    /// The integration, `CODE|VERSION`.
    pub id: String,
    /// The project it lives in.
    pub project: Option<String>,
    /// The integration's status, as it came.
    pub integration_status: String,
    /// Whether a schedule is defined.
    pub defined: bool,
    /// The schedule's status, as it came.
    pub status: Option<String>,
    /// Such as `MINUTELY`.
    pub frequency: Option<String>,
    /// Each so many of them.
    pub interval: Option<u64>,
    /// What some have in place of a frequency.
    pub expression: Option<String>,
    /// The time zone.
    pub zone: Option<String>,
    /// The first run, as the service writes it.
    pub start: Option<String>,
    /// After this none, likewise.
    pub end: Option<String>,
    /// Values by name.
    pub parameters: BTreeMap<String, Value>,
}

impl ScheduleFacts {
    fn new(one: &Integration, schedule: Option<Schedule>) -> Self {
        let defined = schedule.is_some();
        let schedule = schedule.unwrap_or_default();
        let frequency = schedule.frequency;
        Self {
            id: one.id.to_string(),
            project: one.project.clone(),
            integration_status: one.status.clone(),
            defined,
            status: schedule.status,
            interval: frequency.as_ref().map(|frequency| frequency.interval),
            frequency: frequency.map(|frequency| frequency.kind),
            expression: schedule.expression,
            zone: schedule.zone,
            start: schedule.start,
            end: schedule.end,
            parameters: schedule.parameters.into_iter().collect(),
        }
    }
}

/// Lists the integrations that run by a schedule, and what it says; page by page, as [`list`](super::list) does.
pub async fn list(
    context: &Context,
    environment: &Environment,
    mut show: impl FnMut(&[ScheduleFacts]) -> bool,
) -> Result<ListReport, Failure> {
    let mut report = ListReport {
        exit: Exit::Done,
        environment: environment.name.to_string(),
        count: 0,
    };
    let mut pages = environment.instance.integration_pages();
    while let Some(page) = context
        .unless_stopped(pages.next())
        .await?
        .map_err(|error| unlisted(environment, error))?
    {
        let scheduled = page.iter().filter(|one| one.scheduled);
        let rows: Vec<ScheduleFacts> = stream::iter(scheduled)
            .map(|one| facts(context, environment, one))
            .buffered(LANES)
            .try_collect()
            .await?;
        report.count += rows.len() as u64;
        if !rows.is_empty() && !show(&rows) {
            break;
        }
    }
    Ok(report)
}

async fn facts(
    context: &Context,
    environment: &Environment,
    one: &Integration,
) -> Result<ScheduleFacts, Failure> {
    let schedule = read(context, environment, one).await?;
    Ok(ScheduleFacts::new(one, schedule))
}

/// The schedule of an integration; `None` where none is defined.
async fn read(
    context: &Context,
    environment: &Environment,
    one: &Integration,
) -> Result<Option<Schedule>, Failure> {
    let which = reference(one);
    let asked = environment.instance.schedule(&which);
    match context.unless_stopped(asked).await? {
        Ok(schedule) => Ok(Some(schedule)),
        Err(error) if error.is_not_found() => Ok(None),
        Err(error) => {
            let what = format!("cannot read the schedule of {}", one.id);
            Err(Failure::instance(error, what))
        }
    }
}
