//! Requests and answers for tests.

use super::compare::difference;
use super::past::Past;
use super::request::{Body, Request};
use super::wire::Answer;

/// Of a line such as `GET /v1/AUTH_test`.
pub(super) fn request(line: &'static str) -> Request {
    let (method, target) = line.split_once(' ').unwrap();
    Request {
        method,
        target: target.to_owned(),
        headers: Vec::new(),
        body: Body::None,
    }
}

pub(super) fn answer(status: &str, headers: &[(&str, &str)], body: &str) -> Answer {
    let headers = headers.iter();
    Answer {
        status: status.to_owned(),
        headers: headers
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
            .collect(),
        body: body.to_owned(),
        continued: false,
    }
}

/// Whether these answers to a first request are as good as the same.
pub(super) fn alike(request: &Request, genuine: &Answer, ours: &Answer) -> bool {
    difference(request, &Past::default(), genuine, ours).is_none()
}
