//! What a 405 must say (RFC 9110, 15.5.6), where its handler did not.

use http::{HeaderValue, Method, StatusCode, header};

use crate::body::Reply;

/// The calls that start jobs.
const STARTS: [&str; 3] = [
    "exportServiceInstanceArchive",
    "importServiceInstanceArchive",
    "exportArtifacts",
];

/// Names the methods of this path, and never the one that was just refused.
pub(super) fn tell(reply: &mut Reply, method: &Method, path: &str) {
    if reply.status() != StatusCode::METHOD_NOT_ALLOWED
        || reply.headers().contains_key(header::ALLOW)
    {
        return;
    }
    let segments: Vec<&str> = path.trim_matches('/').split('/').collect();
    let known: &[&str] = match segments.as_slice() {
        ["oauth2", ..]
        | [.., "schedule", _]
        | [.., "connections", _, "test"]
        | [.., "projects", _, "archive"] => &["POST"],
        [.., last] if STARTS.contains(last) => &["POST"],
        // By POST with the override header, as documented.
        [.., "integrations" | "connections", _] => &["GET", "HEAD", "PATCH"],
        _ => &["GET", "HEAD"],
    };
    let allowed: Vec<&str> = known
        .iter()
        .copied()
        .filter(|known| *known != method.as_str())
        .collect();
    if let Ok(allowed) = HeaderValue::from_str(&allowed.join(", ")) {
        reply.headers_mut().insert(header::ALLOW, allowed);
    }
}
