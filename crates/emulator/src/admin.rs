//! The emulator's own controls under `/_ferry/`: JSON, without credentials, for this machine only.

use std::net::SocketAddr;
use std::time::Duration;

use http::{Method, StatusCode};
use http_body_util::{BodyExt, Limited};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::json;

use crate::barrier::Side;
use crate::body::{Refused, Reply, bare, json};
use crate::fault::Rule;
use crate::service::Seam;
use crate::world::Call;
use crate::{Body, environments, oic, route};

/// The largest body that is read.
const LARGEST: usize = 1024 * 1024;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct NewBarrier {
    nth: u64,
    side: Side,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Clock {
    advance_seconds: Option<u64>,
    speed: Option<f64>,
}

/// Answers a request for the emulator itself.
pub(crate) async fn answer(
    seam: &Seam,
    call: &Call,
    body: Body,
    peer: Option<SocketAddr>,
) -> Reply {
    // The host is looked at too, so that no page in a browser gets here by a name of its own.
    if peer.is_some_and(|peer| !peer.ip().is_loopback()) || !route::is_loopback(&call.host) {
        return problem(StatusCode::FORBIDDEN, "only for this machine").into_reply();
    }
    match handle(seam, call, body).await {
        Ok(reply) => reply,
        Err(refused) => refused.into_reply(),
    }
}

async fn handle(seam: &Seam, call: &Call, body: Body) -> Result<Reply, Refused> {
    let path: Vec<&str> = call.path.split('/').skip(2).collect();
    let get = call.method == Method::GET;
    let post = call.method == Method::POST;
    match path.as_slice() {
        ["health"] if get => Ok(json(
            StatusCode::OK,
            &json!({"status": "ok", "requests": seam.requests()}),
        )),
        ["environments"] if get => {
            let cards = environments::cards(&seam.world(), &call.authority);
            Ok(json(StatusCode::OK, &cards))
        }
        ["journal"] if get => Ok(json(StatusCode::OK, &seam.journal())),
        ["jobs"] if get => {
            let jobs = oic::jobs(&seam.advanced());
            Ok(json(StatusCode::OK, &jobs))
        }
        ["jobs", id, "report"] if get => Ok(oic::job(&seam.advanced(), id, call.query("instance"))),
        ["artifacts", ..] if get => Ok(oic::artifacts_answer(&mut seam.advanced(), call)),
        ["rules"] if post => {
            seam.add_rule(read::<Rule>(body).await?);
            Ok(bare(StatusCode::NO_CONTENT))
        }
        ["rules"] if call.method == Method::DELETE => {
            seam.clear_rules();
            Ok(bare(StatusCode::NO_CONTENT))
        }
        ["barriers"] if post => {
            let NewBarrier { nth, side } = read(body).await?;
            let id = seam.barriers().set_named(nth, side);
            Ok(json(StatusCode::CREATED, &json!({"id": id})))
        }
        ["barriers", id] if get => {
            barrier(seam, id)?.reached().await;
            Ok(json(StatusCode::OK, &json!({"reached": true})))
        }
        ["barriers", id, "release"] if post => {
            barrier(seam, id)?.release();
            Ok(bare(StatusCode::NO_CONTENT))
        }
        ["clock"] if get => Ok(json(
            StatusCode::OK,
            &json!({"now": seam.world().clock.now()}),
        )),
        ["clock"] if post => {
            let change: Clock = read(body).await?;
            let mut world = seam.world();
            if let Some(seconds) = change.advance_seconds {
                world.clock.advance(Duration::from_secs(seconds));
            }
            if let Some(speed) = change.speed {
                world.clock.set_speed(speed);
            }
            Ok(json(StatusCode::OK, &json!({"now": world.clock.now()})))
        }
        _ => Err(problem(StatusCode::NOT_FOUND, "no such control")),
    }
}

fn barrier(seam: &Seam, id: &str) -> Result<crate::Barrier, Refused> {
    id.parse()
        .ok()
        .and_then(|id| seam.barriers().named(id))
        .ok_or_else(|| problem(StatusCode::NOT_FOUND, "no such barrier"))
}

async fn read<T: DeserializeOwned>(body: Body) -> Result<T, Refused> {
    let bytes = Limited::new(body, LARGEST)
        .collect()
        .await
        .map_err(|_| {
            problem(
                StatusCode::BAD_REQUEST,
                "the body did not come whole, or is too long",
            )
        })?
        .to_bytes();
    serde_json::from_slice(&bytes)
        .map_err(|error| problem(StatusCode::BAD_REQUEST, &error.to_string()))
}

fn problem(status: StatusCode, detail: &str) -> Refused {
    Refused::new(json(
        status,
        &json!({"status": status.as_u16(), "detail": detail}),
    ))
}
