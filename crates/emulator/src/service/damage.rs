//! Faults on the way: other statuses, bodies that are cut, shortened, slowed or wrong in a bit.

use http::{HeaderName, HeaderValue, StatusCode, header};
use http_body_util::BodyExt;
use hyper::body::Body as _;

use crate::Body;
use crate::body::{self, Reply};
use crate::fault::{Action, Passage, Plan};

mod corrupt;
mod cut;
mod slow;
mod truncate;

use corrupt::Corrupt;
use cut::Cut;
use slow::Slow;
use truncate::Truncate;

/// The answer of a status fault.
pub(super) fn status(action: &Action) -> Reply {
    let Action::Status {
        code,
        body: text,
        headers,
    } = action
    else {
        return body::bare(StatusCode::INTERNAL_SERVER_ERROR);
    };
    let status = StatusCode::from_u16(*code).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let mut reply = match text {
        Some(text) => http::Response::new(body::full(text.clone())),
        None => http::Response::new(body::empty()),
    };
    *reply.status_mut() = status;
    for (name, value) in headers {
        if let (Ok(name), Ok(value)) = (name.parse::<HeaderName>(), value.parse::<HeaderValue>()) {
            reply.headers_mut().insert(name, value);
        }
    }
    body::refused(reply, format!("fault: status {code}"))
}

/// Damages an answer as it is planned.
pub(super) fn answer(mut reply: Reply, plan: &Plan) -> Reply {
    if plan.wrong_etag
        && let Some(etag) = reply.headers_mut().get_mut(header::ETAG)
    {
        let other: Vec<u8> = etag.as_bytes().iter().rev().copied().collect();
        if let Ok(other) = HeaderValue::from_bytes(&other) {
            *etag = other;
        }
    }
    if let Some(after) = plan.down.truncate {
        announce(&mut reply, after);
    }
    reply.map(|body| passed(body, plan.down))
}

/// Damages the body of a request as it is planned. What is kept of it is up to who keeps it.
pub(super) fn request(body: Body, up: Passage) -> Body {
    if body.is_end_stream() {
        return body;
    }
    passed(
        body,
        Passage {
            truncate: None,
            ..up
        },
    )
}

/// Has an answer announce no more than so many bytes; not to HEAD, which has none.
fn announce(reply: &mut Reply, most: u64) {
    let announced = reply.headers().get(header::CONTENT_LENGTH);
    let length = announced.and_then(|length| length.to_str().ok()?.parse().ok());
    if let Some(length) = length.filter(|_| !reply.body().is_end_stream()) {
        let length: u64 = most.min(length);
        reply
            .headers_mut()
            .insert(header::CONTENT_LENGTH, length.into());
    }
}

fn passed(mut body: Body, passage: Passage) -> Body {
    if passage.corrupt {
        body = Corrupt::new(body).boxed();
    }
    if let Some(after) = passage.truncate {
        body = Truncate::new(body, after).boxed();
    }
    if let Some(after) = passage.cut {
        body = Cut::new(body, after).boxed();
    }
    if let Some(rate) = passage.slow {
        body = Slow::new(body, rate).boxed();
    }
    body
}
