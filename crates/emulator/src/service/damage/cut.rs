//! A body that ends in the middle.

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll};

use bytes::Bytes;
use hyper::body::{Frame, SizeHint};

use super::truncate::Truncate;
use crate::Body;

/// The body ends with an error after so many bytes, even where it had fewer.
pub(super) struct Cut {
    body: Truncate,
    flushed: bool,
}

impl Cut {
    pub(super) fn new(body: Body, after: u64) -> Self {
        Self {
            body: Truncate::new(body, after),
            flushed: false,
        }
    }
}

impl hyper::body::Body for Cut {
    type Data = Bytes;
    type Error = io::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<io::Result<Frame<Bytes>>>> {
        let polled = Pin::new(&mut self.body).poll_frame(cx);
        if !matches!(polled, Poll::Ready(None)) {
            return polled;
        }
        if self.flushed {
            return Poll::Ready(Some(Err(io::Error::other("fault: body cut"))));
        }
        // Once pending, so that what came before the error is sent and not dropped with it.
        self.flushed = true;
        cx.waker().wake_by_ref();
        Poll::Pending
    }

    /// What is announced is the whole.
    fn size_hint(&self) -> SizeHint {
        self.body.whole()
    }
}

#[cfg(test)]
mod tests {
    use http_body_util::BodyExt as _;

    use super::*;
    use crate::body;

    #[tokio::test]
    async fn a_cut_body_gives_its_first_bytes_and_fails() {
        for (after, expected) in [(0, ""), (3, "hel"), (9, "hello")] {
            let mut body = Cut::new(body::full("hello"), after);
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
