//! `POST /connections/{id}/test`, `…/testWithAttachments` and `…/validate`.

use http::StatusCode;
use serde_json::json;

use super::{Place, found, ready};
use crate::body::{Refused, Reply};
use crate::oic::answers::{error, ok};
use crate::oic::routes::Asked;
use crate::options::FailedTest;
use crate::world::World;

/// The host that never answers, for tests of connection tests.
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
    let connection = found(world, asked, place)?;
    ready(connection)?;
    let id = &connection.id;
    let (doing, succeeded) = match depth {
        Depth::Values => ("Validation", true),
        Depth::Reach => (
            "Test",
            connection
                .properties
                .iter()
                .filter_map(|p| p.value.as_deref())
                .all(|value| !value.contains(UNREACHABLE)),
        ),
    };
    let (status, outcome) = if succeeded {
        ("SUCCESS", "succeeded")
    } else {
        ("FAILED", "failed: the host cannot be reached")
    };
    let details = format!("{doing} of {id} connection {outcome}.");
    let reply = if succeeded || told == FailedTest::Answered {
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
