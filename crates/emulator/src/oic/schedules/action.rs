//! Starting, stopping, pausing and resuming a schedule.

use std::collections::BTreeMap;

use http::header::LOCATION;
use http::{HeaderValue, StatusCode};
use serde_json::{Map, Value, json};

use super::{Place, parameters, scheduled};
use crate::body::{self, Refused, Reply};
use crate::oic::answers::{bad_request, ok, precondition};
use crate::oic::model::{Generation, Integration, Status};
use crate::oic::paging::href;
use crate::oic::routes::Asked;
use crate::oic::{input, integrations};
use crate::world::World;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Action {
    Start,
    Stop,
    Pause,
    Resume,
}

impl Action {
    fn done(self) -> &'static str {
        match self {
            Action::Start => "STARTED",
            Action::Stop => "STOPPED",
            Action::Pause => "PAUSED",
            Action::Resume => "RESUMED",
        }
    }
}

pub(super) fn answer(
    world: &mut World,
    asked: &Asked<'_>,
    place: Place<'_>,
    action: Action,
) -> Result<Reply, Refused> {
    let body = input::object(asked.call)?;
    let given = match action {
        Action::Start => checked(&body).map_err(|why| Refused::new(bad_request(why)))?,
        _ => None,
    };
    let gen3 = world
        .oic
        .instances
        .get(asked.at)
        .is_some_and(|instance| instance.generation == Generation::Gen3);
    // Documented for Gen3. Every action is carried out at once, so that nothing ever sticks for `retry` to help with.
    let waits_not = gen3 && input::flag(asked.call, "async")?;
    if gen3 {
        input::flag(asked.call, "retry")?;
    }
    let it = scheduled(world, asked, place)?;
    carry_out(it, place.id, action)?;
    it.schedule_parameters.extend(given.into_iter().flatten());
    let told = json!({"id": place.id, "status": action.done()});
    if !waits_not {
        return Ok(ok(&told));
    }
    let mut reply = body::json(StatusCode::ACCEPTED, &told);
    let path = format!("{}/schedule", integrations::path(place.project, place.id));
    if let Ok(location) = HeaderValue::from_str(&href(asked.call, &path)) {
        reply.headers_mut().insert(LOCATION, location);
    }
    Ok(reply)
}

fn carry_out(it: &mut Integration, id: &str, action: Action) -> Result<(), Refused> {
    let refuse = |why: &str| {
        let title = format!("The schedule of {id} cannot be changed.");
        Err(Refused::new(precondition(title, why)))
    };
    match action {
        Action::Stop => {}
        _ if it.status != Status::Activated => return refuse("the integration is not active"),
        Action::Pause | Action::Resume if !it.schedule_running => {
            return refuse("the schedule is not started");
        }
        _ => {}
    }
    it.schedule_running = action != Action::Stop;
    it.schedule_paused = action == Action::Pause;
    Ok(())
}

/// The body is optional, and so is each of its fields; Gen3 prints some with hyphens. Gives the parameters.
fn checked(body: &Map<String, Value>) -> Result<Option<BTreeMap<String, Value>>, String> {
    let now = |value: &Value| {
        value
            .as_str()
            .is_some_and(|action| action.eq_ignore_ascii_case("NOW"))
    };
    if !body.get("action").is_none_or(now) {
        return Err("action is NOW".to_owned());
    }
    parameters::read(body)
}
