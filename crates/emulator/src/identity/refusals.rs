//! Error answers of the token endpoint, as OAuth has them (RFC 6749, section 5.2).

use http::{HeaderValue, StatusCode, header};
use serde_json::json;

use crate::body::{Refused, json, refused};

/// An error, whose description also goes to the journal.
pub(super) fn refuse(status: StatusCode, error: &'static str, why: &str) -> Refused {
    let body = json!({"error": error, "error_description": why});
    Refused::new(refused(json(status, &body), why))
}

/// The request itself is wrong.
pub(super) fn invalid_request(why: &str) -> Refused {
    refuse(StatusCode::BAD_REQUEST, "invalid_request", why)
}

/// What the grant rests on does not hold.
pub(super) fn invalid_grant(why: &str) -> Refused {
    refuse(StatusCode::BAD_REQUEST, "invalid_grant", why)
}

/// The client is not who it says. Only the journal tells why.
pub(super) fn invalid_client(why: &str) -> Refused {
    let status = StatusCode::UNAUTHORIZED;
    refuse(status, "invalid_client", "Client authentication failed.").map(|reply| {
        let mut reply = refused(reply, why);
        let scheme = HeaderValue::from_static("Basic realm=\"OAuth\"");
        reply.headers_mut().insert(header::WWW_AUTHENTICATE, scheme);
        reply
    })
}
