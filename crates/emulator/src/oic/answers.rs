//! Answers of the OIC API: JSON, archives and the error document.

use bytes::Bytes;
use http::{HeaderValue, Response, StatusCode, header};
use serde_json::json;

use crate::blobs::{BlobId, Blobs};
use crate::body::{Refused, Reply, full, json as json_reply, refused};

/// An error in the shape that Gen2 and Gen3 were seen to send: `status` is a text such as `HTTP 404 Not Found`.
pub(super) fn error(status: StatusCode, title: impl Into<String>, why: impl Into<String>) -> Reply {
    let (title, why) = (title.into(), why.into());
    let body = json!({
        "type": "about:blank",
        "title": title,
        "detail": why,
        "status": format!(
            "HTTP {} {}",
            status.as_u16(),
            status.canonical_reason().unwrap_or("Error")
        ),
    });
    refused(json_reply(status, &body), why)
}

/// 404 for a design-time object.
pub(super) fn not_found(what: &str, id: &str) -> Reply {
    error(
        StatusCode::NOT_FOUND,
        format!("{what} {id} is not found."),
        format!("there is no {} {id} in this instance", what.to_lowercase()),
    )
}

/// 400.
pub(super) fn bad_request(why: impl Into<String>) -> Reply {
    error(StatusCode::BAD_REQUEST, "The request is not valid.", why)
}

/// 405.
pub(super) fn method_not_allowed(why: &str) -> Reply {
    error(StatusCode::METHOD_NOT_ALLOWED, "Method Not Allowed", why)
}

/// 405 for a path that is known, with the methods that it takes.
pub(super) fn only(allowed: &'static str, why: impl Into<String>) -> Reply {
    let mut reply = error(StatusCode::METHOD_NOT_ALLOWED, "Method Not Allowed", why);
    let allowed = HeaderValue::from_static(allowed);
    reply.headers_mut().insert(header::ALLOW, allowed);
    reply
}

/// 412.
pub(super) fn precondition(title: impl Into<String>, why: impl Into<String>) -> Reply {
    error(StatusCode::PRECONDITION_FAILED, title, why)
}

/// 423 for an object that somebody has locked.
pub(super) fn locked(what: &str, by: &str) -> Reply {
    let title = format!("{what} is locked.");
    error(StatusCode::LOCKED, title, format!("it is locked by {by}"))
}

/// 401, with the scheme that is wanted.
pub(super) fn unauthorized(scheme: &'static str, why: impl Into<String>) -> Reply {
    let mut reply = error(StatusCode::UNAUTHORIZED, "Unauthorized", why);
    let value = HeaderValue::from_static(scheme);
    reply.headers_mut().insert(header::WWW_AUTHENTICATE, value);
    reply
}

/// 409 for what comes as new and is there.
pub(super) fn exists(what: &str, id: &str) -> Reply {
    let title = format!("{what} {id} already exists.");
    error(StatusCode::CONFLICT, title, "it is replaced by PUT")
}

/// 500 where the emulator's own disk fails.
pub(super) fn kept(error_: &std::io::Error) -> Refused {
    Refused::new(error(
        StatusCode::INTERNAL_SERVER_ERROR,
        "The content cannot be kept.",
        error_.to_string(),
    ))
}

/// 200 with JSON.
pub(super) fn ok(value: &impl serde::Serialize) -> Reply {
    json_reply(StatusCode::OK, value)
}

/// The bytes of an artifact, as they came in.
pub(super) fn archive(blobs: &Blobs, blob: &BlobId, file_name: &str) -> Reply {
    match blobs.bytes(blob) {
        Ok(bytes) => octets(bytes, file_name),
        Err(e) => error(
            StatusCode::INTERNAL_SERVER_ERROR,
            "The archive cannot be read.",
            e.to_string(),
        ),
    }
}

/// Bytes as a file.
pub(super) fn octets(bytes: Bytes, file_name: &str) -> Reply {
    let mut reply = Response::new(full(bytes));
    let headers = reply.headers_mut();
    headers.insert(
        header::CONTENT_TYPE,
        HeaderValue::from_static("application/octet-stream"),
    );
    let disposition = format!("attachment; filename=\"{}\"", file_name.replace('"', ""));
    if let Ok(value) = HeaderValue::from_str(&disposition) {
        headers.insert(header::CONTENT_DISPOSITION, value);
    }
    reply
}
