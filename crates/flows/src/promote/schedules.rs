//! Gives schedules their parameters, and starts those that ran: after all that they call is active, and never twice.

use std::collections::BTreeSet;

use ferry_core::flow::{Event, Key, Promotion, ScheduleEvent, ScheduleOutcome};
use ferry_core::plan::schedule_runs;
use ferry_oic::{IntegrationRef, Schedule, ScheduleAction};

use super::activate::ACTIVE;
use super::live::reference;
use super::prepare::named;
use super::record;
use crate::design::schedules::{ScheduleChange, apply};
use crate::follow::chain;
use crate::inventory::Inventory;
use crate::{Context, Environment, Failure, Run, lanes};

/// Sets and starts what has no outcome yet.
pub(super) async fn schedules(
    context: &Context,
    to: &Environment,
    machine: &mut Promotion,
    run: &mut Run,
) -> Result<(), Failure> {
    let to_start = machine.to_schedule();
    let mut all = to_start.clone();
    let planned = machine.plan().into_iter();
    let planned = planned.flat_map(|plan| &plan.integrations);
    let keys = planned.map(|one| (one.project.clone(), one.id.to_string()));
    all.extend(keys.filter(|key| !parameters(to, key).is_empty()));
    all.retain(|(project, id)| machine.schedule(project.as_deref(), id).is_none());
    if all.is_empty() {
        return Ok(());
    }
    let inventory = Inventory::read(context, to).await.map_err(Failure::open)?;
    // What did not arrive is told by the verification.
    let there = all.into_iter().filter(|(project, id)| {
        let there = inventory.integration(project.as_deref(), id);
        there.is_some_and(|there| there.scheduled && there.schedule_defined)
    });
    let mut starting = Vec::new();
    let work = async |key: Key| {
        let starts = to_start.contains(&key);
        let idle = if starts { idle(&inventory, &key) } else { None };
        set(context, to, key, starts, idle).await
    };
    let done = |set| match set {
        Set::Ended(outcome) => ended(context, machine, run, outcome),
        Set::Starts(outcome, given) => {
            starting.push((outcome, given));
            Ok(())
        }
    };
    lanes::each(there, work, done).await?;
    for (outcome, _) in &starting {
        let event = ScheduleEvent::Starting {
            id: outcome.id.clone(),
            project: outcome.project.clone(),
        };
        record(context, machine, run, &Event::Schedule(event))?;
    }
    let work = async |(mut outcome, given): (ScheduleOutcome, Vec<(String, String)>)| {
        let name = named(outcome.project.as_deref(), &outcome.id);
        context.step(format!("starting the schedule of {name} on {}", to.name));
        let which = reference(&(outcome.project.clone(), outcome.id.clone()))?;
        let before = Some(outcome.status.as_str());
        (outcome.status, outcome.problem) = start(context, to, &which, before, &given).await?;
        outcome
            .changed
            .extend(given.into_iter().map(|(name, _)| name));
        Ok(outcome)
    };
    let done = |outcome| ended(context, machine, run, outcome);
    lanes::each(starting, work, done).await
}

/// Of an integration and all that it calls, one that is not active, with its status.
fn idle(inventory: &Inventory, (project, id): &Key) -> Option<String> {
    let mut seen = BTreeSet::new();
    let mut open = vec![(project.as_deref(), id.as_str())];
    while let Some((project, id)) = open.pop() {
        if !seen.insert((project, id)) {
            continue;
        }
        // What it calls is told by id alone: the project's own, else whatever there is.
        let own = inventory.integration(project, id);
        let Some(there) = own.or_else(|| inventory.integrations_named(id).next()) else {
            return Some(format!("{id} is ABSENT"));
        };
        if there.status != ACTIVE {
            return Some(format!("{id} is {}", there.status));
        }
        let project = there.project.as_deref();
        open.extend(there.calls.iter().map(|id| (project, id.as_str())));
    }
    None
}

/// What became of a schedule before any is started.
enum Set {
    Ended(ScheduleOutcome),
    /// It has its parameters and does not run; with those that only its start can give it.
    Starts(ScheduleOutcome, Vec<(String, String)>),
}

/// Gives one its parameters; `idle` tells why it must not be started.
async fn set(
    context: &Context,
    to: &Environment,
    key: Key,
    starts: bool,
    idle: Option<String>,
) -> Result<Set, Failure> {
    let which = reference(&key)?;
    let stated = parameters(to, &key);
    let (project, id) = key;
    let mut outcome = ScheduleOutcome {
        id,
        project,
        status: String::new(),
        changed: Vec::new(),
        problem: None,
    };
    let now = match context.unless_stopped(to.instance.schedule(&which)).await? {
        Ok(now) => now,
        Err(error) => {
            outcome.problem = Some(format!("its schedule cannot be read: {}", chain(&error)));
            return Ok(Set::Ended(outcome));
        }
    };
    outcome.status = now.status.clone().unwrap_or_default();
    let is_running = schedule_runs(&outcome.status);
    // The service takes a definition with a frequency alone; one of a calendar gets its parameters when it starts.
    let mut given = Vec::new();
    if now.frequency.is_some() {
        match set_parameters(context, to, &which, now, stated).await? {
            Ok(changed) => outcome.changed = changed,
            Err(why) => outcome.problem = Some(why),
        }
    } else {
        given = stated;
        if !given.is_empty() && (is_running || !starts) {
            outcome.problem = Some("its parameters can only be given when it starts".to_owned());
        }
    }
    if !starts || is_running || outcome.problem.is_some() {
        return Ok(Set::Ended(outcome));
    }
    outcome.problem = idle.map(|idle| format!("it is not started: {idle}"));
    Ok(match outcome.problem {
        None => Set::Starts(outcome, given),
        Some(_) => Set::Ended(outcome),
    })
}

fn ended(
    context: &Context,
    machine: &mut Promotion,
    run: &mut Run,
    outcome: ScheduleOutcome,
) -> Result<(), Failure> {
    if let Some(problem) = &outcome.problem {
        let name = named(outcome.project.as_deref(), &outcome.id);
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
    parameters: Vec<(String, String)>,
) -> Result<Result<Vec<String>, String>, Failure> {
    let change = ScheduleChange {
        parameters,
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

/// What the overrides state for an integration.
fn parameters(to: &Environment, (project, id): &Key) -> Vec<(String, String)> {
    let (code, version) = id.split_once('|').unwrap_or((id, ""));
    let stated = &to.overrides.stated;
    let parameters = stated.parameters(project.as_deref(), code, version);
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
    if schedule_runs(before) {
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
        _ if schedule_runs(&after) => None,
        Some(error) => Some(format!("it cannot be started: {}", chain(&error))),
        None => Some(format!("it was started, and is {after:?}")),
    };
    Ok((after, problem))
}
