//! The store's answers: errors, dates, identifiers.

use http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use jiff::Timestamp;
use jiff::fmt::rfc2822::DateTimePrinter;
use serde_json::json;

use super::before;
use crate::body::{Refused, json, refused};

/// An error in the form of the native API; `why` goes to the journal alone.
pub(super) fn refuse(
    status: StatusCode,
    code: &str,
    message: &str,
    why: impl Into<String>,
) -> Refused {
    Refused::new(refused(
        json(status, &json!({"code": code, "message": message})),
        why,
    ))
}

/// No such bucket.
pub(super) fn no_bucket() -> Refused {
    refuse(
        StatusCode::NOT_FOUND,
        "BucketNotFound",
        "Either the bucket does not exist or you are not authorized to access it.",
        "no such bucket",
    )
}

/// No such object.
pub(super) fn no_object() -> Refused {
    refuse(
        StatusCode::NOT_FOUND,
        "ObjectNotFound",
        "The object was not found in the bucket.",
        "no such object",
    )
}

/// Sets a header whose value may hold anything; one that cannot be sent is left out.
pub(super) fn set(headers: &mut HeaderMap, name: impl AsRef<str>, value: &str) {
    if let (Ok(name), Ok(value)) = (
        HeaderName::from_bytes(name.as_ref().as_bytes()),
        HeaderValue::from_bytes(value.as_bytes()),
    ) {
        headers.insert(name, value);
    }
}

/// `Last-Modified`: rounded up to the next second, as upstream has it.
pub(super) fn last_modified(headers: &mut HeaderMap, at: Timestamp) {
    let ceiling = if at.subsec_nanosecond() == 0 {
        at
    } else {
        before(at, 0) + jiff::SignedDuration::from_secs(1)
    };
    if let Ok(text) = DateTimePrinter::new().timestamp_to_rfc9110_string(&ceiling) {
        set(headers, header::LAST_MODIFIED, &text);
    }
    set(headers, "x-timestamp", &seconds(at));
}

/// Seconds since 1970 with five decimals.
pub(super) fn seconds(at: Timestamp) -> String {
    let micros = at.as_microsecond();
    format!(
        "{}.{:05}",
        micros.div_euclid(1_000_000),
        micros.rem_euclid(1_000_000) / 10
    )
}
