//! Time, assumptions, and going back.

use std::time::Duration;

use http::StatusCode;
use serde_json::{Map, Value, json};

use super::handle::{done, nowhere, ok};
use super::input::{Clock, read};
use super::{disk, problem};
use crate::Body;
use crate::body::{Refused, Reply};
use crate::service::Seam;
use crate::snapshots::is_name;
use crate::world::{Call, World};

/// The highest speed: a year in less than a second.
const FASTEST: f64 = 1e9;

pub(super) async fn answer(
    seam: &Seam,
    call: &Call,
    path: &[&str],
    body: Body,
) -> Result<Reply, Refused> {
    match (call.method.as_str(), path) {
        ("GET", ["clock"]) => Ok(ok(&clock(&seam.world()))),
        ("POST", ["clock"]) => {
            let change: Clock = read(body).await?;
            set_clock(&mut seam.world(), &change)
        }
        ("GET", ["switches"]) => Ok(ok(&json!(seam.world().switches))),
        ("PATCH", ["switches"]) => {
            let wanted: Map<String, Value> = read(body).await?;
            turn(&mut seam.world(), &wanted)
        }
        ("POST", ["reset"]) => {
            seam.reset().map_err(|error| disk(&error))?;
            Ok(done())
        }
        ("GET", ["snapshots"]) => Ok(ok(&json!(seam.snapshots().names()))),
        ("PUT", ["snapshots", name]) if is_name(name) => {
            seam.take_snapshot(name).map_err(|error| disk(&error))?;
            Ok(done())
        }
        ("PUT", ["snapshots", _]) => {
            let why = "a snapshot's name has letters, digits, hyphens and underscores, 64 at most";
            Err(problem(StatusCode::BAD_REQUEST, why))
        }
        ("POST", ["snapshots", name, "restore"]) => {
            there(seam.restore(name).map_err(|error| disk(&error))?)
        }
        ("DELETE", ["snapshots", name]) => {
            let removed = seam.snapshots().remove(name);
            there(removed.map_err(|error| disk(&error))?)
        }
        _ => Err(nowhere()),
    }
}

fn clock(world: &World) -> Value {
    json!({"now": world.clock.now(), "speed": world.clock.speed()})
}

fn set_clock(world: &mut World, change: &Clock) -> Result<Reply, Refused> {
    let sane = |speed: f64| (0.0..=FASTEST).contains(&speed);
    if !change.speed.is_none_or(sane) {
        let why = "the speed is a number from 0, which freezes, to 1000000000";
        return Err(problem(StatusCode::BAD_REQUEST, why));
    }
    if let Some(seconds) = change.advance_seconds {
        world.clock.advance(Duration::from_secs(seconds));
    }
    if let Some(speed) = change.speed {
        world.clock.set_speed(speed);
    }
    Ok(ok(&clock(world)))
}

/// Turns all, or none where one cannot be.
fn turn(world: &mut World, wanted: &Map<String, Value>) -> Result<Reply, Refused> {
    let mut switches = world.switches.clone();
    for (name, value) in wanted {
        let text = value
            .as_str()
            .map_or_else(|| value.to_string(), str::to_owned);
        switches
            .set(name, &text)
            .map_err(|error| problem(StatusCode::BAD_REQUEST, &error.to_string()))?;
    }
    world.switches = switches;
    Ok(ok(&json!(world.switches)))
}

fn there(was: bool) -> Result<Reply, Refused> {
    if was {
        Ok(done())
    } else {
        Err(problem(StatusCode::NOT_FOUND, "no such snapshot"))
    }
}
