//! Gives schedules their parameters, and starts those that ran: after all that they call is active, and never twice.

use std::collections::BTreeSet;

use ferry_core::flow::{Event, Promotion, ScheduleEvent, ScheduleOutcome};
use ferry_oic::{IntegrationRef, Schedule, ScheduleAction};

use super::activate::ACTIVE;
use super::live::reference;
use super::prepare::named;
use super::record;
use crate::design::schedules::{ScheduleChange, apply};
use crate::follow::chain;
use crate::inventory::Inventory;
use crate::plan::runs;
use crate::{Context, Environment, Failure, Run};

/// Sets and starts, one by one, what has no outcome yet.
pub(super) async fn schedules(
    context: &Context,
    to: &Environment,
    machine: &mut Promotion,
    run: &mut Run,
) -> Result<(), Failure> {
    let to_start = to_start(machine);
    let mut all = to_start.clone();
    let planned = machine
        .plan()
        .into_iter()
        .flat_map(|plan| &plan.integrations);
    let set = planned.filter(|one| {
        let (code, version) = (one.id.code.as_str(), one.id.version.as_str());
        let stated = &to.overrides.stated;
        !stated
            .parameters(one.project.as_deref(), code, version)
            .is_empty()
    });
    all.extend(set.map(|one| (one.project.clone(), one.id.to_string())));
    if all.is_empty() {
        return Ok(());
    }
    let inventory = Inventory::read(context, to).await.map_err(Failure::open)?;
    for key in all {
        let (project, id) = &key;
        let there = inventory.integration(project.as_deref(), id);
        // What did not arrive is told by the verification.
        let Some(there) = there.filter(|there| there.scheduled && there.schedule_defined) else {
            continue;
        };
        if machine.schedule(project.as_deref(), id).is_some() {
            continue;
        }
        let which = reference(&key)?;
        let name = named(project.as_deref(), id);
        let mut outcome = ScheduleOutcome {
            id: id.clone(),
            project: project.clone(),
            status: String::new(),
            changed: Vec::new(),
            problem: None,
        };
        let now = match context.unless_stopped(to.instance.schedule(&which)).await? {
            Ok(now) => now,
            Err(error) => {
                outcome.problem = Some(format!("its schedule cannot be read: {}", chain(&error)));
                ended(context, machine, run, &name, outcome)?;
                continue;
            }
        };
        outcome.status = now.status.clone().unwrap_or_default();
        // The service takes a definition with a frequency alone; one of a calendar gets its parameters when it starts.
        let mut given = Vec::new();
        if now.frequency.is_some() {
            match set_parameters(context, to, &which, now).await? {
                Ok(changed) => outcome.changed = changed,
                Err(why) => outcome.problem = Some(why),
            }
        } else {
            given = parameters(to, &which);
            if !given.is_empty() && (runs(&outcome.status) || !to_start.contains(&key)) {
                outcome.problem =
                    Some("its parameters can only be given when it starts".to_owned());
            }
        }
        if to_start.contains(&key) && outcome.problem.is_none() {
            if there.status != ACTIVE {
                outcome.problem = Some(format!("it is not started: {id} is {}", there.status));
            } else if !runs(&outcome.status) {
                let starting = ScheduleEvent::Starting {
                    id: id.clone(),
                    project: project.clone(),
                };
                record(context, machine, run, &Event::Schedule(starting))?;
                context.step(format!("starting the schedule of {name} on {}", to.name));
                let before = Some(outcome.status.as_str());
                let (status, problem) = start(context, to, &which, before, &given).await?;
                outcome
                    .changed
                    .extend(given.into_iter().map(|(name, _)| name));
                outcome.status = status;
                outcome.problem = problem;
            }
        }
        ended(context, machine, run, &name, outcome)?;
    }
    Ok(())
}

/// What ran in the source, and what was stopped here.
fn to_start(machine: &Promotion) -> BTreeSet<(Option<String>, String)> {
    let planned = machine.plan().into_iter().flat_map(|plan| &plan.schedules);
    let planned = planned
        .filter(|one| one.runs == Some(true))
        .map(|one| (one.project.clone(), one.id.to_string()));
    let stopped = machine
        .was_live()
        .filter(|(_, was)| was.schedule.as_deref().is_some_and(runs))
        // Another version that took its place has a schedule of its own.
        .filter(|((project, id), _)| machine.activation(project.as_deref(), id).is_some())
        .map(|(key, _)| key.clone());
    planned.chain(stopped).collect()
}

fn ended(
    context: &Context,
    machine: &mut Promotion,
    run: &mut Run,
    name: &str,
    outcome: ScheduleOutcome,
) -> Result<(), Failure> {
    if let Some(problem) = &outcome.problem {
        context.warn(format!("the schedule of {name}: {problem}"));
    }
    let event = Event::Schedule(ScheduleEvent::Ended(outcome));
    record(context, machine, run, &event)
}

/// The names of what has another value now, or why it has not.
async fn set_parameters(
    context: &Context,
    to: &Environment,
    which: &IntegrationRef,
    mut schedule: Schedule,
) -> Result<Result<Vec<String>, String>, Failure> {
    let change = ScheduleChange {
        parameters: parameters(to, which),
        ..ScheduleChange::default()
    };
    let changed = apply(&mut schedule, &change);
    if changed.is_empty() {
        return Ok(Ok(changed));
    }
    let sent = to.instance.replace_schedule(which, &schedule);
    Ok(match context.unless_stopped(sent).await? {
        Ok(()) => Ok(changed),
        Err(error) => Err(format!("its parameters cannot be set: {}", chain(&error))),
    })
}

fn parameters(to: &Environment, which: &IntegrationRef) -> Vec<(String, String)> {
    let (code, version) = (which.id.code.as_str(), which.id.version.as_str());
    let stated = &to.overrides.stated;
    let parameters = stated.parameters(which.project.as_deref(), code, version);
    parameters.into_iter().collect()
}

/// The status of a schedule, as it came.
pub(super) async fn status(
    context: &Context,
    to: &Environment,
    which: &IntegrationRef,
) -> Result<Option<String>, Failure> {
    let read = context.unless_stopped(to.instance.schedule(which)).await?;
    Ok(read.ok().and_then(|schedule| schedule.status))
}

/// Starts a schedule, or lets one that is paused go on, unless it runs. Gives its status then, and why it does not run.
pub(super) async fn start(
    context: &Context,
    to: &Environment,
    which: &IntegrationRef,
    before: Option<&str>,
    parameters: &[(String, String)],
) -> Result<(String, Option<String>), Failure> {
    let before = before.unwrap_or_default();
    if runs(before) {
        return Ok((before.to_owned(), None));
    }
    let asked = async {
        let instance = &to.instance;
        match (before.ends_with("_PAUSED"), parameters) {
            (true, _) => {
                instance
                    .switch_schedule(which, ScheduleAction::Resume)
                    .await
            }
            (false, []) => instance.switch_schedule(which, ScheduleAction::Start).await,
            (false, given) => instance.start_schedule(which, given).await,
        }
    };
    let refused = context.unless_stopped(asked).await?.err();
    // A lost answer, and one that came, are both proved by the status alone.
    let after = status(context, to, which).await?.unwrap_or_default();
    let problem = match refused {
        _ if runs(&after) => None,
        Some(error) => Some(format!("it cannot be started: {}", chain(&error))),
        None => Some(format!("it was started, and is {after:?}")),
    };
    Ok((after, problem))
}
