//! `POST /connections/{id}/metadata`: the metadata of what it leads to is fetched anew.

use serde_json::json;

use super::{Place, found, ready};
use crate::body::{Refused, Reply};
use crate::oic::answers::ok;
use crate::oic::dates;
use crate::oic::routes::Asked;
use crate::world::World;

/// Only the path is documented. It needs what a test needs (assumed), and is done at once.
pub(super) fn answer(
    world: &mut World,
    asked: &Asked<'_>,
    place: Place<'_>,
) -> Result<Reply, Refused> {
    let now = world.clock.now();
    let connection = found(world, asked, place)?;
    ready(connection)?;
    connection.desk.refreshed = Some(now);
    Ok(ok(&json!({
        "id": connection.id,
        "metadataDownloadState": "COMPLETE",
        "lastRefreshedDate": dates::design(now),
    })))
}
