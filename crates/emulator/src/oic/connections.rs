//! `/connections`, globally and in projects.

use http::{Method, StatusCode};

use super::answers::{bad_request, error, locked, not_found, ok, only};
use super::model::Connection;
use super::paging;
use super::routes::Asked;
use crate::body::{Refused, Reply};
use crate::world::World;

mod attachments;
mod delete;
mod list;
mod policy;
mod refresh;
mod shown;
mod test;
mod update;

pub(super) use shown::{adapter, shown};

/// A connection's place in an instance.
#[derive(Debug, Clone, Copy)]
pub(super) struct Place<'a> {
    project: Option<&'a str>,
    id: &'a str,
}

pub(super) fn answer(
    world: &mut World,
    asked: &Asked<'_>,
    project: Option<&str>,
    path: &[&str],
) -> Reply {
    let method = &asked.call.method;
    let [id, rest @ ..] = path else {
        return if method == Method::GET {
            list::answer(world, asked, project)
        } else {
            only("GET", "a connection is born by importing an integration")
        };
    };
    let place = Place { project, id };
    let reply = match rest {
        [] => match method.as_str() {
            "GET" => get(world, asked, place),
            "DELETE" => delete::answer(world, asked, place),
            _ => update::answer(world, asked, place),
        },
        ["attachments", property] => match method.as_str() {
            "GET" => attachments::get(world, asked, place, property),
            "POST" => attachments::put(world, asked, place, property),
            _ => Ok(only("GET, POST", "an attachment is uploaded by POST")),
        },
        ["test" | "testWithAttachments" | "validate" | "metadata"] if method != Method::POST => {
            Ok(only("POST", "this is asked for by POST"))
        }
        ["test" | "testWithAttachments"] => test::answer(world, asked, place, test::Depth::Reach),
        ["validate"] => test::answer(world, asked, place, test::Depth::Values),
        ["metadata"] => refresh::answer(world, asked, place),
        _ => Ok(not_found("Resource", &asked.call.path)),
    };
    reply.unwrap_or_else(Refused::into_reply)
}

fn get(world: &mut World, asked: &Asked<'_>, place: Place<'_>) -> Result<Reply, Refused> {
    let found = found(world, asked, place)?;
    match paging::expansions(asked.call, list::EXPANDS) {
        // The adapter is shown in any case.
        Ok(_) => Ok(ok(&shown(asked.call, place.project, found))),
        Err(why) => Err(Refused::new(bad_request(why))),
    }
}

fn found<'a>(
    world: &'a mut World,
    asked: &Asked<'_>,
    place: Place<'_>,
) -> Result<&'a mut Connection, Refused> {
    world
        .oic
        .instances
        .get_mut(asked.at)
        .and_then(|instance| instance.connection_mut(place.project, place.id))
        .ok_or_else(|| Refused::new(not_found("Connection", place.id)))
}

/// Refuses a change of what somebody has open.
fn unlocked(it: &Connection) -> Result<(), Refused> {
    match &it.locked {
        None => Ok(()),
        Some(by) => Err(Refused::new(locked(&format!("Connection {}", it.id), by))),
    }
}

/// Refuses what needs a connection that is no draft and that nobody has open: 412 and 409 are documented for its test.
fn ready(it: &Connection) -> Result<(), Refused> {
    let id = &it.id;
    if let Some(by) = &it.locked {
        return Err(Refused::new(super::answers::precondition(
            format!("Connection {id} is locked."),
            format!("it is locked by {by}"),
        )));
    }
    let wanting = it.wanting();
    if wanting.is_empty() {
        return Ok(());
    }
    Err(Refused::new(error(
        StatusCode::CONFLICT,
        format!("Connection {id} is not configured."),
        format!("the properties {} have no value", wanting.join(", ")),
    )))
}
