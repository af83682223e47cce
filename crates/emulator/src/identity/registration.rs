//! A control of the emulator's own: registers what a client's assertions are checked with.

use http::StatusCode;
use serde_json::json;

use super::Misfit;
use crate::body::{Reply, json as json_reply};
use crate::world::World;

/// Registers a PEM file for a client; `alias` is what assertions name as `kid`. 201 with the thumbprints, 404 for an
/// unknown client, 400 for a file of no use.
pub(crate) fn register(world: &mut World, client: &str, alias: Option<&str>, pem: &[u8]) -> Reply {
    match world.identity.register_certificate(client, alias, pem) {
        Ok(certificate) => json_reply(
            StatusCode::CREATED,
            &json!({
                "client": client,
                "alias": certificate.alias,
                "alg": certificate.algorithm,
                "x5t": certificate.x5t,
                "x5t#S256": certificate.x5t_s256,
            }),
        ),
        Err(misfit) => {
            let status = match misfit {
                Misfit::NoClient(_) => StatusCode::NOT_FOUND,
                _ => StatusCode::BAD_REQUEST,
            };
            let body = json!({"status": status.as_u16(), "detail": misfit.to_string()});
            json_reply(status, &body)
        }
    }
}
