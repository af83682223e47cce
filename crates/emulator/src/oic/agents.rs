//! `/monitoring/agentgroups`: the groups of connectivity agents that an instance has. Agents are set up by hand and do
//! not travel (seen); the path and the shape of the answers are assumed.

use http::Method;
use serde_json::{Value, json};

use super::answers::{not_found, ok, only};
use super::paging;
use super::routes::Asked;
use crate::body::Reply;
use crate::world::World;

pub(super) fn answer(world: &mut World, asked: &Asked<'_>, path: &[&str]) -> Reply {
    if asked.call.method != Method::GET {
        return only("GET, HEAD", "agent groups are made in the console");
    }
    let instance = match asked.instance(&world.oic) {
        Ok(instance) => instance,
        Err(refused) => return refused.into_reply(),
    };
    let groups = &instance.agent_groups;
    match path {
        [] => paging::list(asked.call, groups.iter().map(|id| shown(id)).collect()),
        [id] if groups.contains(*id) => ok(&shown(id)),
        [id] => not_found("Agent group", id),
        _ => not_found("Resource", &asked.call.path),
    }
}

fn shown(id: &str) -> Value {
    json!({"id": id, "name": id, "status": "UP"})
}
