//! Activates in the target what is active in the source, children first; a connection that still points at the source, or
//! that could not be re-pointed, stops what uses it.

use ferry_core::flow::{
    ActivationOutcome, Call, Event, Pointing, Promotion, activation_order, pointing,
};
use ferry_core::model::hosts;
use ferry_oic::{Integration, IntegrationRef};

pub(super) use crate::activation::ACTIVE;
use crate::inventory::{Inventory, values};
use crate::{Context, Environment, Failure, Run};

/// Activates, in order, everything that is active in the source and has no outcome yet.
pub(super) async fn activate(
    context: &Context,
    source: &Inventory,
    to: &Environment,
    machine: &mut Promotion,
    run: &mut Run,
) -> Result<(), Failure> {
    let target = Inventory::read(context, to).await.map_err(Failure::open)?;
    let wanted: Vec<&Integration> = source
        .integrations
        .iter()
        .filter(|one| one.status == ACTIVE)
        .collect();
    let calls: Vec<Call> = wanted
        .iter()
        .map(|one| Call {
            id: one.id.to_string(),
            calls: one.calls.clone(),
        })
        .collect();
    for id in activation_order(&calls) {
        for one in wanted.iter().filter(|one| one.id.to_string() == id) {
            if machine.activation(one.project.as_deref(), &id).is_some() {
                continue;
            }
            let outcome = match stop_reason(source, &target, to, machine, one) {
                Some((problem, status)) => ActivationOutcome {
                    id: id.clone(),
                    project: one.project.clone(),
                    status,
                    problem: Some(problem),
                    stopped: true,
                },
                None => bring_up(context, to, &target, one).await?,
            };
            if let Some(problem) = &outcome.problem {
                context.warn(format!("{id}: {problem}"));
            }
            let event = Event::Activation(outcome);
            run.append(context.now(), &event)?;
            machine.apply(&event);
        }
    }
    Ok(())
}

/// Why this integration must not be activated, with its status. A missing fact stops as well: it never passes.
fn stop_reason(
    source: &Inventory,
    target: &Inventory,
    to: &Environment,
    machine: &Promotion,
    one: &Integration,
) -> Option<(String, String)> {
    let project = one.project.as_deref();
    let arrived = target.integration(project, &one.id.to_string())?;
    let stop = |why: String| Some((why, arrived.status.clone()));
    for id in arrived.connections.iter().chain(&one.connections) {
        let Some(connection) = target.connection(project, id.as_str()) else {
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
    one: &Integration,
) -> Result<ActivationOutcome, Failure> {
    let reference = IntegrationRef {
        id: one.id.clone(),
        project: one.project.clone(),
    };
    let outcome = |status: &str, problem: Option<String>| ActivationOutcome {
        id: one.id.to_string(),
        project: one.project.clone(),
        status: status.to_owned(),
        problem,
        stopped: false,
    };
    let Some(arrived) = target.integration(one.project.as_deref(), &one.id.to_string()) else {
        return Ok(outcome(
            "ABSENT",
            Some("it did not arrive in the target".to_owned()),
        ));
    };
    if arrived.status == ACTIVE {
        return Ok(outcome(ACTIVE, None));
    }
    context.step(format!("activating {} on {}", one.id, to.name));
    let switched = crate::activation::activate(context, to, &reference, &arrived.status).await?;
    Ok(outcome(
        &switched.status,
        switched.problem.map(|(_, why)| why),
    ))
}
