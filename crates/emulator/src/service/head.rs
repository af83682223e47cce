//! Reading a request's head, and what HTTP itself has against it.

use http::request::Parts;
use http::{HeaderMap, HeaderName, HeaderValue, StatusCode, Version, header};
use serde_json::json;

use super::{Peer, receive};
use crate::body::{self, Reply};
use crate::route;
use crate::world::Call;

/// The longest path and query, as most servers take it.
const LONGEST_TARGET: usize = 8 * 1024;

/// How many headers a request may have.
const MOST_HEADERS: usize = 256;

/// How long all of them may be, as they were sent.
const LONGEST_HEADERS: usize = 64 * 1024;

fn size(headers: &HeaderMap) -> usize {
    // A colon, a blank and a line break each.
    let line = |(name, value): (&HeaderName, &HeaderValue)| name.as_str().len() + value.len() + 4;
    headers.iter().map(line).sum()
}

/// A request without its body, and the answer to one that is wrong whatever its service.
pub(super) fn read(parts: Parts, peer: Option<Peer>) -> (Call, Option<Reply>) {
    let host = host(&parts);
    let long = parts
        .uri
        .path_and_query()
        .is_some_and(|target| target.as_str().len() > LONGEST_TARGET);
    let objection = match &host {
        _ if long => Some(problem(
            StatusCode::URI_TOO_LONG,
            "the path with its query is longer than 8192 bytes",
        )),
        _ if parts.headers.len() > MOST_HEADERS => Some(problem(
            StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE,
            "there are more than 256 headers",
        )),
        _ if size(&parts.headers) > LONGEST_HEADERS => Some(problem(
            StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE,
            "the headers are longer than 65536 bytes",
        )),
        Err(why) => Some(problem(StatusCode::BAD_REQUEST, why)),
        Ok(_) => None,
    };
    let (authority, host) = host.unwrap_or_default();
    let query = parts.uri.query().unwrap_or_default();
    let call = Call {
        method: parts.method,
        host,
        authority,
        // A socket tells it; without one the target does.
        secure: match peer {
            Some(peer) => peer.secure,
            None => parts.uri.scheme() == Some(&http::uri::Scheme::HTTPS),
        },
        path: parts.uri.path().to_owned(),
        garbled: receive::garbled(query),
        query: receive::query(query),
        headers: parts.headers,
        body: bytes::Bytes::new(),
        job_end: None,
    };
    (call, objection)
}

/// The authority and the host in it: that of the target where it is absolute, which counts before the header
/// (RFC 9112, 3.2.2). A header that is wrong is refused all the same (3.2).
fn host(parts: &Parts) -> Result<(String, String), &'static str> {
    let absolute = parts.uri.authority().map(http::uri::Authority::as_str);
    let mut sent = parts.headers.get_all(header::HOST).iter();
    let header = match (sent.next(), sent.next()) {
        (Some(_), Some(_)) => return Err("there are several Host headers"),
        (Some(host), None) => Some(host.to_str().map_err(|_| "the Host header is no host")?),
        (None, _) => None,
    };
    if let Some(host) = header
        && route::host_of(host).is_none()
    {
        return Err("the Host header is no host");
    }
    let Some(authority) = absolute.or(header) else {
        // Only HTTP/1.0 does without.
        return if parts.version < Version::HTTP_11 {
            Ok(Default::default())
        } else {
            Err("the Host header is missing")
        };
    };
    let host = route::host_of(authority).ok_or("the target's authority is no host")?;
    Ok((authority.to_owned(), host))
}

/// An error of HTTP itself, which says no more than its status; the connection ends, for what follows is in doubt.
pub(super) fn problem(status: StatusCode, why: &str) -> Reply {
    let title = status.canonical_reason().unwrap_or("Error");
    let value = json!({"title": title, "status": status.as_u16(), "detail": why});
    let mut reply = body::refused(body::json(status, &value), why);
    let close = HeaderValue::from_static("close");
    reply.headers_mut().insert(header::CONNECTION, close);
    reply
}
