//! A body that is shorter than it was, and whole as it seems.

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll};

use bytes::Bytes;
use hyper::body::{Frame, SizeHint};

use crate::Body;

/// The first bytes of a body, and no word of the rest.
pub(super) struct Truncate {
    body: Body,
    left: u64,
}

impl Truncate {
    pub(super) fn new(body: Body, after: u64) -> Self {
        Self { body, left: after }
    }

    /// How long it would be.
    pub(super) fn whole(&self) -> SizeHint {
        hyper::body::Body::size_hint(&self.body)
    }
}

impl hyper::body::Body for Truncate {
    type Data = Bytes;
    type Error = io::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<io::Result<Frame<Bytes>>>> {
        if self.left == 0 {
            return Poll::Ready(None);
        }
        let polled = Pin::new(&mut self.body).poll_frame(cx);
        polled.map_ok(|frame| {
            let left = usize::try_from(self.left).unwrap_or(usize::MAX);
            let frame = frame.map_data(|mut bytes| {
                bytes.truncate(left);
                bytes
            });
            self.left -= frame.data_ref().map_or(0, Bytes::len) as u64;
            frame
        })
    }

    fn is_end_stream(&self) -> bool {
        self.left == 0 || self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        let whole = self.whole();
        let mut hint = SizeHint::new();
        if let Some(upper) = whole.upper() {
            hint.set_upper(upper.min(self.left));
        }
        hint.set_lower(whole.lower().min(self.left));
        hint
    }
}

#[cfg(test)]
mod tests {
    use http_body_util::BodyExt as _;

    use super::*;
    use crate::body;

    #[tokio::test]
    async fn a_shorter_body_is_whole_as_it_seems() {
        for (after, expected) in [(0, ""), (3, "hel"), (9, "hello")] {
            let body = Truncate::new(body::full("hello"), after);
            let told = hyper::body::Body::size_hint(&body).exact();
            assert_eq!(told, Some(expected.len() as u64));
            let bytes = body.collect().await.unwrap().to_bytes();
            assert_eq!(bytes, expected);
        }
    }
}
