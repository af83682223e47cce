//! `/libraries`: scripts that integrations carry. That they are read and deleted so is told by third parties.

use http::{Method, StatusCode};
use serde_json::{Value, json};

use super::answers::{not_found, ok, only, precondition};
use super::model::Library;
use super::paging;
use super::routes::Asked;
use super::shelf::Named;
use crate::body::{Refused, Reply, bare};
use crate::world::World;

pub(super) fn answer(
    world: &mut World,
    asked: &Asked<'_>,
    project: Option<&str>,
    path: &[&str],
) -> Reply {
    let method = &asked.call.method;
    match path {
        [] if method == Method::GET => list(world, asked, project),
        [] => only("GET, HEAD", "libraries come in with what uses them"),
        [id] if method == Method::GET => one(world, asked, project, id),
        [id] if method == Method::DELETE => {
            delete(world, asked, project, id).unwrap_or_else(Refused::into_reply)
        }
        [_] => only("GET, HEAD, DELETE", "a library is read or deleted"),
        _ => not_found("Resource", &asked.call.path),
    }
}

fn list(world: &World, asked: &Asked<'_>, project: Option<&str>) -> Reply {
    match asked.instance(&world.oic) {
        Ok(instance) => {
            let items = instance.libraries.of(project).map(shown).collect();
            paging::list(asked.call, items)
        }
        Err(refused) => refused.into_reply(),
    }
}

fn one(world: &World, asked: &Asked<'_>, project: Option<&str>, id: &str) -> Reply {
    let instance = asked.instance(&world.oic);
    match instance.map(|instance| instance.libraries.get(project, id)) {
        Ok(Some(library)) => ok(&shown(library)),
        Ok(None) => not_found("Library", id),
        Err(refused) => refused.into_reply(),
    }
}

/// One that an integration uses stays (assumed).
fn delete(
    world: &mut World,
    asked: &Asked<'_>,
    project: Option<&str>,
    id: &str,
) -> Result<Reply, Refused> {
    let instance = asked.instance_mut(&mut world.oic)?;
    if instance.libraries.get(project, id).is_none() {
        return Err(Refused::new(not_found("Library", id)));
    }
    let mut users = instance.integrations.of(project);
    if let Some(user) = users.find(|it| it.libraries.contains(id)) {
        let title = format!("Library {id} cannot be deleted.");
        let why = format!("integration {} uses it", user.id());
        return Err(Refused::new(precondition(title, why)));
    }
    instance.libraries.remove(project, id);
    Ok(bare(StatusCode::OK))
}

fn shown(it: &Library) -> Value {
    json!({
        "id": it.id(),
        "code": it.code,
        "version": it.version,
        "name": it.name,
        "status": "CONFIGURED",
        "lockedFlag": false,
    })
}
