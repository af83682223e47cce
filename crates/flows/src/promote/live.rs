//! Stops what is live today, and brings it back where nothing was imported.

use std::collections::BTreeMap;

use ferry_core::exit::Exit;
use ferry_core::flow::{Call, Event, Key, LiveEvent, Promotion, WasLive, activation_layers};
use ferry_core::ids::IntegrationId;
use ferry_core::plan::schedule_runs;
use ferry_oic::{IntegrationRef, ScheduleAction};

use super::activate::ACTIVE;
use super::prepare::named;
use super::record;
use super::schedules::{start, status};
use crate::follow::chain;
use crate::inventory::Inventory;
use crate::{Context, Environment, Failure, Run, lanes};

/// Turns off everything of the plan's **Live today** that is not off yet, callers first. No event subscription is deleted.
pub(super) async fn quiet(
    context: &Context,
    to: &Environment,
    machine: &mut Promotion,
    run: &mut Run,
) -> Result<(), Failure> {
    let inventory = Inventory::read(context, to).await?;
    let mut stopping = BTreeMap::new();
    for one in machine.plan().into_iter().flat_map(|plan| &plan.live) {
        let key = (one.project.clone(), one.id.to_string());
        let was = machine.was(&key);
        if was.is_some_and(|was| was.stopped) {
            continue;
        }
        let there = inventory.integration(key.0.as_deref(), &key.1);
        let status = there.map(|there| there.status.clone()).unwrap_or_default();
        if status != ACTIVE && was.is_none() {
            let what = format!(
                "{} of {} is {status} now: somebody else has turned it off",
                named(key.0.as_deref(), &key.1),
                to.name
            );
            return Err(Failure::new(Exit::Rail, what).next("make the plan anew"));
        }
        let now = WasLive {
            schedule: one.schedule.clone(),
            tracing: there.map(|there| there.tracing).unwrap_or_default(),
            stopped: status != ACTIVE,
        };
        stopping.insert(key, now);
    }
    for layer in layers(&inventory, stopping.keys().cloned())
        .into_iter()
        .rev()
    {
        let mut on = Vec::new();
        for (key, now) in layer.iter().filter_map(|key| stopping.get_key_value(key)) {
            let (project, id) = key.clone();
            let event = LiveEvent::Stopping {
                id,
                project,
                schedule: now.schedule.clone(),
                tracing: now.tracing,
            };
            record(context, machine, run, &Event::Live(event))?;
            if now.stopped {
                record(context, machine, run, &stopped(key))?;
            } else {
                on.push((key, now));
            }
        }
        let done = |key: &Key| record(context, machine, run, &stopped(key));
        let work = |(key, now)| stop(context, to, key, now);
        lanes::each(on, work, done).await?;
    }
    Ok(())
}

fn stopped((project, id): &Key) -> Event {
    Event::Live(LiveEvent::Stopped {
        id: id.clone(),
        project: project.clone(),
    })
}

/// Turns one off that is active.
async fn stop<'a>(
    context: &Context,
    to: &Environment,
    key: &'a Key,
    now: &WasLive,
) -> Result<&'a Key, Failure> {
    let name = named(key.0.as_deref(), &key.1);
    let which = reference(key)?;
    context.step(format!("stopping {name} on {}", to.name));
    context.note(format!(
        "{name}: requests that wait to be processed are lost"
    ));
    if now.schedule.as_deref().is_some_and(schedule_runs) {
        // A run that is under way ends; stopping would cancel it.
        let paused = to.instance.switch_schedule(&which, ScheduleAction::Pause);
        if let Err(error) = context.unless_stopped(paused).await? {
            context.warn(format!(
                "the schedule of {name} is not paused: {}",
                chain(&error)
            ));
        }
    }
    let off = crate::activation::deactivate(context, to, &which, ACTIVE).await?;
    match off.problem {
        None => Ok(key),
        Some((exit, why)) => {
            let what = format!("{name} cannot be stopped, and nothing was imported");
            Err(Failure::new(exit, what).evidence(why))
        }
    }
}

/// Makes live again what this run has stopped. Nothing was imported, so it is what it was.
pub(super) async fn bring_back(
    context: &Context,
    to: &Environment,
    machine: &mut Promotion,
    run: &mut Run,
) -> Result<Vec<String>, Failure> {
    let inventory = Inventory::read(context, to).await?;
    let keys = machine.was_live().map(|(key, _)| key.clone());
    let mut told = Vec::new();
    for layer in layers(&inventory, keys) {
        let was = layer.into_iter().filter_map(|key| {
            let was = machine.was(&key)?.clone();
            Some((key, was))
        });
        let was: Vec<(Key, WasLive)> = was.collect();
        let work = async |(key, was): (Key, WasLive)| {
            let problem = back(context, to, &inventory, &key, &was).await?;
            Ok((key, problem))
        };
        let done = |((project, id), problem): (Key, Option<String>)| {
            let name = named(project.as_deref(), &id);
            told.push(match &problem {
                None => format!("{name} is live again"),
                Some(why) => format!("{name} is NOT live again: {why}"),
            });
            let back = LiveEvent::BroughtBack {
                id,
                project,
                problem,
            };
            record(context, machine, run, &Event::Live(back))
        };
        lanes::each(was, work, done).await?;
    }
    Ok(told)
}

/// Makes one live again as it was; gives why it is not.
async fn back(
    context: &Context,
    to: &Environment,
    inventory: &Inventory,
    key: &Key,
    was: &WasLive,
) -> Result<Option<String>, Failure> {
    let name = named(key.0.as_deref(), &key.1);
    let there = inventory.integration(key.0.as_deref(), &key.1);
    let now = there.map(|there| there.status.as_str()).unwrap_or_default();
    let which = reference(key)?;
    if now != ACTIVE {
        context.step(format!("bringing {name} back on {}", to.name));
        let on = crate::activation::activate(context, to, &which, now, was.tracing).await?;
        if let Some((_, why)) = on.problem {
            return Ok(Some(why));
        }
    }
    if was.schedule.as_deref().is_some_and(schedule_runs) {
        let now = status(context, to, &which).await?;
        let (_, problem) = start(context, to, &which, now.as_deref(), &[]).await?;
        if problem.is_some() {
            return Ok(problem);
        }
    }
    if was.tracing.is_off() {
        return Ok(None);
    }
    // That an activation takes these flags is assumed.
    let read = context.unless_stopped(to.instance.integration(&which));
    Ok(match read.await? {
        Ok(now) if now.tracing == was.tracing => None,
        Ok(now) => Some(format!(
            "it is active, but its tracing was {} and is {}",
            was.tracing, now.tracing
        )),
        Err(error) => Some(format!("its tracing cannot be read: {}", chain(&error))),
    })
}

/// Each behind those that it calls, as the target tells.
pub(super) fn layers(inventory: &Inventory, keys: impl IntoIterator<Item = Key>) -> Vec<Vec<Key>> {
    let call = |key: Key| {
        let there = inventory.integration(key.0.as_deref(), &key.1);
        Call {
            calls: there.map(|there| there.calls.clone()).unwrap_or_default(),
            key,
        }
    };
    let calls: Vec<Call> = keys.into_iter().map(call).collect();
    activation_layers(&calls)
}

pub(super) fn reference((project, id): &Key) -> Result<IntegrationRef, Failure> {
    let id = IntegrationId::parse(id).map_err(|error| {
        Failure::new(Exit::Bug, "a journal names no integration").because(error)
    })?;
    Ok(IntegrationRef {
        id,
        project: project.clone(),
    })
}
