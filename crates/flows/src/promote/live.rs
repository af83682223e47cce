//! Stops what is live today, and brings it back where nothing was imported.

use ferry_core::exit::Exit;
use ferry_core::flow::{Call, Event, LiveEvent, Promotion, activation_order};
use ferry_core::ids::IntegrationId;
use ferry_oic::{IntegrationRef, ScheduleAction};

use super::activate::ACTIVE;
use super::prepare::named;
use super::record;
use super::schedules::{start, status};
use crate::follow::chain;
use crate::inventory::Inventory;
use crate::plan::runs;
use crate::{Context, Environment, Failure, Run};

type Key = (Option<String>, String);

/// Turns off everything of the plan's **Live today** that is not off yet, callers first. No event subscription is deleted.
pub(super) async fn quiet(
    context: &Context,
    to: &Environment,
    machine: &mut Promotion,
    run: &mut Run,
) -> Result<(), Failure> {
    let inventory = Inventory::read(context, to).await?;
    let live: Vec<(Key, Option<String>)> = machine
        .plan()
        .into_iter()
        .flat_map(|plan| &plan.live)
        .map(|one| {
            (
                (one.project.clone(), one.id.to_string()),
                one.schedule.clone(),
            )
        })
        .collect();
    let keys: Vec<Key> = live.iter().map(|(key, _)| key.clone()).collect();
    let mut order = in_order(&inventory, &keys);
    order.reverse();
    for key in order {
        let was = machine.was_live().find(|(own, _)| **own == key);
        if was.is_some_and(|(_, was)| was.stopped) {
            continue;
        }
        let was_stopping = was.is_some();
        let (project, id) = key.clone();
        let name = named(project.as_deref(), &id);
        let there = inventory.integration(project.as_deref(), &id);
        let status = there.map(|there| there.status.clone()).unwrap_or_default();
        if status != ACTIVE && !was_stopping {
            let what = format!(
                "{name} of {} is {status} now: somebody else has turned it off",
                to.name
            );
            return Err(Failure::new(Exit::Rail, what).next("make the plan anew"));
        }
        let schedule = live.iter().find(|(own, _)| *own == key);
        let schedule = schedule.and_then(|(_, schedule)| schedule.clone());
        let stopping = LiveEvent::Stopping {
            id: id.clone(),
            project: project.clone(),
            schedule: schedule.clone(),
        };
        record(context, machine, run, &Event::Live(stopping))?;
        if status == ACTIVE {
            let which = reference(&key)?;
            context.step(format!("stopping {name} on {}", to.name));
            context.note(format!(
                "{name}: requests that wait to be processed are lost"
            ));
            if schedule.is_some_and(|schedule| runs(&schedule)) {
                // A run that is under way ends; stopping would cancel it.
                let paused = to.instance.switch_schedule(&which, ScheduleAction::Pause);
                if let Err(error) = context.unless_stopped(paused).await? {
                    context.warn(format!(
                        "the schedule of {name} is not paused: {}",
                        chain(&error)
                    ));
                }
            }
            let off = crate::activation::deactivate(context, to, &which, &status).await?;
            if let Some((exit, why)) = off.problem {
                let what = format!("{name} cannot be stopped, and nothing was imported");
                return Err(Failure::new(exit, what).evidence(why));
            }
        }
        record(
            context,
            machine,
            run,
            &Event::Live(LiveEvent::Stopped { id, project }),
        )?;
    }
    Ok(())
}

/// Makes live again what this run has stopped. Nothing was imported, so it is what it was.
pub(super) async fn bring_back(
    context: &Context,
    to: &Environment,
    machine: &mut Promotion,
    run: &mut Run,
) -> Result<Vec<String>, Failure> {
    let was: Vec<(Key, Option<String>)> = machine
        .was_live()
        .map(|(key, was)| (key.clone(), was.schedule.clone()))
        .collect();
    let inventory = Inventory::read(context, to).await?;
    let keys: Vec<Key> = was.iter().map(|(key, _)| key.clone()).collect();
    let mut told = Vec::new();
    for key in in_order(&inventory, &keys) {
        let (project, id) = key.clone();
        let name = named(project.as_deref(), &id);
        let there = inventory.integration(project.as_deref(), &id);
        let status_now = there.map(|there| there.status.clone()).unwrap_or_default();
        let which = reference(&key)?;
        let mut problem = None;
        if status_now != ACTIVE {
            context.step(format!("bringing {name} back on {}", to.name));
            let on = crate::activation::activate(context, to, &which, &status_now).await?;
            problem = on.problem.map(|(_, why)| why);
        }
        let schedule = was.iter().find(|(own, _)| *own == key);
        let ran = schedule
            .and_then(|(_, schedule)| schedule.as_deref())
            .is_some_and(runs);
        if problem.is_none() && ran {
            let now = status(context, to, &which).await?;
            problem = start(context, to, &which, now.as_deref(), &[]).await?.1;
        }
        told.push(match &problem {
            None => format!("{name} is live again"),
            Some(why) => format!("{name} is NOT live again: {why}"),
        });
        let back = LiveEvent::BroughtBack {
            id,
            project,
            problem,
        };
        record(context, machine, run, &Event::Live(back))?;
    }
    Ok(told)
}

/// What is called before what calls it, as the target tells.
pub(super) fn in_order(inventory: &Inventory, keys: &[Key]) -> Vec<Key> {
    let calls: Vec<Call> = keys
        .iter()
        .map(|(project, id)| Call {
            id: id.clone(),
            calls: inventory
                .integration(project.as_deref(), id)
                .map(|there| there.calls.clone())
                .unwrap_or_default(),
        })
        .collect();
    let order = activation_order(&calls);
    let of = |id: String| keys.iter().filter(move |(_, own)| *own == id).cloned();
    order.into_iter().flat_map(of).collect()
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
