//! A body that passes at so many bytes a second.

use std::future::Future;
use std::io;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use bytes::Bytes;
use hyper::body::{Frame, SizeHint};
use tokio::time::{Sleep, sleep};

use crate::Body;

/// How often a second a piece passes, where the rate allows it.
const PIECES: u64 = 10;

/// Passes a body on in pieces, each followed by a wait.
pub(super) struct Slow {
    body: Body,
    /// Bytes a second.
    rate: u64,
    /// Came, and is to pass.
    held: Bytes,
    wait: Option<Pin<Box<Sleep>>>,
}

impl Slow {
    pub(super) fn new(body: Body, bytes_per_second: u64) -> Self {
        Self {
            body,
            rate: bytes_per_second.max(1),
            held: Bytes::new(),
            wait: None,
        }
    }
}

impl hyper::body::Body for Slow {
    type Data = Bytes;
    type Error = io::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<io::Result<Frame<Bytes>>>> {
        if let Some(wait) = &mut self.wait {
            ready!(wait.as_mut().poll(cx));
            self.wait = None;
        }
        if self.held.is_empty() {
            match ready!(Pin::new(&mut self.body).poll_frame(cx)) {
                Some(Ok(frame)) => match frame.into_data() {
                    Ok(bytes) => self.held = bytes,
                    Err(other) => return Poll::Ready(Some(Ok(other))),
                },
                other => return Poll::Ready(other),
            }
        }
        let most = usize::try_from(self.rate.div_ceil(PIECES)).unwrap_or(usize::MAX);
        let len = self.held.len().min(most);
        let piece = self.held.split_to(len);
        let micros = (len as u64).saturating_mul(1_000_000) / self.rate;
        self.wait = Some(Box::pin(sleep(Duration::from_micros(micros))));
        Poll::Ready(Some(Ok(Frame::data(piece))))
    }

    fn is_end_stream(&self) -> bool {
        self.held.is_empty() && self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        let held = self.held.len() as u64;
        let rest = self.body.size_hint();
        let mut hint = SizeHint::new();
        hint.set_lower(rest.lower().saturating_add(held));
        if let Some(upper) = rest.upper() {
            hint.set_upper(upper.saturating_add(held));
        }
        hint
    }
}

#[cfg(test)]
mod tests {
    use http_body_util::BodyExt as _;
    use hyper::body::Body as _;
    use tokio::time::Instant;

    use super::*;
    use crate::body;

    #[tokio::test(start_paused = true)]
    async fn a_slow_body_comes_whole_in_its_time() {
        let begun = Instant::now();
        let slow = Slow::new(body::full(vec![7; 2_500]), 1_000);
        assert_eq!(slow.size_hint().exact(), Some(2_500));
        let bytes = slow.collect().await.unwrap().to_bytes();
        assert_eq!(bytes, vec![7; 2_500]);
        let took = begun.elapsed();
        assert!(took >= Duration::from_millis(2_400), "{took:?}");
    }
}
