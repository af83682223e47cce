//! `DELETE /integrations/{id}`: one version.

use std::collections::BTreeSet;

use http::StatusCode;

use super::{Place, found, unlocked};
use crate::body::{Reply, bare};
use crate::oic::answers::{error, not_found};
use crate::oic::install;
use crate::oic::routes::Asked;
use crate::world::World;

pub(super) fn answer(world: &mut World, asked: &Asked<'_>, place: Place<'_>) -> Reply {
    let Some((_, it)) = found(world, asked, place) else {
        return not_found("Integration", place.id);
    };
    if let Err(refused) = unlocked(it, place.id) {
        return refused.into_reply();
    }
    // Documented as 423, too: "not allowed".
    if it.is_active() {
        return error(
            StatusCode::LOCKED,
            format!("Integration {} cannot be deleted.", place.id),
            "it is active; it must be deactivated first",
        );
    }
    let now = world.clock.now();
    let (blobs, keep) = (&mut world.blobs, BTreeSet::new());
    let taken = match world.oic.instances.get_mut(asked.at) {
        Some(instance) => install::take_out(instance, blobs, place.project, place.id, &keep, now),
        None => Ok(()),
    };
    match taken {
        Ok(()) => bare(StatusCode::OK),
        Err(e) => error(
            StatusCode::INTERNAL_SERVER_ERROR,
            format!("Integration {} cannot be deleted.", place.id),
            e.to_string(),
        ),
    }
}
