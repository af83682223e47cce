//! `POST /connections/{id}/test`, `…/testWithAttachments` and `…/validate`.

use std::collections::BTreeSet;

use http::StatusCode;
use serde_json::json;

use super::{Place, found, ready};
use crate::body::{Refused, Reply};
use crate::oic::answers::{error, ok};
use crate::oic::model::Connection;
use crate::oic::routes::Asked;
use crate::options::FailedTest;
use crate::world::World;

/// A value that names this host makes a test fail, so that failing tests can be tried.
const UNREACHABLE: &str = "unreachable.example";

/// How far a test goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Depth {
    /// The values are there.
    Values,
    /// What they lead to answers.
    Reach,
}

pub(super) fn answer(
    world: &mut World,
    asked: &Asked<'_>,
    place: Place<'_>,
    depth: Depth,
) -> Result<Reply, Refused> {
    let told = world.switches.failed_test;
    let groups = asked.instance(&world.oic)?.agent_groups.clone();
    let connection = found(world, asked, place)?;
    ready(connection)?;
    let id = &connection.id;
    let (doing, obstacle) = match depth {
        Depth::Values => ("Validation", None),
        Depth::Reach => ("Test", obstacle(connection, &groups)),
    };
    let (status, outcome) = match &obstacle {
        None => ("SUCCESS", "succeeded".to_owned()),
        Some(why) => ("FAILED", format!("failed: {why}")),
    };
    let details = format!("{doing} of {id} connection {outcome}.");
    let reply = if obstacle.is_none() || told == FailedTest::Answered {
        ok(&json!({"id": id, "status": status, "details": details}))
    } else {
        let title = format!("Connection {id} cannot be tested.");
        error(StatusCode::INTERNAL_SERVER_ERROR, title, details)
    };
    if depth == Depth::Reach {
        connection.desk.tested = Some(status.to_owned());
    }
    Ok(reply)
}

/// Why a test does not reach what the connection leads to. Nothing is ever called: the values themselves tell.
fn obstacle(connection: &Connection, groups: &BTreeSet<String>) -> Option<String> {
    let group = connection.agent_group.as_ref();
    if let Some(group) = group.filter(|group| !groups.contains(*group)) {
        return Some(format!("there is no agent group {group}"));
    }
    let values = connection.properties.iter();
    let mut values = values.filter_map(|p| Some((p, p.value.as_deref()?)));
    values.find_map(|(property, value)| {
        if value.contains(UNREACHABLE) {
            return Some("the host cannot be reached".to_owned());
        }
        let address = value.parse::<http::Uri>();
        let whole = address.is_ok_and(|it| it.scheme().is_some() && it.host().is_some());
        let wants = property.kind == "URL" && !value.trim().is_empty();
        (wants && !whole).then(|| format!("{} is no URL", property.name))
    })
}
