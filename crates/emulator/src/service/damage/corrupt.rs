//! A body of which a bit is wrong.

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll};

use bytes::{Bytes, BytesMut};
use hyper::body::{Frame, SizeHint};

use crate::Body;

/// One bit of the first bytes is wrong.
pub(super) struct Corrupt {
    body: Body,
    done: bool,
}

impl Corrupt {
    pub(super) fn new(body: Body) -> Self {
        Self { body, done: false }
    }
}

impl hyper::body::Body for Corrupt {
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

#[cfg(test)]
mod tests {
    use http_body_util::BodyExt as _;

    use super::*;
    use crate::body;

    #[tokio::test]
    async fn a_corrupted_body_keeps_its_length() {
        let body = Corrupt::new(body::full("hello"));
        let bytes = body.collect().await.unwrap().to_bytes();
        assert_eq!(bytes, "hemlo");
    }
}
