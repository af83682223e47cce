//! `/connections/{id}/attachments/{property}`: a file as the value of a property.

use http::StatusCode;

use super::policy::is_file;
use super::shown::shown;
use super::{Place, found, unlocked};
use crate::body::{Refused, Reply};
use crate::oic::answers::{archive, bad_request, error, not_found, ok};
use crate::oic::model::{Attachment, Connection, Hidden};
use crate::oic::routes::Asked;
use crate::oic::upload::Form;
use crate::world::World;

/// Gives a file back. Files that are credentials stay inside (assumed).
pub(super) fn get(
    world: &mut World,
    asked: &Asked<'_>,
    place: Place<'_>,
    property: &str,
) -> Result<Reply, Refused> {
    let connection = found(world, asked, place)?;
    takes(connection, property)?;
    let Some(attachment) = connection.desk.attachments.get(property).cloned() else {
        return Err(Refused::new(not_found("Attachment", property)));
    };
    if connection.credentials.iter().any(|c| c.name == property) {
        return Err(Refused::new(error(
            StatusCode::FORBIDDEN,
            "Forbidden",
            "files that are credentials are not given out",
        )));
    }
    Ok(archive(&world.blobs, &attachment.blob, &attachment.file))
}

/// Takes a file in.
pub(super) fn put(
    world: &mut World,
    asked: &Asked<'_>,
    place: Place<'_>,
    property: &str,
) -> Result<Reply, Refused> {
    let connection = found(world, asked, place)?;
    takes(connection, property)?;
    unlocked(connection)?;
    let form = Form::read(asked.call).map_err(|why| Refused::new(bad_request(why)))?;
    let part = form
        .file("file")
        .map_err(|why| Refused::new(bad_request(why)))?;
    let file = part.file.clone().unwrap_or_else(|| property.to_owned());
    let now = world.clock.now();
    let blob = world.blobs.put(&part.bytes).map_err(|e| {
        let title = "The file cannot be kept.";
        Refused::new(error(
            StatusCode::INTERNAL_SERVER_ERROR,
            title,
            e.to_string(),
        ))
    })?;
    let connection = found(world, asked, place)?;
    for own in connection
        .properties
        .iter_mut()
        .filter(|p| p.name == property)
    {
        own.value = Some(file.clone());
    }
    for own in connection
        .credentials
        .iter_mut()
        .filter(|c| c.name == property)
    {
        own.value = Some(Hidden(file.clone()));
    }
    let attachment = Attachment { file, blob };
    connection
        .desk
        .attachments
        .insert(property.to_owned(), attachment);
    connection.desk.tested = None;
    connection.updated = now;
    Ok(ok(&shown(asked.call, place.project, connection)))
}

/// Refuses properties that are not there, or are no files.
fn takes(connection: &Connection, property: &str) -> Result<(), Refused> {
    let own = connection.properties.iter().find(|p| p.name == property);
    let credential = connection.credentials.iter().any(|c| c.name == property);
    if own.is_none() && !credential {
        return Err(Refused::new(not_found("Property", property)));
    }
    if own.is_some_and(|p| p.kind.contains("FILE")) || is_file(property) {
        return Ok(());
    }
    Err(Refused::new(bad_request("the property takes no file")))
}
