//! `/projects` (Gen3).

use std::borrow::Cow;

use http::StatusCode;
use jiff::Timestamp;
use serde_json::{Value, json};

use super::answers::{not_found, ok, only};
use super::install::remove;
use super::model::{DEVELOPED, Instance, Project};
use super::paging::Listed;
use super::routes::Asked;
use super::shelf::Named;
use super::{arrival, dates, paging};
use crate::body::{Refused, Reply, bare};
use crate::world::World;

mod deployments;
mod import;

pub(super) fn exists(world: &World, asked: &Asked<'_>, code: &str) -> bool {
    let instance = world.oic.instances.get(asked.at);
    instance.is_some_and(|i| i.projects.contains_key(code))
}

/// Whether a path is the business of this file, and not that of a project's objects.
pub(super) fn owns(path: &[&str]) -> bool {
    matches!(path, [] | ["archive" | "deployments", ..])
}

pub(super) fn answer(world: &mut World, asked: &Asked<'_>, path: &[&str]) -> Reply {
    let method = asked.call.method.as_str();
    let reply = match (path, method) {
        ([], "GET") => list(world, asked),
        ([], _) => Ok(only(
            "GET, HEAD",
            "a project comes in by POST of projects/archive",
        )),
        (["archive"], "POST" | "PUT") => import::answer(world, asked),
        (["archive"], _) => Ok(only(
            "POST, PUT",
            "POST brings a new project in, PUT replaces one",
        )),
        ([code, ..], _) if !exists(world, asked, code) => Ok(not_found("Project", code)),
        ([code], "GET") => found(world, asked, code).map(|project| ok(&shown(asked, project))),
        ([code], "DELETE") => delete(world, asked, code),
        ([_], _) => Ok(only("GET, HEAD, DELETE", "a project is read or deleted")),
        ([code, "archive"], "POST") => deployments::export(world, asked, code),
        ([_, "archive"], _) => Ok(only("POST", "a project is exported by POST")),
        ([code, "deployments", rest @ ..], _) => deployments::answer(world, asked, code, rest),
        _ => Ok(not_found("Resource", &asked.call.path)),
    };
    reply.unwrap_or_else(Refused::into_reply)
}

fn list(world: &World, asked: &Asked<'_>) -> Result<Reply, Refused> {
    let projects = asked.instance(&world.oic)?.projects.values();
    Ok(paging::page(asked.call, &paging::SMALL, projects, |it| {
        shown(asked, it)
    }))
}

impl Listed for Project {
    fn text(&self, field: &str) -> Option<Cow<'_, str>> {
        match field {
            "id" | "code" => Some(Cow::Borrowed(&self.code)),
            "name" => Some(Cow::Borrowed(&self.name)),
            "type" => Some(Cow::Borrowed(DEVELOPED)),
            _ => None,
        }
    }

    fn updated(&self) -> Option<Timestamp> {
        Some(self.updated)
    }
}

fn found<'a>(world: &'a World, asked: &Asked<'_>, code: &str) -> Result<&'a Project, Refused> {
    let project = asked.instance(&world.oic)?.projects.get(code);
    project.ok_or_else(|| Refused::new(not_found("Project", code)))
}

/// A project whose integrations are at work stays (assumed).
fn delete(world: &mut World, asked: &Asked<'_>, code: &str) -> Result<Reply, Refused> {
    let instance = asked.instance_mut(&mut world.oic)?;
    let Some(project) = instance.projects.get(code) else {
        return Err(Refused::new(not_found("Project", code)));
    };
    let carrier = project.carrier.clone();
    let own = integrations(instance, code);
    let own = own.iter().map(String::as_str);
    arrival::idle(instance, Some(code), own, &format!("Project {code}"))?;
    remove(instance, &carrier);
    instance.clear_project(code);
    Ok(bare(StatusCode::OK))
}

/// The integrations of a project, as `CODE|VERSION`.
fn integrations(instance: &Instance, code: &str) -> Vec<String> {
    let own = instance.integrations.of(Some(code));
    own.map(Named::id).collect()
}

fn shown(asked: &Asked<'_>, project: &Project) -> Value {
    let path = format!(
        "/ic/api/integration/v1/projects/{}",
        paging::encoded(&project.code)
    );
    let labels: Vec<Value> = project
        .deployments
        .iter()
        .map(|deployment| deployments::shown(project, deployment))
        .collect();
    json!({
        "id": project.code,
        "code": project.code,
        "name": project.name,
        "description": project.description,
        "type": DEVELOPED,
        "cloneRestrict": "NONE",
        "viewRestricted": false,
        "simplifiedMode": false,
        "origin": {},
        "lastUpdated": dates::design(project.updated),
        "state": {
            "status": project.status,
            "assets": {"labelsRs": {"items": labels}},
        },
        "links": [{"rel": "self", "href": paging::href(asked.call, &path)}],
    })
}
