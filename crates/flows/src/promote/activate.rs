//! Activates in the target what the plan says and what was live before, children first; a connection that still points
//! at the source, or that could not be re-pointed, stops what uses it.

use ferry_core::flow::{ActivationOutcome, Event, Pointing, Promotion, pointing};
use ferry_core::model::hosts;

use super::live::{in_order, reference};
use super::prepare::named;
use super::record;
pub(super) use crate::activation::ACTIVE;
use crate::inventory::{Inventory, values};
use crate::{Context, Environment, Failure, Run};

/// The connections that every instance is born with (archive-format 3).
const PRODUCTS_OWN: &str = "PRESEEDED_";

type Key = (Option<String>, String);

/// Activates, in order, everything that is to be active and has no outcome yet. `new`: what the plan says; else only
/// what was live before.
pub(super) async fn activate(
    context: &Context,
    source: &Inventory,
    to: &Environment,
    new: bool,
    machine: &mut Promotion,
    run: &mut Run,
) -> Result<(), Failure> {
    let target = Inventory::read(context, to).await.map_err(Failure::open)?;
    let planned: Vec<Key> = machine
        .plan()
        .filter(|_| new)
        .into_iter()
        .flat_map(|plan| &plan.integrations)
        .filter(|one| one.activate)
        .map(|one| (one.project.clone(), one.id.to_string()))
        .collect();
    let (replaced, live): (Vec<Key>, Vec<Key>) = machine
        .was_live()
        .map(|(key, _)| key.clone())
        .partition(|key| new && rival(machine, key).is_some());
    let mut first = planned;
    first.extend(live);
    first.sort();
    first.dedup();
    for key in in_order(&target, &first) {
        one(context, source, &target, to, &key, machine, run).await?;
    }
    // An older version is live again where the newer one, which was to take its place, is not.
    for key in in_order(&target, &replaced) {
        let by = rival(machine, &key);
        let by = by.and_then(|by| machine.activation(key.0.as_deref(), &by));
        if by.is_none_or(|by| by.status != ACTIVE) {
            one(context, source, &target, to, &key, machine, run).await?;
        }
    }
    Ok(())
}

/// The version whose activation turns this one off.
fn rival(machine: &Promotion, (project, id): &Key) -> Option<String> {
    let off = machine.plan()?.turned_off.iter();
    let mut off = off.filter(|off| off.project == *project && off.id.to_string() == *id);
    Some(off.next()?.by.to_string())
}

async fn one(
    context: &Context,
    source: &Inventory,
    target: &Inventory,
    to: &Environment,
    key: &Key,
    machine: &mut Promotion,
    run: &mut Run,
) -> Result<(), Failure> {
    let (project, id) = key;
    if machine.activation(project.as_deref(), id).is_some() {
        return Ok(());
    }
    let outcome = match stop_reason(source, target, to, machine, key) {
        Some((problem, status)) => ActivationOutcome {
            id: id.clone(),
            project: project.clone(),
            status,
            problem: Some(problem),
            stopped: true,
        },
        None => bring_up(context, to, target, key).await?,
    };
    if let Some(problem) = &outcome.problem {
        context.warn(format!("{}: {problem}", named(project.as_deref(), id)));
    }
    record(context, machine, run, &Event::Activation(outcome))
}

/// Why this integration must not be activated, with its status. A missing fact stops as well: it never passes.
fn stop_reason(
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
        let Some(origin) = source.connection(project, id.as_str()) else {
            continue;
        };
        let stated = &to.overrides.stated;
        let given = stated.given(connection.project.as_deref(), id.as_str());
        let meant = |name: &str, value: &str| {
            let named = hosts(name, value);
            let shared = !named.is_empty() && named.iter().all(|host| stated.shares(host));
            given.speaks_of(name) || shared
        };
        if let Pointing::AtSource(names) = pointing(&values(origin), &values(connection), meant) {
            return stop(format!(
                "its connection {id} still points at the source ({}): in the overrides of {}, give it a value of its own under [connections.\"{id}\"], or say keep = {names:?}",
                names.join(", "),
                to.name
            ));
        }
    }
    None
}

async fn bring_up(
    context: &Context,
    to: &Environment,
    target: &Inventory,
    key: &Key,
) -> Result<ActivationOutcome, Failure> {
    let (project, id) = key;
    let outcome = |status: &str, problem: Option<String>| ActivationOutcome {
        id: id.clone(),
        project: project.clone(),
        status: status.to_owned(),
        problem,
        stopped: false,
    };
    let Some(arrived) = target.integration(project.as_deref(), id) else {
        return Ok(outcome(
            "ABSENT",
            Some("it did not arrive in the target".to_owned()),
        ));
    };
    if arrived.status == ACTIVE {
        return Ok(outcome(ACTIVE, None));
    }
    context.step(format!("activating {id} on {}", to.name));
    let which = reference(key)?;
    let switched = crate::activation::activate(context, to, &which, &arrived.status).await?;
    Ok(outcome(
        &switched.status,
        switched.problem.map(|(_, why)| why),
    ))
}
