//! Activates in the target what the plan says and what was live before, children first; a connection that still points
//! at the source, or that could not be re-pointed, stops what uses it.

use std::collections::BTreeSet;

use ferry_core::flow::{ActivationOutcome, Event, Key, Pointing, Promotion, pointing};
use ferry_core::model::Tracing;

use super::live::{layers, reference};
use super::prepare::named;
use super::record;
pub(super) use crate::activation::ACTIVE;
use crate::inventory::{Inventory, values};
use crate::{Context, Environment, Failure, Run, lanes};

/// The connections that every instance is born with (archive-format 3).
const PRODUCTS_OWN: &str = "PRESEEDED_";

/// Activates everything that is to be active and has no outcome yet. `new`: what the plan says; else only what was live
/// before. `sides` are the source and the target as they are now.
pub(super) async fn activate(
    context: &Context,
    sides: (&Inventory, &Inventory),
    to: &Environment,
    new: bool,
    machine: &mut Promotion,
    run: &mut Run,
) -> Result<(), Failure> {
    let (_, target) = sides;
    let mut first: BTreeSet<Key> = machine.to_activate().filter(|_| new).collect();
    let live = machine.was_live().map(|(key, _)| key.clone());
    let (replaced, live): (BTreeSet<Key>, BTreeSet<Key>) =
        live.partition(|key| new && machine.rival(key).is_some());
    // A job that failed may have activated the newer version.
    let is_taken = |key: &Key| {
        let newer = machine.rival(key);
        let newer = newer.and_then(|(project, id)| target.integration(project.as_deref(), &id));
        newer.is_some_and(|newer| newer.status == ACTIVE)
    };
    first.extend(live.into_iter().filter(|key| !is_taken(key)));
    all(context, sides, to, first, machine, run).await?;
    // An older version is live again where the newer one, which was to take its place, is not.
    let is_in = |(project, id): Key| {
        let newer = machine.activation(project.as_deref(), &id);
        newer.is_some_and(|newer| newer.status == ACTIVE)
    };
    let free = replaced
        .into_iter()
        .filter(|key| !machine.rival(key).is_some_and(is_in));
    let free = free.collect();
    all(context, sides, to, free, machine, run).await
}

/// Before a job activates: what was traced is activated by itself, for a job takes no such flags.
pub(super) async fn activate_traced(
    context: &Context,
    sides: (&Inventory, &Inventory),
    to: &Environment,
    machine: &mut Promotion,
    run: &mut Run,
) -> Result<(), Failure> {
    let traced = machine.was_live();
    let traced = traced.filter(|(key, was)| !was.tracing.is_off() && machine.rival(key).is_none());
    let traced = traced.map(|(key, _)| key.clone()).collect();
    all(context, sides, to, traced, machine, run).await
}

/// Activates these, children first.
async fn all(
    context: &Context,
    (source, target): (&Inventory, &Inventory),
    to: &Environment,
    keys: BTreeSet<Key>,
    machine: &mut Promotion,
    run: &mut Run,
) -> Result<(), Failure> {
    for layer in layers(target, keys) {
        let mut free = Vec::new();
        for key in layer {
            if machine.activation(key.0.as_deref(), &key.1).is_some() {
                continue;
            }
            let Some((problem, status)) = stop_reason(source, target, to, machine, &key) else {
                let how = match machine.was(&key) {
                    Some(was) => How::Itself(was.tracing),
                    None if machine.activation_job().is_some() => How::ByJob,
                    None => How::Itself(Tracing::default()),
                };
                free.push((key, how));
                continue;
            };
            let (project, id) = key;
            let outcome = ActivationOutcome {
                id,
                project,
                status,
                problem: Some(problem),
                stopped: true,
            };
            ended(context, machine, run, outcome)?;
        }
        let work = |(key, how)| bring_up(context, to, target, key, how);
        let done = |outcome| ended(context, machine, run, outcome);
        lanes::each(free, work, done).await?;
    }
    Ok(())
}

fn ended(
    context: &Context,
    machine: &mut Promotion,
    run: &mut Run,
    outcome: ActivationOutcome,
) -> Result<(), Failure> {
    if let Some(problem) = &outcome.problem {
        let name = named(outcome.project.as_deref(), &outcome.id);
        context.warn(format!("{name}: {problem}"));
    }
    record(context, machine, run, &Event::Activation(outcome))
}

/// Why this integration must not be activated, with its status. A missing fact stops as well: it never passes.
pub(super) fn stop_reason(
    source: &Inventory,
    target: &Inventory,
    to: &Environment,
    machine: &Promotion,
    (project, id): &Key,
) -> Option<(String, String)> {
    let project = project.as_deref();
    let arrived = target.integration(project, id)?;
    let stop = |why: String| Some((why, arrived.status.clone()));
    let own = source.integration(project, id);
    let own = own.into_iter().flat_map(|own| &own.connections);
    for id in arrived.connections.iter().chain(own) {
        let Some(connection) = target.connection(project, id.as_str()) else {
            // Those of the product itself are told by no instance, and lead nowhere else.
            let is_told = source.connection(project, id.as_str()).is_some();
            if id.as_str().starts_with(PRODUCTS_OWN) && !is_told {
                continue;
            }
            return stop(format!("its connection {id} is not in the target"));
        };
        let outcome = machine.connection(connection.project.as_deref(), id.as_str());
        if let Some(problem) = outcome.and_then(|outcome| outcome.problem.as_ref()) {
            return stop(format!("its connection {id}: {problem}"));
        }
        let origin = source.connection(project, id.as_str());
        let stated = &to.overrides.stated;
        let given = stated.given(connection.project.as_deref(), id.as_str());
        let now = values(connection);
        let pointing = pointing(
            &origin.map(values).unwrap_or_default(),
            &now,
            |host| source.names_host(host) && !stated.shares(host),
            |name| given.keeps(name).is_some(),
            |name, value| {
                let stated = given.properties.get(name);
                stated.is_some_and(|stated| stated.value == value)
            },
        );
        if let Pointing::AtSource(names) = pointing {
            let came = |name: &String| {
                let stated = given.properties.get(name)?;
                Some(now.get(name) == Some(&stated.value))
            };
            let then = if names.iter().any(|name| came(name) == Some(false)) {
                format!("what the overrides of {} give it did not come", to.name)
            } else {
                format!(
                    "in the overrides of {}, give it a value of its own under [connections.\"{id}\"]; where the place is meant, say keep = {names:?}, or name the host in shared-hosts",
                    to.name
                )
            };
            return stop(format!(
                "its connection {id} still points at the source ({}): {then}",
                names.join(", ")
            ));
        }
    }
    None
}

/// How one gets active.
enum How {
    /// By a request of ours, traced so.
    Itself(Tracing),
    /// It was the job's to activate.
    ByJob,
}

async fn bring_up(
    context: &Context,
    to: &Environment,
    target: &Inventory,
    key: Key,
    how: How,
) -> Result<ActivationOutcome, Failure> {
    let which = reference(&key)?;
    let (project, id) = key;
    let there = target.integration(project.as_deref(), &id);
    let mut outcome = ActivationOutcome {
        status: there.map_or("ABSENT", |there| &there.status).to_owned(),
        id,
        project,
        problem: None,
        stopped: false,
    };
    if there.is_none() {
        outcome.problem = Some("it did not arrive in the target".to_owned());
    } else if outcome.status != ACTIVE {
        match how {
            How::Itself(tracing) => {
                let name = named(outcome.project.as_deref(), &outcome.id);
                context.step(format!("activating {name} on {}", to.name));
                let before = outcome.status.as_str();
                let switched =
                    crate::activation::activate(context, to, &which, before, tracing).await?;
                outcome.status = switched.status;
                outcome.problem = switched.problem.map(|(_, why)| why);
            }
            How::ByJob => {
                let why = context
                    .unless_stopped(to.instance.activation_errors(&which))
                    .await?;
                let why = why.ok().flatten();
                let why = why.unwrap_or_else(|| "the job has not activated it".to_owned());
                outcome.problem = Some(why);
            }
        }
    }
    Ok(outcome)
}
