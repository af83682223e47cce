//! Bodies of the controls.

use bytes::Bytes;
use http::StatusCode;
use http_body_util::{BodyExt, Limited};
use serde::Deserialize;
use serde::de::DeserializeOwned;

use super::problem;
use crate::Body;
use crate::barrier::Side;
use crate::body::Refused;

/// The largest body that is read.
const LARGEST: usize = 1024 * 1024;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct NewBarrier {
    pub(super) nth: u64,
    pub(super) side: Side,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Clock {
    pub(super) advance_seconds: Option<u64>,
    pub(super) speed: Option<f64>,
}

/// The whole body.
pub(super) async fn whole(body: Body) -> Result<Bytes, Refused> {
    let collected = Limited::new(body, LARGEST).collect().await;
    let collected = collected.map_err(|_| {
        let why = "the body did not come whole, or is too long";
        problem(StatusCode::BAD_REQUEST, why)
    })?;
    Ok(collected.to_bytes())
}

/// The body, read as JSON.
pub(super) async fn read<T: DeserializeOwned>(body: Body) -> Result<T, Refused> {
    serde_json::from_slice(&whole(body).await?)
        .map_err(|error| problem(StatusCode::BAD_REQUEST, &error.to_string()))
}
