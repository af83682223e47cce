//! The emulator's own controls under `/_ferry/`: JSON, without credentials, for this machine only.

use std::time::Duration;

use bytes::Bytes;
use http::{Method, StatusCode, header};
use http_body_util::{BodyExt, Limited};
use percent_encoding::percent_decode_str;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::json;

use crate::barrier::Side;
use crate::body::{Refused, Reply, bare, json};
use crate::fault::Rule;
use crate::service::{Peer, Seam};
use crate::world::Call;
use crate::{Body, environments, identity, oic, route};

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
pub(crate) async fn answer(seam: &Seam, call: &Call, body: Body, peer: Option<Peer>) -> Reply {
    if peer.is_some_and(|peer| !peer.address.ip().is_loopback()) || !route::is_loopback(&call.host)
    {
        return problem(StatusCode::FORBIDDEN, "only for this machine").into_reply();
    }
    if from_a_page(call) {
        let why = "not for the pages of a browser";
        return problem(StatusCode::FORBIDDEN, why).into_reply();
    }
    let scheme = match peer {
        Some(Peer { secure: true, .. }) => "https",
        _ => "http",
    };
    let handled = handle(seam, call, body, scheme).await;
    if !call.method.is_safe() {
        seam.world().stirred();
    }
    handled.unwrap_or_else(Refused::into_reply)
}

/// Whether a page sent this that is not the emulator's own. A page reaches this machine under a name of its own (which
/// the host tells), or across origins (which these headers tell, and no page can forge).
fn from_a_page(call: &Call) -> bool {
    let own = |origin: &str| {
        let address = origin.split_once("://").map(|(_, address)| address);
        address.is_some_and(|address| address.eq_ignore_ascii_case(&call.authority))
    };
    let foreign = |value: &http::HeaderValue| !value.to_str().is_ok_and(own);
    let headers = &call.headers;
    headers.get_all(header::ORIGIN).iter().any(foreign)
        || headers
            .get_all("sec-fetch-site")
            .iter()
            .any(|site| site != "same-origin" && site != "none")
}

async fn handle(seam: &Seam, call: &Call, body: Body, scheme: &str) -> Result<Reply, Refused> {
    let path: Vec<&str> = call.path.split('/').skip(2).collect();
    let get = call.method == Method::GET;
    let post = call.method == Method::POST;
    match path.as_slice() {
        ["health"] if get => Ok(json(
            StatusCode::OK,
            &json!({"status": "ok", "requests": seam.requests()}),
        )),
        ["environments"] if get => {
            let origin = format!("{scheme}://{}", call.authority);
            let cards = environments::cards(&seam.world(), &origin);
            Ok(json(StatusCode::OK, &cards))
        }
        ["journal"] if get => Ok(json(StatusCode::OK, &seam.journal())),
        ["jobs"] if get => {
            let jobs = oic::jobs(&seam.advanced());
            Ok(json(StatusCode::OK, &jobs))
        }
        ["jobs", id, "report"] if get => Ok(oic::job(&seam.advanced(), id, call.query("instance"))),
        ["artifacts", ..] if get => Ok(oic::artifacts_answer(&mut seam.advanced(), call)),
        ["identity", "clients", id, "certificates"] if post => {
            let pem = whole(body).await?;
            let id = percent_decode_str(id).decode_utf8_lossy();
            let reply = identity::register(&mut seam.world(), &id, call.query("alias"), &pem);
            seam.save()
                .map_err(|error| problem(StatusCode::INTERNAL_SERVER_ERROR, &error.to_string()))?;
            Ok(reply)
        }
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
        ["instances", name, "locks"] if post || call.method == Method::DELETE => {
            let lock = read(body).await?;
            Ok(oic::lock(&mut seam.advanced(), name, lock, post))
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

async fn whole(body: Body) -> Result<Bytes, Refused> {
    let collected = Limited::new(body, LARGEST).collect().await;
    let collected = collected.map_err(|_| {
        problem(
            StatusCode::BAD_REQUEST,
            "the body did not come whole, or is too long",
        )
    })?;
    Ok(collected.to_bytes())
}

async fn read<T: DeserializeOwned>(body: Body) -> Result<T, Refused> {
    serde_json::from_slice(&whole(body).await?)
        .map_err(|error| problem(StatusCode::BAD_REQUEST, &error.to_string()))
}

fn problem(status: StatusCode, detail: &str) -> Refused {
    Refused::new(json(
        status,
        &json!({"status": status.as_u16(), "detail": detail}),
    ))
}
