//! `/integrations/{id}/schedule` and what is beneath it.

use http::Method;

use super::answers::{not_found, only};
use super::integrations::{Place, unlocked};
use super::model::Integration;
use super::routes::Asked;
use crate::body::{Refused, Reply};
use crate::world::World;

mod action;
mod definition;
mod parameters;
mod run;

pub(super) use definition::Definition;

pub(super) fn answer(
    world: &mut World,
    asked: &Asked<'_>,
    place: Place<'_>,
    rest: &[&str],
) -> Reply {
    let method = &asked.call.method;
    let reply = match rest {
        [] => definition::answer(world, asked, place),
        ["start" | "stop" | "pause" | "resume" | "jobs"] if method != Method::POST => {
            Ok(only("POST", "this is asked for by POST"))
        }
        ["start"] => action::answer(world, asked, place, action::Action::Start),
        ["stop"] => action::answer(world, asked, place, action::Action::Stop),
        ["pause"] => action::answer(world, asked, place, action::Action::Pause),
        ["resume"] => action::answer(world, asked, place, action::Action::Resume),
        ["jobs"] => run::answer(world, asked, place),
        _ => Ok(not_found("Resource", &asked.call.path)),
    };
    reply.unwrap_or_else(Refused::into_reply)
}

/// The state of a schedule as REST tells it. Only the first was seen; a schedule that is not started shows none.
pub(super) fn status(it: &Integration) -> Option<&'static str> {
    match (it.schedule_running, it.schedule_paused) {
        (true, false) => Some("ICS_SCHEDULE_ACTIVE"),
        (true, true) => Some("ICS_SCHEDULE_PAUSED"),
        (false, _) => None,
    }
}

fn found<'a>(
    world: &'a mut World,
    asked: &Asked<'_>,
    place: Place<'_>,
) -> Result<&'a mut Integration, Refused> {
    world
        .oic
        .instances
        .get_mut(asked.at)
        .and_then(|instance| instance.integration_mut(place.project, place.id))
        .ok_or_else(|| Refused::new(not_found("Integration", place.id)))
}

/// The integration, which has a schedule.
fn scheduled<'a>(
    world: &'a mut World,
    asked: &Asked<'_>,
    place: Place<'_>,
) -> Result<&'a mut Integration, Refused> {
    let it = found(world, asked, place)?;
    if it.is_scheduled() && it.schedule_defined {
        unlocked(it, place.id)?;
        Ok(it)
    } else {
        Err(Refused::new(not_found("Schedule", place.id)))
    }
}
