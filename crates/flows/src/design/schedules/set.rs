//! Defining a schedule, and giving it parameters.

use ferry_core::exit::Exit;
use ferry_oic::{Frequency, Integration, Schedule};
use serde_json::Value;

use super::read;
use crate::design::SetReport;
use crate::design::integrations::{find_one, reference};
use crate::design::named::{Named, shown};
use crate::import::refuse_protected;
use crate::{Context, Environment, Failure};

/// What is to change. What is empty or `None` stays as it is.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ScheduleChange {
    /// Such as `MINUTELY`.
    pub frequency: Option<String>,
    /// Each so many of them.
    pub interval: Option<u64>,
    /// The time zone, such as `Europe/Berlin`.
    pub zone: Option<String>,
    /// The first run, as the service writes it: `1/20/2021|13:12:00`, month first.
    pub start: Option<String>,
    /// After this none, likewise.
    pub end: Option<String>,
    /// Values of parameters, as text.
    pub parameters: Vec<(String, String)>,
}

/// Changes the schedule of an integration, or defines it where there is none. What is not named stays: the definition
/// is read, changed and sent back.
pub async fn set(
    context: &Context,
    environment: &Environment,
    named: &Named,
    change: &ScheduleChange,
) -> Result<SetReport, Failure> {
    refuse_protected(environment)?;
    let one = find_one(context, environment, named).await?;
    let name = shown(one.project.as_deref(), &one.id.to_string());
    if !one.scheduled {
        let what = format!("{name} does not run by a schedule");
        return Err(Failure::new(Exit::No, what));
    }
    let before = read(context, environment, &one).await?;
    let created = before.is_none();
    if created && change.frequency.is_none() {
        let what = format!("no schedule is defined for {name} yet");
        return Err(Failure::new(Exit::Usage, what)
            .next("say how often it runs: --frequency MINUTELY --interval 65"));
    }
    let mut schedule = before.unwrap_or_else(|| new(&one));
    let changed = apply(&mut schedule, change);
    if !changed.is_empty() {
        context.step(format!(
            "changing the schedule of {name} on {}",
            environment.name
        ));
        let (instance, which) = (&environment.instance, reference(&one));
        let sent = if created {
            context
                .unless_stopped(instance.create_schedule(&which, &schedule))
                .await?
        } else {
            context
                .unless_stopped(instance.replace_schedule(&which, &schedule))
                .await?
        };
        sent.map_err(|error| {
            Failure::instance(error, format!("cannot change the schedule of {name}"))
        })?;
    }
    Ok(SetReport {
        exit: Exit::Done,
        environment: environment.name.to_string(),
        id: one.id.to_string(),
        project: one.project,
        created,
        changed,
    })
}

/// Named as the one that was published: `SCH_ONE_01_00_0000`.
fn new(one: &Integration) -> Schedule {
    Schedule {
        name: one.id.folder().replace('.', "_"),
        ..Schedule::default()
    }
}

/// Changes what differs, and tells its names.
pub(crate) fn apply(schedule: &mut Schedule, change: &ScheduleChange) -> Vec<String> {
    let mut changed = Vec::new();
    if change.frequency.is_some() || change.interval.is_some() {
        let before = schedule.frequency.clone();
        let kind = before.as_ref().map(|it| it.kind.clone());
        // Without a frequency an interval means nothing.
        if let Some(kind) = change.frequency.clone().or(kind) {
            let interval = change.interval.or(before.as_ref().map(|it| it.interval));
            let after = Frequency {
                kind,
                interval: interval.unwrap_or(1),
            };
            if before.as_ref() != Some(&after) {
                schedule.frequency = Some(after);
                // One of the two says when it runs.
                schedule.expression = None;
                changed.push("frequency".to_owned());
            }
        }
    }
    for (name, field, wanted) in [
        ("time zone", &mut schedule.zone, &change.zone),
        ("start", &mut schedule.start, &change.start),
        ("end", &mut schedule.end, &change.end),
    ] {
        if wanted.is_some() && field != wanted {
            field.clone_from(wanted);
            changed.push(name.to_owned());
        }
    }
    for (name, wanted) in &change.parameters {
        let known = schedule.parameters.iter_mut().find(|(own, _)| own == name);
        match known {
            // A number may come back as one.
            Some((_, value)) if text(value) == *wanted => continue,
            Some((_, value)) => *value = Value::from(wanted.as_str()),
            None => schedule
                .parameters
                .push((name.clone(), Value::from(wanted.as_str()))),
        }
        changed.push(name.clone());
    }
    changed
}

fn text(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_differs_is_changed() {
        let mut schedule = Schedule {
            name: "S".to_owned(),
            expression: Some("FREQ=DAILY;".to_owned()),
            zone: Some("UTC".to_owned()),
            parameters: vec![("page".to_owned(), Value::from(3))],
            ..Schedule::default()
        };
        let change = ScheduleChange {
            zone: Some("UTC".to_owned()),
            parameters: vec![("page".to_owned(), "3".to_owned())],
            ..ScheduleChange::default()
        };
        assert!(apply(&mut schedule, &change).is_empty());
        assert_eq!(schedule.parameters[0].1, Value::from(3));
        let change = ScheduleChange {
            frequency: Some("HOURLY".to_owned()),
            end: Some("1/30/2021|13:12:00".to_owned()),
            parameters: vec![
                ("page".to_owned(), "4".to_owned()),
                ("lastRun".to_owned(), "now".to_owned()),
            ],
            ..ScheduleChange::default()
        };
        let changed = apply(&mut schedule, &change);
        assert_eq!(changed, ["frequency", "end", "page", "lastRun"]);
        assert_eq!(schedule.expression, None);
        assert_eq!(schedule.frequency.unwrap().interval, 1);
        assert_eq!(schedule.zone.as_deref(), Some("UTC"));
    }
}
