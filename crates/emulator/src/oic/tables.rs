//! The small design-time objects: lookups, libraries, certificates.

use http::Method;
use serde_json::{Value, json};

use super::answers::{archive, method_not_allowed, not_found, ok};
use super::model::{Kind, Lookup};
use super::paging;
use super::routes::Asked;
use super::shelf::Named;
use crate::body::Reply;
use crate::world::World;

/// `/lookups`: by name. `/lookups/{name}/archive`, or the lookup itself where octets are accepted, gives the bytes.
pub(super) fn lookups(
    world: &mut World,
    asked: &Asked<'_>,
    project: Option<&str>,
    path: &[&str],
) -> Reply {
    let Some(instance) = world.oic.instances.get(asked.at) else {
        return not_found("Service instance", "");
    };
    if asked.call.method != Method::GET {
        return method_not_allowed("lookups come in by an import");
    }
    let [name, rest @ ..] = path else {
        return paging::list(
            asked.call,
            instance.lookups.of(project).map(shown).collect(),
        );
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
        [] | ["archive"] => archive(&world.blobs, &lookup.blob, name),
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

/// `/libraries`.
pub(super) fn libraries(
    world: &mut World,
    asked: &Asked<'_>,
    project: Option<&str>,
    path: &[&str],
) -> Reply {
    let Some(instance) = world.oic.instances.get(asked.at) else {
        return not_found("Service instance", "");
    };
    if asked.call.method != Method::GET {
        return method_not_allowed("libraries come in by an import");
    }
    let mut items = instance
        .libraries
        .of(project)
        .map(|it| json!({"id": it.id(), "code": it.code, "version": it.version, "name": it.name}));
    match path {
        [] => paging::list(asked.call, items.collect()),
        [id] => match items.find(|item| item.get("id").and_then(Value::as_str) == Some(id)) {
            Some(item) => ok(&item),
            None => not_found("Library", id),
        },
        _ => not_found("Resource", &asked.call.path),
    }
}

/// `/certificates`: uploaded ones only, by the artifacts' file names.
pub(super) fn certificates(world: &mut World, asked: &Asked<'_>) -> Reply {
    let Some(instance) = world.oic.instances.get(asked.at) else {
        return not_found("Service instance", "");
    };
    let items = instance
        .artifacts
        .values()
        .filter(|a| a.kind == Kind::Certificate)
        .map(|a| {
            let file = a.path.rsplit('/').next().unwrap_or_default();
            let name = file.rsplit_once('.').map_or(file, |(stem, _)| stem);
            json!({
                "id": format!("USER|X509|TRUST|{name}"),
                "name": name,
                "type": "X509",
                "category": "TRUST",
                "installedType": "USER",
            })
        })
        .collect();
    paging::list(asked.call, items)
}
