//! `POST /integrations/{id}/schedule/jobs`: a run at once, outside the schedule.

use serde_json::json;

use super::{Place, scheduled};
use crate::body::{Refused, Reply};
use crate::oic::answers::{ok, precondition};
use crate::oic::input;
use crate::oic::jobs::uuid;
use crate::oic::model::Status;
use crate::oic::routes::Asked;
use crate::world::World;

/// Only the path is known. The run's id is answered; there is nothing that runs.
pub(super) fn answer(
    world: &mut World,
    asked: &Asked<'_>,
    place: Place<'_>,
) -> Result<Reply, Refused> {
    input::object(asked.call)?;
    let it = scheduled(world, asked, place)?;
    if it.status != Status::Activated {
        return Err(Refused::new(precondition(
            format!("Integration {} cannot be run.", place.id),
            "the integration is not active",
        )));
    }
    let id = uuid(&mut world.rng);
    Ok(ok(
        &json!({"id": place.id, "jobId": id, "status": "SUBMITTED"}),
    ))
}
