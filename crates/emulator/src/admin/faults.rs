//! Rules and barriers.

use http::StatusCode;
use serde_json::json;

use super::handle::{done, nowhere, ok};
use super::input::{NewBarrier, read};
use super::problem;
use crate::body::{Refused, Reply, json};
use crate::fault::Rule;
use crate::service::Seam;
use crate::world::Call;
use crate::{Barrier, Body};

pub(super) async fn answer(
    seam: &Seam,
    call: &Call,
    path: &[&str],
    body: Body,
) -> Result<Reply, Refused> {
    match (call.method.as_str(), path) {
        ("GET", ["rules"]) => Ok(ok(&json!(seam.rules()))),
        ("POST", ["rules"]) => {
            let rule: Rule = read(body).await?;
            rule.check()
                .map_err(|why| problem(StatusCode::BAD_REQUEST, &why))?;
            seam.add_rule(rule);
            Ok(done())
        }
        ("DELETE", ["rules"]) => {
            seam.clear_rules();
            Ok(done())
        }
        ("GET", ["barriers"]) => Ok(ok(&json!(seam.barriers().shown()))),
        ("POST", ["barriers"]) => {
            let NewBarrier { nth, side } = read(body).await?;
            let id = seam.barriers().set_named(nth, side);
            Ok(json(StatusCode::CREATED, &json!({"id": id})))
        }
        ("GET", ["barriers", id]) => {
            barrier(seam, id)?.reached().await;
            Ok(ok(&json!({"reached": true})))
        }
        ("POST", ["barriers", id, "release"]) => {
            barrier(seam, id)?.release();
            Ok(done())
        }
        _ => Err(nowhere()),
    }
}

fn barrier(seam: &Seam, id: &str) -> Result<Barrier, Refused> {
    id.parse()
        .ok()
        .and_then(|id| seam.barriers().named(id))
        .ok_or_else(|| problem(StatusCode::NOT_FOUND, "no such barrier"))
}
