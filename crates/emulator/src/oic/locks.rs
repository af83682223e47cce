//! `/_ferry/instances/{instance}/locks`: who has what open in an editor. The service has no call for it: there, the
//! console does it.

use http::StatusCode;
use serde::Deserialize;

use super::answers::{bad_request, not_found};
use crate::body::{Reply, bare};
use crate::world::World;

/// What is locked or freed.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Lock {
    /// `CODE|VERSION`.
    integration: Option<String>,
    connection: Option<String>,
    project: Option<String>,
    /// Who locks it.
    by: Option<String>,
}

/// Locks (`locks` is true) or frees.
pub(crate) fn lock(world: &mut World, instance: &str, lock: Lock, locks: bool) -> Reply {
    let now = world.clock.now();
    let found = world.oic.instances.iter_mut().find(|i| i.name == instance);
    let Some(found) = found else {
        return not_found("Instance", instance);
    };
    let project = lock.project.as_deref();
    let by = lock.by.unwrap_or_else(|| "admin@example.com".to_owned());
    let (by, at) = if locks {
        (Some(by), Some(now))
    } else {
        (None, None)
    };
    match (&lock.integration, &lock.connection) {
        (Some(id), None) => match found.integration_mut(project, id) {
            Some(it) => (it.locked, it.locked_at) = (by, at),
            None => return not_found("Integration", id),
        },
        (None, Some(id)) => match found.connection_mut(project, id) {
            Some(it) => (it.locked, it.desk.locked_at) = (by, at),
            None => return not_found("Connection", id),
        },
        _ => return bad_request("it is either an integration or a connection"),
    }
    bare(StatusCode::NO_CONTENT)
}
