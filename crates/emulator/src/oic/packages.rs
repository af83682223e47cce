//! `/packages`.

use http::Method;
use serde_json::{Value, json};

use super::answers::{archive, method_not_allowed, not_found, ok};
use super::model::{Instance, Package};
use super::paging;
use super::routes::Asked;
use crate::body::Reply;
use crate::world::World;

pub(super) fn answer(world: &mut World, asked: &Asked<'_>, path: &[&str]) -> Reply {
    if asked.call.method != Method::GET {
        return method_not_allowed("packages come in by an import");
    }
    let Some(instance) = world.oic.instances.get(asked.at) else {
        return not_found("Service instance", "");
    };
    let [name, rest @ ..] = path else {
        let items = instance
            .packages
            .iter()
            .map(|p| shown(instance, p))
            .collect();
        return paging::list(asked.call, items);
    };
    let Some(package) = instance.packages.iter().find(|p| p.name == *name) else {
        return not_found("Package", name);
    };
    match rest {
        [] => ok(&shown(instance, package)),
        ["archive"] => archive(&world.blobs, &package.blob, &format!("{name}.par")),
        _ => not_found("Resource", &asked.call.path),
    }
}

fn shown(instance: &Instance, package: &Package) -> Value {
    let members: Vec<Value> = instance
        .integrations
        .iter()
        .filter(|s| s.it.carrier == package.carrier)
        .map(|s| json!({"id": s.it.id(), "name": s.it.name, "status": s.it.status.as_str()}))
        .collect();
    json!({
        "id": package.name,
        "name": package.name,
        "type": "DEVELOPED",
        "countOfIntegrations": members.len(),
        "integrations": members,
    })
}
