//! What pages of other origins may do, as a container's metadata has it.

use http::{HeaderMap, Method, StatusCode, header};

use super::dialect::Dialect;
use super::problem::{PAGE, page, typed};
use super::reply::{set, text};
use super::target::{Target, target};
use super::{Bucket, Store};
use crate::body::Reply;
use crate::world::Call;

/// Headers that every page may see.
const PLAIN: [&str; 10] = [
    "cache-control",
    "content-language",
    "content-type",
    "etag",
    "expires",
    "last-modified",
    "pragma",
    "x-openstack-request-id",
    "x-timestamp",
    "x-trans-id",
];

/// The methods of a target, but for those that what copies adds.
pub(super) const METHODS: &str = "DELETE, PUT, HEAD, GET, POST, OPTIONS";

/// Those of a dialect.
pub(super) fn methods(dialect: Dialect) -> &'static str {
    if dialect.upstream {
        METHODS
    } else {
        "DELETE, PUT, HEAD, GET, POST"
    }
}

fn of(target: &Target) -> String {
    match target {
        Target::Account(_) | Target::Bucket(_) => METHODS.to_owned(),
        Target::Object(..) => format!("{METHODS}, COPY"),
    }
}

fn setting<'a>(bucket: Option<&'a Bucket>, name: &str) -> Option<&'a str> {
    let name = format!("x-container-meta-access-control-{name}");
    bucket?.meta.get(&name).map(String::as_str)
}

/// What `Access-Control-Allow-Origin` is to say to this origin.
fn allowed(bucket: Option<&Bucket>, origin: &str) -> Option<String> {
    let mut origins = setting(bucket, "allow-origin")?.split_whitespace();
    origins
        .find(|it| *it == "*" || *it == origin)
        .map(|it| if it == "*" { "*" } else { origin }.to_owned())
}

/// OPTIONS.
pub(super) fn options(store: &Store, call: &Call, target: &Target) -> Reply {
    let mut reply = typed("", PAGE);
    let headers = reply.headers_mut();
    set(headers, header::ALLOW, &of(target));
    let Some(origin) = text(&call.headers, "origin") else {
        return reply;
    };
    let bucket = target.bucket().and_then(|key| store.bucket(key));
    let method = text(&call.headers, "access-control-request-method").unwrap_or_default();
    let known = of(target).split(", ").any(|it| it == method);
    let Some(allowed) = allowed(bucket, &origin).filter(|_| known) else {
        let mut refused = typed(page(StatusCode::UNAUTHORIZED), PAGE);
        *refused.status_mut() = StatusCode::UNAUTHORIZED;
        // What refuses stands before what copies.
        set(refused.headers_mut(), header::ALLOW, METHODS);
        return refused;
    };
    headers.remove(header::CONTENT_TYPE);
    if allowed != "*" {
        set(headers, header::VARY, "Origin");
    }
    set(headers, header::ACCESS_CONTROL_ALLOW_ORIGIN, &allowed);
    if let Some(age) = setting(bucket, "max-age") {
        set(headers, header::ACCESS_CONTROL_MAX_AGE, age);
    }
    set(headers, header::ACCESS_CONTROL_ALLOW_METHODS, &of(target));
    if let Some(asked) = text(&call.headers, "access-control-request-headers") {
        set(headers, header::ACCESS_CONTROL_ALLOW_HEADERS, &asked);
        let vary = if allowed == "*" {
            "Access-Control-Request-Headers"
        } else {
            "Origin, Access-Control-Request-Headers"
        };
        set(headers, header::VARY, vary);
    }
    reply
}

/// Lets a page of an allowed origin see the answer.
pub(super) fn shown(store: &Store, call: &Call, reply: &mut Reply) {
    let origin = text(&call.headers, "origin").filter(|_| call.method != Method::OPTIONS);
    let Some(origin) = origin else {
        return;
    };
    let Ok(target) = target(&call.path) else {
        return;
    };
    let bucket = target.bucket().and_then(|key| store.bucket(key));
    let Some(allowed) = allowed(bucket, &origin) else {
        return;
    };
    let more = setting(bucket, "expose-headers").unwrap_or_default();
    let exposed = exposed(reply.headers(), more);
    let headers = reply.headers_mut();
    if allowed != "*" {
        let more = headers.get(header::VARY).and_then(|it| it.to_str().ok());
        let vary = more.map_or("Origin".to_owned(), |more| format!("Origin, {more}"));
        set(headers, header::VARY, &vary);
    }
    set(headers, header::ACCESS_CONTROL_ALLOW_ORIGIN, &allowed);
    set(headers, header::ACCESS_CONTROL_EXPOSE_HEADERS, &exposed);
}

fn exposed(headers: &HeaderMap, more: &str) -> String {
    let own = headers
        .keys()
        .map(http::HeaderName::as_str)
        .filter(|name| name.starts_with("x-container-meta-") || name.starts_with("x-object-meta-"));
    let mut all: Vec<&str> = PLAIN
        .into_iter()
        .chain(own)
        .chain(more.split_whitespace())
        .collect();
    all.sort_unstable();
    all.dedup();
    all.join(", ")
}
