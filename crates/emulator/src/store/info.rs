//! `/info`: the limits and features of the store, as OpenStack Swift tells them to everybody.

use http::Method;
use serde_json::json;

use super::account::POLICY;
use super::bulk;
use super::dialect::Dialect;
use super::json;
use super::problem::{Problem, only, typed};
use super::put::LARGEST_MANIFEST;
use crate::body::Reply;
use crate::world::Call;

pub(super) fn answer(call: &Call, dialect: Dialect) -> Result<Reply, Problem> {
    if !matches!(call.method, Method::GET | Method::HEAD) {
        return Err(only("GET, HEAD, OPTIONS"));
    }
    let swift = json!({
        "version": "2.38.3",
        "strict_cors_mode": true,
        "allow_account_management": true,
        "account_autocreate": true,
        "policies": [{"name": POLICY, "default": true, "aliases": POLICY}],
        "max_file_size": dialect.largest,
        "max_object_name_length": 1024,
        "max_container_name_length": 256,
        "max_account_name_length": 256,
        "max_meta_name_length": 128,
        "max_meta_value_length": 256,
        "max_meta_count": 90,
        "max_meta_overall_size": 4096,
        "max_header_size": 8192,
        "extra_header_count": 0,
        "container_listing_limit": dialect.page,
        "account_listing_limit": dialect.page,
        "valid_api_versions": ["v1", "v1.0"],
        "auto_create_account_prefix": ".",
    });
    let mut all = json!({"swift": swift});
    let features = [
        (dialect.upstream, "tempauth", json!({"account_acls": true})),
        (dialect.upstream, "account_quotas", json!({})),
        (dialect.upstream, "container_quotas", json!({})),
        (
            dialect.bulk,
            "bulk_delete",
            json!({"max_deletes_per_request": bulk::MOST, "max_failed_deletes": bulk::MOST_FAILED}),
        ),
        (
            dialect.large_objects,
            "slo",
            json!({
                "max_manifest_segments": 1000,
                "max_manifest_size": LARGEST_MANIFEST,
                "min_segment_size": 1,
                "yield_frequency": 10,
                "allow_async_delete": false,
            }),
        ),
    ];
    let there = features.into_iter().filter(|(there, ..)| *there);
    if let Some(all) = all.as_object_mut() {
        all.extend(there.map(|(_, name, value)| (name.to_owned(), value)));
    }
    Ok(typed(json::text(&all), "application/json; charset=UTF-8"))
}
