//! `/lookups`: tables, by name.
//!
//! Reading them is seen; making, replacing and deleting them is told by third parties only, who give no bodies. That
//! what is written has the shape of what is read is assumed.

use http::Method;
use serde_json::{Value, json};

use super::answers::{archive, not_found, ok, only};
use super::model::Lookup;
use super::paging;
use super::routes::Asked;
use crate::body::{Refused, Reply};
use crate::world::World;

mod change;
mod input;

/// `/lookups/{name}/archive`, or the lookup itself where octets are accepted, gives the bytes.
pub(super) fn answer(
    world: &mut World,
    asked: &Asked<'_>,
    project: Option<&str>,
    path: &[&str],
) -> Reply {
    let method = &asked.call.method;
    let changed = match path {
        _ if method == Method::GET => return read(world, asked, project, path),
        [] | [_] if project.is_some() => {
            let why = "the lookups of a project come in with it";
            return only("GET, HEAD", why);
        }
        [] if method == Method::POST => change::create(world, asked),
        [name] if method == Method::PUT => change::replace(world, asked, name),
        [name] if method == Method::DELETE => change::delete(world, asked, name),
        [] => return only("GET, HEAD, POST", "a lookup is made by POST"),
        [_] => {
            return only(
                "GET, HEAD, PUT, DELETE",
                "a lookup is read, replaced or deleted",
            );
        }
        _ => return only("GET, HEAD", "this is read by GET"),
    };
    changed.unwrap_or_else(Refused::into_reply)
}

fn read(world: &World, asked: &Asked<'_>, project: Option<&str>, path: &[&str]) -> Reply {
    let Ok(instance) = asked.instance(&world.oic) else {
        return not_found("Service instance", "");
    };
    let [name, rest @ ..] = path else {
        let items = instance.lookups.of(project).map(shown).collect();
        return paging::list(asked.call, items);
    };
    let Some(lookup) = instance.lookups.get(project, name) else {
        return not_found("Lookup", name);
    };
    let octets = asked
        .call
        .header("accept")
        .is_some_and(|a| a.contains("application/octet-stream") || a.contains("text/csv"));
    match rest {
        [] if !octets => ok(&shown(lookup)),
        [] | ["archive"] => archive(&world.blobs, &lookup.blob, &format!("{name}.csv")),
        _ => not_found("Resource", &asked.call.path),
    }
}

fn shown(lookup: &Lookup) -> Value {
    let rows: Vec<Value> = lookup
        .rows
        .iter()
        .map(|row| json!({"rowData": row}))
        .collect();
    json!({
        "id": lookup.name,
        "name": lookup.name,
        "description": lookup.description,
        "status": "CONFIGURED",
        "lockedFlag": false,
        "columns": lookup.columns,
        "rows": rows,
        "rowCount": lookup.rows.len(),
    })
}
