//! `GET /integrations/{id}/archive`: the integration as an `.iar`.

use http::StatusCode;

use super::{Place, found, unlocked};
use crate::artifact::{self, Unreadable};
use crate::body::{Refused, Reply};
use crate::oic::answers::{archive, error, not_found, octets};
use crate::oic::model::{Instance, Integration};
use crate::oic::routes::Asked;
use crate::world::World;

pub(super) fn answer(world: &World, asked: &Asked<'_>, place: Place<'_>) -> Reply {
    checked(world, asked, place).unwrap_or_else(Refused::into_reply)
}

fn checked(world: &World, asked: &Asked<'_>, place: Place<'_>) -> Result<Reply, Refused> {
    let Some((instance, it)) = found(world, asked, place) else {
        return Err(Refused::new(not_found("Integration", place.id)));
    };
    unlocked(it, place.id)?;
    if it.origin == "PREBUILT" {
        return Err(Refused::new(error(
            StatusCode::LOCKED,
            format!("Integration {} cannot be exported.", place.id),
            "it is PREBUILT",
        )));
    }
    let file = format!("{}_{}.iar", it.code, it.version);
    if let Some(blob) = &it.iar {
        return Ok(archive(&world.blobs, blob, &file));
    }
    Ok(match taken_from_project(world, instance, it) {
        Ok(bytes) => octets(bytes.into(), &file),
        Err(e) => error(
            StatusCode::INTERNAL_SERVER_ERROR,
            format!("Integration {} cannot be exported.", place.id),
            e.to_string(),
        ),
    })
}

/// An `.iar` made of the files that the project's `.car` holds.
fn taken_from_project(
    world: &World,
    instance: &Instance,
    it: &Integration,
) -> Result<Vec<u8>, Unreadable> {
    let carrier = instance.artifacts.get(&it.carrier);
    let carrier = carrier.ok_or_else(|| Unreadable::new(&it.carrier, "is gone"))?;
    let car = world.blobs.bytes(&carrier.blob);
    let car = car.map_err(|e| Unreadable::from_error(&it.carrier, &e))?;
    artifact::member(&car, &it.code, &it.version, it.updated)
}
