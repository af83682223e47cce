//! The other spelling of field names: the reference pages of Gen3 print them with hyphens, real answers have camel case.

use bytes::Bytes;
use futures_util::FutureExt as _;
use http::header;
use http_body_util::BodyExt as _;
use serde_json::Value;

use crate::body::{Reply, full};

/// The same answer, its fields spelled with hyphens where it is JSON.
pub(super) fn instead_of_camel_case(reply: Reply) -> Reply {
    let kind = reply.headers().get(header::CONTENT_TYPE);
    if kind.is_none_or(|kind| kind != "application/json") {
        return reply;
    }
    let (parts, body) = reply.into_parts();
    // JSON is made in memory: it is there at once.
    let bytes = match body.collect().now_or_never() {
        Some(Ok(collected)) => collected.to_bytes(),
        _ => Bytes::new(),
    };
    let bytes = match serde_json::from_slice(&bytes) {
        Ok(value) => Bytes::from(hyphenated(value).to_string()),
        Err(_) => bytes,
    };
    Reply::from_parts(parts, full(bytes))
}

fn hyphenated(value: Value) -> Value {
    match value {
        Value::Object(fields) => fields
            .into_iter()
            .map(|(key, value)| {
                let mut name = String::new();
                for c in key.chars() {
                    if c.is_ascii_uppercase() {
                        name.push('-');
                    }
                    name.push(c.to_ascii_lowercase());
                }
                (name, hyphenated(value))
            })
            .collect(),
        Value::Array(items) => items.into_iter().map(hyphenated).collect(),
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use http::StatusCode;
    use serde_json::json;

    use super::*;
    use crate::body;

    #[test]
    fn every_level_is_spelled_so() {
        let value = json!({"totalResults": 1, "items": [{"lockedBy": "aB"}]});
        let reply = instead_of_camel_case(body::json(StatusCode::OK, &value));
        let bytes = reply.into_body().collect().now_or_never().unwrap();
        let told: Value = serde_json::from_slice(&bytes.unwrap().to_bytes()).unwrap();
        let other = json!({"total-results": 1, "items": [{"locked-by": "aB"}]});
        assert_eq!(told, other);
    }
}
