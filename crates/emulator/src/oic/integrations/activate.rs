//! `POST /integrations/{id}` as a PATCH: activates and deactivates.

use serde_json::{Map, Value, json};

use super::{Place, unlocked};
use crate::body::{Refused, Reply};
use crate::oic::activation;
use crate::oic::answers::{bad_request, not_found, ok, precondition};
use crate::oic::input;
use crate::oic::model::{Generation, Instance, Integration, Status, Tracing};
use crate::oic::routes::Asked;
use crate::world::World;

const ALLOWED: &str = "GET, POST, DELETE";

pub(super) fn answer(world: &mut World, asked: &Asked<'_>, place: Place<'_>) -> Reply {
    change(world, asked, place).unwrap_or_else(Refused::into_reply)
}

fn change(world: &mut World, asked: &Asked<'_>, place: Place<'_>) -> Result<Reply, Refused> {
    let Place { project, id } = place;
    input::patches(asked.call, ALLOWED)?;
    let waits_not = input::flag(asked.call, "enableAsyncActivationMode")?;
    input::flag(asked.call, "deleteEventSubscriptionFlag")?;
    let body = input::object(asked.call)?;
    let now = world.clock.now();
    let Some(instance) = world.oic.instances.get_mut(asked.at) else {
        return Err(Refused::new(not_found("Service instance", "")));
    };
    // Gen2 was seen to answer with the final state, unless it is told not to wait; Gen3 never waits.
    let seconds = if instance.generation == Generation::Gen2 && !waits_not {
        0
    } else {
        world.switches.activation_seconds
    };
    let tracing = if world.switches.activation_tracing {
        tracing(&body)
    } else {
        Tracing::default()
    };
    let Some(it) = instance.integration_mut(project, id) else {
        return Err(Refused::new(not_found("Integration", id)));
    };
    match body.get("status").and_then(Value::as_str) {
        Some("ACTIVATED") => {
            unlocked(it, id)?;
            // What is active, or on the way to it, stays so.
            if matches!(it.status, Status::Configured | Status::FailedActivation) {
                it.tracing = tracing;
                activation::begin(instance, project, id, seconds, now);
            }
        }
        Some("CONFIGURED") => {
            unlocked(it, id)?;
            deactivate(it, id, &body)?;
            it.updated = now;
            activation::forget(instance, project, id);
        }
        _ => {
            let why = "status must be ACTIVATED or CONFIGURED";
            return Err(Refused::new(bad_request(why)));
        }
    }
    Ok(outcome(instance, place))
}

/// What an activation is told to record (the fields are spelled as those of answers: assumed); else nothing.
fn tracing(body: &Map<String, Value>) -> Tracing {
    let flag = |name: &str| input::truth(body.get(name));
    Tracing {
        tracing: flag("tracingEnabledFlag"),
        payload: flag("payloadTracingEnabledFlag"),
        record: flag("recordEnabledFlag"),
    }
}

fn deactivate(it: &mut Integration, id: &str, body: &Map<String, Value>) -> Result<(), Refused> {
    if it.schedule_running && !input::truth(body.get("stopScheduleForDeactivation")) {
        return Err(Refused::new(precondition(
            format!("Integration {id} cannot be deactivated."),
            "its schedule is started and stopScheduleForDeactivation is not set",
        )));
    }
    it.status = Status::Configured;
    it.schedule_running = false;
    it.errors = None;
    Ok(())
}

/// The answer as it was seen on Gen3.
fn outcome(instance: &Instance, place: Place<'_>) -> Reply {
    let Some(it) = instance.integration(place.project, place.id) else {
        return not_found("Integration", place.id);
    };
    ok(&json!({
        "apiDeploymentInprogress": false,
        "compatible": false,
        "links": [],
        "lockedFlag": false,
        "scheduleApplicableFlag": it.is_scheduled(),
        "scheduleDefinedFlag": it.schedule_defined,
        "softDeactivated": false,
        "status": it.status.as_str(),
        "tempCopyExists": false,
        "totalEndPoints": it.connections.len(),
    }))
}
