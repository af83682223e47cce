//! From a request to a control, by what it is about.

use http::StatusCode;
use serde_json::{Value, json};

use super::{controls, faults, instances, problem, state};
use crate::body::{Refused, Reply, bare, json};
use crate::service::Seam;
use crate::world::Call;
use crate::{Body, environments};

pub(super) async fn handle(
    seam: &Seam,
    call: &Call,
    body: Body,
    scheme: &str,
) -> Result<Reply, Refused> {
    let path: Vec<&str> = call.path.split('/').skip(2).collect();
    match (call.method.as_str(), path.as_slice()) {
        ("GET", [""]) => Ok(ok(&json!({"controls": controls()}))),
        ("GET", ["health"]) => Ok(ok(&json!({"status": "ok", "requests": seam.requests()}))),
        ("GET", ["environments"]) => {
            let origin = format!("{scheme}://{}", call.authority);
            Ok(ok(&json!(environments::cards(&seam.world(), &origin))))
        }
        ("GET", ["journal"]) => Ok(ok(&json!(seam.journal()))),
        ("DELETE", ["journal"]) => {
            seam.clear_journal();
            Ok(done())
        }
        (_, ["rules" | "barriers", ..]) => faults::answer(seam, call, &path, body).await,
        (_, ["clock" | "switches" | "reset" | "snapshots", ..]) => {
            state::answer(seam, call, &path, body).await
        }
        _ => instances::answer(seam, call, &path, body).await,
    }
}

pub(super) fn ok(value: &Value) -> Reply {
    json(StatusCode::OK, value)
}

pub(super) fn done() -> Reply {
    bare(StatusCode::NO_CONTENT)
}

pub(super) fn nowhere() -> Refused {
    let why = "no such control; GET /_ferry/ lists them";
    problem(StatusCode::NOT_FOUND, why)
}
