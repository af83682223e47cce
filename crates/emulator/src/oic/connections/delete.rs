//! `DELETE /connections/{id}`.

use http::StatusCode;

use super::{Place, found, unlocked};
use crate::body::{Refused, Reply, bare};
use crate::oic::answers::precondition;
use crate::oic::model::Instance;
use crate::oic::routes::Asked;
use crate::oic::shelf::Named;
use crate::world::World;

/// Only the path is documented. One that is used stays (assumed).
pub(super) fn answer(
    world: &mut World,
    asked: &Asked<'_>,
    place: Place<'_>,
) -> Result<Reply, Refused> {
    unlocked(found(world, asked, place)?)?;
    let Some(instance) = world.oic.instances.get_mut(asked.at) else {
        return Ok(bare(StatusCode::OK));
    };
    if let Some(user) = user(instance, place) {
        return Err(Refused::new(precondition(
            format!("Connection {} cannot be deleted.", place.id),
            format!("integration {user} uses it"),
        )));
    }
    instance.connections.remove(place.project, place.id);
    Ok(bare(StatusCode::OK))
}

/// An integration that uses the connection: one of its project, or for a global one any that has none of its own.
fn user(instance: &Instance, place: Place<'_>) -> Option<String> {
    instance
        .integrations
        .iter()
        .filter(|(project, it)| {
            let home = *project == place.project
                || place.project.is_none() && instance.connection(*project, place.id).is_none();
            home && it.connections.contains(place.id)
        })
        .map(|(_, it)| it.id())
        .next()
}
