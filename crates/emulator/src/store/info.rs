//! `/info`: the limits and features of the store, as OpenStack Swift tells them to everybody.

use http::{Method, StatusCode};
use serde_json::json;

use super::LARGEST;
use super::serve::not_allowed;
use crate::body::{self, Refused, Reply};
use crate::world::Call;

pub(super) fn answer(call: &Call) -> Result<Reply, Refused> {
    if !matches!(call.method, Method::GET | Method::HEAD) {
        return Err(not_allowed("GET, HEAD"));
    }
    let limits = json!({
        "max_file_size": LARGEST,
        "max_object_name_length": 1024,
        "max_container_name_length": 256,
        "max_account_name_length": 256,
        "max_meta_name_length": 128,
        "max_meta_value_length": 256,
        "max_meta_count": 90,
        "max_meta_overall_size": 4096,
        "max_header_size": 8192,
        "container_listing_limit": 10_000,
        "account_listing_limit": 10_000,
    });
    Ok(body::json(StatusCode::OK, &json!({"swift": limits})))
}
