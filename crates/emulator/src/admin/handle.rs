//! From a request to a control.

use std::time::Duration;

use http::StatusCode;
use percent_encoding::percent_decode_str;
use serde_json::{Map, Value, json};

use super::input::{Clock, NewBarrier, read, whole};
use super::{controls, disk, problem};
use crate::body::{Refused, Reply, bare, json};
use crate::fault::Rule;
use crate::service::Seam;
use crate::snapshots::is_name;
use crate::world::{Call, World};
use crate::{Body, environments, identity, oic};

/// The highest speed: a year in less than a second.
const FASTEST: f64 = 1e9;

pub(super) async fn handle(
    seam: &Seam,
    call: &Call,
    body: Body,
    scheme: &str,
) -> Result<Reply, Refused> {
    let path: Vec<&str> = call.path.split('/').skip(2).collect();
    let ok = |value: &Value| Ok(json(StatusCode::OK, value));
    let done = || Ok(bare(StatusCode::NO_CONTENT));
    match (call.method.as_str(), path.as_slice()) {
        ("GET", [""]) => ok(&json!({"controls": controls()})),
        ("GET", ["health"]) => ok(&json!({"status": "ok", "requests": seam.requests()})),
        ("GET", ["environments"]) => {
            let origin = format!("{scheme}://{}", call.authority);
            ok(&json!(environments::cards(&seam.world(), &origin)))
        }
        ("GET", ["journal"]) => ok(&json!(seam.journal())),
        ("DELETE", ["journal"]) => {
            seam.clear_journal();
            done()
        }
        ("GET", ["jobs"]) => ok(&oic::jobs(&seam.advanced())),
        ("GET", ["jobs", id, "report"]) => {
            Ok(oic::job(&seam.advanced(), id, call.query("instance")))
        }
        ("GET", ["artifacts", ..]) => Ok(oic::artifacts_answer(&mut seam.advanced(), call)),
        ("POST", ["identity", "clients", id, "certificates"]) => {
            let pem = whole(body).await?;
            let id = percent_decode_str(id).decode_utf8_lossy();
            let alias = call.query("alias");
            Ok(identity::register(&mut seam.world(), &id, alias, &pem))
        }
        ("GET", ["rules"]) => ok(&json!(seam.rules())),
        ("POST", ["rules"]) => {
            let rule: Rule = read(body).await?;
            rule.check()
                .map_err(|why| problem(StatusCode::BAD_REQUEST, &why))?;
            seam.add_rule(rule);
            done()
        }
        ("DELETE", ["rules"]) => {
            seam.clear_rules();
            done()
        }
        ("GET", ["barriers"]) => ok(&json!(seam.barriers().shown())),
        ("POST", ["barriers"]) => {
            let NewBarrier { nth, side } = read(body).await?;
            let id = seam.barriers().set_named(nth, side);
            Ok(json(StatusCode::CREATED, &json!({"id": id})))
        }
        ("GET", ["barriers", id]) => {
            barrier(seam, id)?.reached().await;
            ok(&json!({"reached": true}))
        }
        ("POST", ["barriers", id, "release"]) => {
            barrier(seam, id)?.release();
            done()
        }
        ("GET", ["clock"]) => ok(&clock(&seam.world())),
        ("POST", ["clock"]) => {
            let change: Clock = read(body).await?;
            if change
                .speed
                .is_some_and(|speed| !(0.0..=FASTEST).contains(&speed))
            {
                let why = "the speed is a number from 0, which freezes, to 1000000000";
                return Err(problem(StatusCode::BAD_REQUEST, why));
            }
            let mut world = seam.world();
            if let Some(seconds) = change.advance_seconds {
                world.clock.advance(Duration::from_secs(seconds));
            }
            if let Some(speed) = change.speed {
                world.clock.set_speed(speed);
            }
            ok(&clock(&world))
        }
        ("GET", ["switches"]) => ok(&json!(seam.world().switches)),
        ("PATCH", ["switches"]) => {
            let wanted: Map<String, Value> = read(body).await?;
            let mut world = seam.world();
            let mut switches = world.switches.clone();
            for (name, value) in wanted {
                let text = value
                    .as_str()
                    .map_or_else(|| value.to_string(), str::to_owned);
                switches
                    .set(&name, &text)
                    .map_err(|error| problem(StatusCode::BAD_REQUEST, &error.to_string()))?;
            }
            world.switches = switches;
            ok(&json!(world.switches))
        }
        (_, ["instances", name, "locks"]) if matches!(call.method.as_str(), "POST" | "DELETE") => {
            let lock = read(body).await?;
            let locks = call.method == http::Method::POST;
            Ok(oic::lock(&mut seam.advanced(), name, lock, locks))
        }
        (_, ["instances", name, "storage"]) => {
            let body = whole(body).await?;
            Ok(oic::storage(
                &mut seam.advanced(),
                name,
                &call.method,
                &body,
            ))
        }
        ("POST", ["reset"]) => {
            seam.reset().map_err(|error| disk(&error))?;
            done()
        }
        ("GET", ["snapshots"]) => ok(&json!(seam.snapshots().names())),
        ("PUT", ["snapshots", name]) if is_name(name) => {
            seam.take_snapshot(name).map_err(|error| disk(&error))?;
            done()
        }
        ("PUT", ["snapshots", _]) => {
            let why = "a snapshot's name has letters, digits, hyphens and underscores, 64 at most";
            Err(problem(StatusCode::BAD_REQUEST, why))
        }
        ("POST", ["snapshots", name, "restore"]) => {
            there(seam.restore(name).map_err(|error| disk(&error))?)
        }
        ("DELETE", ["snapshots", name]) => there(
            seam.snapshots()
                .remove(name)
                .map_err(|error| disk(&error))?,
        ),
        _ => Err(problem(
            StatusCode::NOT_FOUND,
            "no such control; GET /_ferry/ lists them",
        )),
    }
}

fn there(was: bool) -> Result<Reply, Refused> {
    if was {
        Ok(bare(StatusCode::NO_CONTENT))
    } else {
        Err(problem(StatusCode::NOT_FOUND, "no such snapshot"))
    }
}

fn clock(world: &World) -> Value {
    json!({"now": world.clock.now(), "speed": world.clock.speed()})
}

fn barrier(seam: &Seam, id: &str) -> Result<crate::Barrier, Refused> {
    id.parse()
        .ok()
        .and_then(|id| seam.barriers().named(id))
        .ok_or_else(|| problem(StatusCode::NOT_FOUND, "no such barrier"))
}
