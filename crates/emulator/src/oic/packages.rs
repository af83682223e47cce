//! `/packages`: integrations that travel together.

use std::borrow::Cow;

use http::{Method, StatusCode};
use jiff::Timestamp;
use serde_json::{Value, json};

use super::answers::{archive, exists, not_found, ok, only};
use super::arrival::{self, Way};
use super::model::{DEVELOPED, Instance, Kind, Package};
use super::paging::{self, Listed};
use super::routes::Asked;
use super::shelf::Named;
use crate::body::{Refused, Reply, bare};
use crate::world::World;

pub(super) fn answer(world: &mut World, asked: &Asked<'_>, path: &[&str]) -> Reply {
    let method = &asked.call.method;
    match path {
        ["archive"] if method == Method::POST || method == Method::PUT => {
            let way = match *method {
                Method::POST => Way::New,
                _ => Way::Replace,
            };
            import(world, asked, way).unwrap_or_else(Refused::into_reply)
        }
        ["archive"] => only(
            "POST, PUT",
            "POST brings a new package in, PUT replaces one",
        ),
        _ if method != Method::GET => only(
            "GET, HEAD",
            "a package comes in by POST of packages/archive",
        ),
        path => read(world, asked, path),
    }
}

fn read(world: &World, asked: &Asked<'_>, path: &[&str]) -> Reply {
    let Ok(instance) = asked.instance(&world.oic) else {
        return not_found("Service instance", "");
    };
    let [name, rest @ ..] = path else {
        let packages = instance.packages.values();
        return paging::page(asked.call, &paging::SMALL, packages, |it| {
            shown(instance, it)
        });
    };
    let Some(package) = instance.packages.get(*name) else {
        return not_found("Package", name);
    };
    match rest {
        [] => ok(&shown(instance, package)),
        ["archive"] => archive(&world.blobs, &package.blob, &format!("{name}.par")),
        _ => not_found("Resource", &asked.call.path),
    }
}

/// `/packages/archive`: 204 for a new one, 409 where it or one of its integrations is there; 200 for one replaced, 404
/// where it is not there, 412 where one of its integrations is active or locked (documented).
fn import(world: &mut World, asked: &Asked<'_>, way: Way) -> Result<Reply, Refused> {
    let read = arrival::receive(world, asked.call, Kind::Package)?;
    let name = read.package().unwrap_or_default().to_owned();
    let coming: Vec<String> = read.integrations().iter().map(|facts| facts.id()).collect();
    let instance = asked.instance(&world.oic)?;
    let there = instance.packages.get(&name);
    match (way, there) {
        (Way::New, Some(_)) => return Err(Refused::new(exists("Package", &name))),
        (Way::New, None) => {
            let there = |id: &&String| instance.integration(None, id).is_some();
            if let Some(id) = coming.iter().find(there) {
                return Err(Refused::new(exists("Integration", id)));
            }
        }
        (Way::Replace, None) => return Err(Refused::new(not_found("Package", &name))),
        (Way::Replace, Some(there)) => {
            let own = instance.artifacts.get(&there.carrier);
            let going = own.iter().flat_map(|own| &own.integrations);
            let all = going.chain(&coming).map(String::as_str);
            arrival::idle(instance, None, all, &format!("Package {name}"))?;
        }
    }
    let read = arrival::named(read, &format!("{name}.par"));
    arrival::install(world, asked, &read)?;
    Ok(bare(match way {
        Way::New => StatusCode::NO_CONTENT,
        Way::Replace => StatusCode::OK,
    }))
}

impl Listed for Package {
    fn text(&self, field: &str) -> Option<Cow<'_, str>> {
        match field {
            "id" | "name" => Some(Cow::Borrowed(&self.name)),
            "type" => Some(Cow::Borrowed(DEVELOPED)),
            _ => None,
        }
    }

    fn updated(&self) -> Option<Timestamp> {
        None
    }
}

fn shown(instance: &Instance, package: &Package) -> Value {
    let members: Vec<Value> = instance
        .artifacts
        .get(&package.carrier)
        .into_iter()
        .flat_map(|carrier| &carrier.integrations)
        .filter_map(|id| instance.integration(None, id))
        .map(|it| json!({"id": it.id(), "name": it.name, "status": it.status.as_str()}))
        .collect();
    json!({
        "id": package.name,
        "name": package.name,
        "type": DEVELOPED,
        "countOfIntegrations": members.len(),
        "integrations": members,
    })
}
