//! `/integrations`, globally and in projects.

use http::Method;
use serde_json::{Value, json};

use super::answers::{locked, not_found, ok, only};
use super::arrival::Way;
use super::model::{Generation, Instance, Integration};
use super::routes::Asked;
use crate::body::{Refused, Reply};
use crate::world::World;

mod activate;
mod delete;
mod export;
mod import;
mod list;
mod shown;

pub(super) use shown::path;

/// An integration's place in an instance.
#[derive(Debug, Clone, Copy)]
pub(super) struct Place<'a> {
    pub(super) project: Option<&'a str>,
    pub(super) id: &'a str,
}

pub(super) fn answer(
    world: &mut World,
    asked: &Asked<'_>,
    project: Option<&str>,
    path: &[&str],
) -> Reply {
    let method = asked.call.method.as_str();
    match path {
        [] => match method {
            "GET" => list::answer(world, asked, project),
            _ => only(
                "GET",
                "an integration comes in by POST of integrations/archive",
            ),
        },
        ["archive"] => match method {
            "POST" => import::answer(world, asked, project, Way::New),
            "PUT" => import::answer(world, asked, project, Way::Replace),
            _ => only(
                "POST, PUT",
                "POST brings a new integration in, PUT replaces one",
            ),
        },
        [id, rest @ ..] => one(world, asked, Place { project, id }, rest),
    }
}

fn one(world: &mut World, asked: &Asked<'_>, place: Place<'_>, rest: &[&str]) -> Reply {
    let method = &asked.call.method;
    match rest {
        [] if method == Method::DELETE => delete::answer(world, asked, place),
        [] if method != Method::GET => activate::answer(world, asked, place),
        [] | ["activationStatus" | "activationErrors" | "archive"] if method != Method::GET => {
            only("GET", "this is read by GET")
        }
        [] | ["activationStatus" | "activationErrors"] => {
            read(world, asked, place, rest.first().copied())
        }
        ["archive"] => export::answer(world, asked, place),
        _ => not_found("Resource", &asked.call.path),
    }
}

fn read(world: &World, asked: &Asked<'_>, place: Place<'_>, part: Option<&str>) -> Reply {
    let Some((instance, it)) = found(world, asked, place) else {
        return not_found("Integration", place.id);
    };
    match part {
        Some("activationStatus") => ok(&json!({"activationStatus": it.status.as_str()})),
        Some(_) => ok(&errors(asked, instance, place.project, it)),
        None => match list::Expand::of(asked.call) {
            Ok(expand) => ok(&shown::shown(asked, instance, place.project, it, expand)),
            Err(why) => super::answers::bad_request(why),
        },
    }
}

fn found<'a>(
    world: &'a World,
    asked: &Asked<'_>,
    place: Place<'_>,
) -> Option<(&'a Instance, &'a Integration)> {
    let instance = world.oic.instances.get(asked.at)?;
    Some((instance, instance.integration(place.project, place.id)?))
}

/// Refuses what may not be done with an integration that somebody has open.
pub(super) fn unlocked(it: &Integration, id: &str) -> Result<(), Refused> {
    match &it.locked {
        None => Ok(()),
        Some(by) => Err(Refused::new(locked(&format!("Integration {id}"), by))),
    }
}

/// Why the last activation failed. Gen2 documents the whole integration for this call, Gen3 the short form.
fn errors(
    asked: &Asked<'_>,
    instance: &Instance,
    project: Option<&str>,
    it: &Integration,
) -> Value {
    let mut value = match instance.generation {
        Generation::Gen2 => shown::shown(asked, instance, project, it, list::Expand::default()),
        Generation::Gen3 => json!({"code": it.code, "version": it.version}),
    };
    let summary = it.errors.as_ref().map_or("", |_| "Activation failed.");
    let told = [
        ("hasErrors", json!(it.errors.is_some())),
        ("errorMessage", json!(it.errors.clone().unwrap_or_default())),
        ("shortSummaryMessage", json!(summary)),
    ];
    if let Some(fields) = value.as_object_mut() {
        fields.extend(told.map(|(name, value)| (name.to_owned(), value)));
    }
    value
}
