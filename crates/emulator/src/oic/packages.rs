//! `/packages`.

use http::Method;
use serde_json::{Value, json};

use super::answers::{archive, method_not_allowed, not_found, ok};
use super::model::{Instance, Package};
use super::paging;
use super::routes::Asked;
use super::shelf::Named;
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
            .values()
            .map(|p| shown(instance, p))
            .collect();
        return paging::list(asked.call, items);
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
        "type": "DEVELOPED",
        "countOfIntegrations": members.len(),
        "integrations": members,
    })
}
