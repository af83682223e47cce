//! An artifact that comes in by itself: as the file of a form, or made from a body.

use super::answers::{bad_request, kept, precondition};
use super::install::{self, Read, Rules};
use super::integrations::unlocked;
use super::model::{Instance, Kind};
use super::routes::Asked;
use super::upload::Form;
use crate::artifact::Recognised;
use crate::body::Refused;
use crate::world::{Call, World};

/// How an artifact comes in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Way {
    /// By POST: nothing of its identity is there yet.
    New,
    /// By PUT: in place of one that is there.
    Replace,
}

/// Reads the file of the form's part `file`, which must be of this kind. It has no path yet.
pub(super) fn receive(world: &mut World, call: &Call, kind: Kind) -> Result<Read, Refused> {
    let refuse = |why: String| Refused::new(bad_request(why));
    let form = Form::read(call).map_err(refuse)?;
    let read = take(world, kind, "", &form.file("file").map_err(refuse)?.bytes)?;
    if read.kind == kind && read.what != Recognised::Opaque {
        return Ok(read);
    }
    Err(refuse(format!("the file holds no {}", kind.name())))
}

/// Takes bytes in as an artifact of this file name.
pub(super) fn take(
    world: &mut World,
    kind: Kind,
    file: &str,
    bytes: &[u8],
) -> Result<Read, Refused> {
    let blob = world.blobs.put(bytes).map_err(|e| kept(&e))?;
    let read = Read::new(String::new(), kind, blob, bytes)
        .map_err(|e| Refused::new(bad_request(format!("the file cannot be read: {e}"))))?;
    Ok(named(read, file))
}

/// The same under this file name, in the folder of its kind.
pub(super) fn named(read: Read, file: &str) -> Read {
    let path = format!("{}/{file}", read.kind.folder());
    Read { path, ..read }
}

/// Puts it into the instance, over everything of its identity.
pub(super) fn install(world: &mut World, asked: &Asked<'_>, read: &Read) -> Result<(), Refused> {
    let now = world.clock.now();
    let instance = asked.instance_mut(&mut world.oic)?;
    install::install(instance, &mut world.blobs, read, Rules::Import, now).map_err(|e| kept(&e))
}

/// Refuses what would change or remove an integration that is active or that somebody has open: 412 is documented for
/// packages, and assumed of projects.
pub(super) fn idle<'a>(
    instance: &Instance,
    project: Option<&str>,
    ids: impl IntoIterator<Item = &'a str>,
    what: &str,
) -> Result<(), Refused> {
    for id in ids {
        let Some(there) = instance.integration(project, id) else {
            continue;
        };
        let why = if there.is_active() {
            "is active"
        } else if unlocked(there, id).is_err() {
            "is locked"
        } else {
            continue;
        };
        let title = format!("{what} cannot be changed.");
        let why = format!("its integration {id} {why}");
        return Err(Refused::new(precondition(title, why)));
    }
    Ok(())
}
