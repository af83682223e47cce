//! `/_ferry/artifacts/`: the bytes that an instance holds, for whoever wants to prove that none was changed.

use http::{Method, Response, StatusCode};
use serde_json::{Value, json};

use super::answers::{error, method_not_allowed, not_found, ok};
use crate::body::{Reply, full};
use crate::world::{Call, World};

/// `GET /_ferry/artifacts/{instance}` lists path, kind, SHA-256 and size; `…/{instance}/{sha256}` gives the bytes.
pub(crate) fn artifacts_answer(world: &mut World, call: &Call) -> Reply {
    if call.method != Method::GET {
        return method_not_allowed("artifacts are read by GET");
    }
    let mut segments = call
        .path
        .trim_start_matches("/_ferry/artifacts")
        .trim_matches('/')
        .split('/');
    let name = segments.next().unwrap_or_default();
    let Some(instance) = world.oic.instances.iter().find(|i| i.name == name) else {
        return not_found("Instance", name);
    };
    let Some(sha256) = segments.next() else {
        let items: Vec<Value> = instance
            .artifacts
            .values()
            .map(|a| {
                json!({
                    "path": a.path,
                    "kind": a.kind,
                    "sha256": a.blob.sha256,
                    "bytes": a.blob.len,
                })
            })
            .collect();
        return ok(&Value::Array(items));
    };
    let Some(artifact) = instance
        .artifacts
        .values()
        .find(|a| a.blob.sha256 == sha256)
    else {
        return not_found("Artifact", sha256);
    };
    match world.blobs.bytes(&artifact.blob) {
        Ok(bytes) => Response::new(full(bytes)),
        Err(e) => error(
            StatusCode::INTERNAL_SERVER_ERROR,
            "The artifact cannot be read.",
            e.to_string(),
        ),
    }
}
