//! Error bodies as pages: what a proxy or an application server before the service sends in place of its JSON.

use http::{HeaderValue, header};

use crate::body::{Reply, full};

/// The same answer, its body a page where it is an error. Status and headers stay, and so does the journal's reason.
pub(super) fn instead_of_json(mut reply: Reply) -> Reply {
    let status = reply.status();
    if !status.is_client_error() && !status.is_server_error() {
        return reply;
    }
    // `502 Bad Gateway`: digits and words, nothing of the request.
    let text = status.to_string();
    let page = format!(
        "<!DOCTYPE html>\n<html><head><title>{text}</title></head>\n<body><center><h1>{text}</h1></center></body></html>\n"
    );
    *reply.body_mut() = full(page);
    let headers = reply.headers_mut();
    headers.remove(header::CONTENT_LENGTH);
    headers.insert(
        header::CONTENT_TYPE,
        HeaderValue::from_static("text/html; charset=utf-8"),
    );
    reply
}
