//! Faults in answers: other statuses, bodies cut or corrupted.

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll};

use bytes::{Bytes, BytesMut};
use http::{HeaderName, HeaderValue, StatusCode, header};
use http_body_util::BodyExt;
use hyper::body::{Frame, SizeHint};

use crate::Body;
use crate::body::{self, Reply};
use crate::fault::{Action, Plan};

mod slow;

use slow::Slow;

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

/// Damages an answer as it is planned. The announced length of its body stays.
pub(super) fn answer(mut reply: Reply, plan: &Plan) -> Reply {
    if plan.wrong_etag
        && let Some(etag) = reply.headers_mut().get_mut(header::ETAG)
    {
        let other: Vec<u8> = etag.as_bytes().iter().rev().copied().collect();
        if let Ok(other) = HeaderValue::from_bytes(&other) {
            *etag = other;
        }
    }
    if plan.corrupt {
        reply = reply.map(|body| Corrupted { body, done: false }.boxed());
    }
    if let Some(left) = plan.cut {
        reply = reply.map(|body| {
            Cut {
                body,
                left,
                flushed: false,
            }
            .boxed()
        });
    }
    reply.map(|body| slowed(body, plan.slow))
}

/// The same body, at so many bytes a second.
pub(super) fn slowed(body: Body, bytes_per_second: Option<u64>) -> Body {
    match bytes_per_second {
        Some(rate) => Slow::new(body, rate).boxed(),
        None => body,
    }
}

/// One bit of the first bytes is wrong.
struct Corrupted {
    body: Body,
    done: bool,
}

impl hyper::body::Body for Corrupted {
    type Data = Bytes;
    type Error = io::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<io::Result<Frame<Bytes>>>> {
        let polled = Pin::new(&mut self.body).poll_frame(cx);
        match polled {
            Poll::Ready(Some(Ok(frame))) if !self.done => {
                let frame = frame.map_data(|bytes| {
                    let mut bytes = BytesMut::from(bytes);
                    let middle = bytes.len() / 2;
                    if let Some(byte) = bytes.get_mut(middle) {
                        *byte ^= 1;
                        self.done = true;
                    }
                    bytes.freeze()
                });
                Poll::Ready(Some(Ok(frame)))
            }
            other => other,
        }
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

/// The body ends with an error after so many bytes, even where it had fewer.
struct Cut {
    body: Body,
    left: u64,
    flushed: bool,
}

impl hyper::body::Body for Cut {
    type Data = Bytes;
    type Error = io::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<io::Result<Frame<Bytes>>>> {
        if self.left > 0 {
            let polled = Pin::new(&mut self.body).poll_frame(cx);
            if let Poll::Ready(Some(Ok(frame))) = polled {
                let left = usize::try_from(self.left).unwrap_or(usize::MAX);
                let frame = frame.map_data(|mut bytes| {
                    bytes.truncate(left);
                    bytes
                });
                self.left -= frame.data_ref().map_or(0, Bytes::len) as u64;
                return Poll::Ready(Some(Ok(frame)));
            }
            if !matches!(polled, Poll::Ready(None)) {
                return polled;
            }
            self.left = 0;
        }
        if self.flushed {
            return Poll::Ready(Some(Err(io::Error::other("fault: body cut"))));
        }
        // Once pending, so that what came before the error is sent and not dropped with it.
        self.flushed = true;
        cx.waker().wake_by_ref();
        Poll::Pending
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_corrupted_body_keeps_its_length() {
        let plan = Plan {
            corrupt: true,
            ..Plan::default()
        };
        let reply = answer(http::Response::new(body::full("hello")), &plan);
        let bytes = reply.into_body().collect().await.unwrap().to_bytes();
        assert_eq!(bytes, "hemlo");
    }

    #[tokio::test]
    async fn a_cut_body_gives_its_first_bytes_and_fails() {
        for (after, expected) in [(0, ""), (3, "hel"), (9, "hello")] {
            let plan = Plan {
                cut: Some(after),
                ..Plan::default()
            };
            let mut body = answer(http::Response::new(body::full("hello")), &plan).into_body();
            let mut seen = Vec::new();
            let error = loop {
                match body.frame().await {
                    Some(Ok(frame)) => seen.extend_from_slice(frame.data_ref().unwrap()),
                    Some(Err(error)) => break Some(error),
                    None => break None,
                }
            };
            assert_eq!(String::from_utf8(seen).unwrap(), expected);
            assert!(error.is_some());
        }
    }
}
