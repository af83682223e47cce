//! A body on its way out, and how far it has come.

use std::io;
use std::pin::Pin;
use std::sync::atomic::Ordering;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll};
use std::time::Duration;

use bytes::Bytes;
use futures_util::Stream as _;
use futures_util::stream::BoxStream;
use hyper::body::{Body, Frame, SizeHint};
use tokio::sync::Notify;
use tokio::time::Instant;

use super::source::Once;
use crate::config::Deadlines;

pub(super) type Chunks = BoxStream<'static, Result<Bytes, io::Error>>;

/// Bytes in memory go out in pieces of this size, so that progress shows.
const PIECE: usize = 256 * 1024;

/// The body of one attempt.
pub(crate) struct Outgoing {
    from: From,
    /// Bytes still to come, where the sum is known.
    left: Option<u64>,
    /// The last chunk of a known sum, held back until the stream has ended: one that goes on must not be cut off.
    held: Option<Bytes>,
    upload: Arc<Upload>,
}

enum From {
    Nothing,
    Bytes(Bytes),
    Stream(Chunks),
    Once(Arc<Once>),
}

impl Outgoing {
    pub(super) fn bytes(bytes: Bytes) -> Self {
        let left = u64::try_from(bytes.len()).ok();
        Self::new(From::Bytes(bytes), left)
    }

    pub(super) fn stream(chunks: Chunks, len: u64) -> Self {
        Self::new(From::Stream(chunks), Some(len))
    }

    pub(super) fn once(once: Arc<Once>) -> Self {
        let len = once.len;
        Self::new(From::Once(once), len)
    }

    fn new(from: From, left: Option<u64>) -> Self {
        let empty = left == Some(0);
        Self {
            from: if empty { From::Nothing } else { from },
            left,
            held: None,
            upload: Arc::new(Upload {
                progress: Mutex::new(Progress {
                    at: Instant::now(),
                    connected: false,
                    ended: empty,
                    fault: None,
                }),
                turned: Notify::new(),
            }),
        }
    }

    /// The view of the one who waits for the answer.
    pub(crate) fn upload(&self) -> Arc<Upload> {
        Arc::clone(&self.upload)
    }

    fn poll_source(&mut self, cx: &mut Context<'_>) -> Poll<Option<Result<Bytes, io::Error>>> {
        match &mut self.from {
            From::Nothing => Poll::Ready(None),
            From::Bytes(bytes) if bytes.is_empty() => Poll::Ready(None),
            From::Bytes(bytes) => {
                let piece = bytes.split_to(bytes.len().min(PIECE));
                Poll::Ready(Some(Ok(piece)))
            }
            From::Stream(chunks) => Pin::new(chunks).poll_next(cx),
            From::Once(once) => {
                let mut chunks = once.stream.lock().unwrap_or_else(PoisonError::into_inner);
                let next = Pin::new(&mut *chunks).poll_next(cx);
                if next.is_ready() {
                    once.taken.store(true, Ordering::Release);
                }
                next
            }
        }
    }

    fn fail(&mut self, fault: io::Error) -> io::Error {
        self.from = From::Nothing;
        // The wire's layers wrap what they are given; the fault itself is kept for the report.
        let copy = io::Error::new(fault.kind(), fault.to_string());
        self.upload.with(|progress| progress.fault = Some(fault));
        copy
    }

    fn finish(&mut self) {
        self.from = From::Nothing;
        self.upload.with(|progress| progress.ended = true);
        self.upload.turned.notify_one();
    }
}

impl Body for Outgoing {
    type Data = Bytes;
    type Error = io::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, io::Error>>> {
        let this = &mut *self;
        this.upload.with(|progress| progress.at = Instant::now());
        loop {
            let Poll::Ready(next) = this.poll_source(cx) else {
                return Poll::Pending;
            };
            match next {
                Some(Ok(chunk)) if chunk.is_empty() => {}
                Some(Ok(chunk)) => {
                    let Some(left) = this.left else {
                        return Poll::Ready(Some(Ok(Frame::data(chunk))));
                    };
                    let len = u64::try_from(chunk.len()).unwrap_or(u64::MAX);
                    let Some(left) = left.checked_sub(len) else {
                        let fault = io::Error::other("the body is longer than was said");
                        return Poll::Ready(Some(Err(this.fail(fault))));
                    };
                    this.left = Some(left);
                    if left > 0 {
                        return Poll::Ready(Some(Ok(Frame::data(chunk))));
                    }
                    this.held = Some(chunk);
                }
                Some(Err(fault)) => return Poll::Ready(Some(Err(this.fail(fault)))),
                None if this.held.is_none() && this.left.is_some_and(|left| left > 0) => {
                    let fault = io::Error::new(
                        io::ErrorKind::UnexpectedEof,
                        "the body is shorter than was said",
                    );
                    return Poll::Ready(Some(Err(this.fail(fault))));
                }
                None => {
                    this.finish();
                    return Poll::Ready(this.held.take().map(|last| Ok(Frame::data(last))));
                }
            }
        }
    }

    fn is_end_stream(&self) -> bool {
        self.left == Some(0) && self.held.is_none() && matches!(self.from, From::Nothing)
    }

    fn size_hint(&self) -> SizeHint {
        let held = self.held.as_ref().map_or(0, Bytes::len);
        let held = u64::try_from(held).unwrap_or(u64::MAX);
        self.left.map_or_else(SizeHint::default, |left| {
            SizeHint::with_exact(left.saturating_add(held))
        })
    }
}

/// How far an attempt has come, shared by its body and the one who waits for the answer.
pub(crate) struct Upload {
    progress: Mutex<Progress>,
    turned: Notify,
}

struct Progress {
    at: Instant,
    connected: bool,
    ended: bool,
    fault: Option<io::Error>,
}

impl Upload {
    /// When patience ends, as things stand, and which one that is: `idle` after the last piece was asked for,
    /// `first_byte` after the end of the body. Until there is a connection, its own deadline is allowed on top.
    pub(crate) fn patience(&self, deadlines: &Deadlines) -> (Instant, Duration) {
        self.with(|progress| {
            let wait = if progress.ended {
                deadlines.first_byte
            } else {
                deadlines.idle
            };
            let connect = if progress.connected {
                Duration::ZERO
            } else {
                deadlines.connect
            };
            (progress.at + connect + wait, wait)
        })
    }

    /// Notes that there is a connection: patience counts from here.
    pub(crate) fn connected(&self) {
        self.with(|progress| {
            progress.connected = true;
            progress.at = Instant::now();
        });
    }

    /// Waits for the end of the body: patience may be over sooner after it.
    pub(crate) async fn turn(&self) {
        self.turned.notified().await;
    }

    /// Whether the body went out whole.
    pub(crate) fn ended(&self) -> bool {
        self.with(|progress| progress.ended)
    }

    /// What its source failed with.
    pub(crate) fn take_fault(&self) -> Option<io::Error> {
        self.with(|progress| progress.fault.take())
    }

    fn with<T>(&self, act: impl FnOnce(&mut Progress) -> T) -> T {
        act(&mut self.progress.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

#[cfg(test)]
mod tests {
    use futures_util::{StreamExt as _, stream};
    use http_body_util::BodyExt as _;

    use super::*;
    use crate::body::Source;

    fn once(chunks: &'static [&'static str], len: Option<u64>) -> Source {
        Source::new(crate::Body::Once {
            stream: stream::iter(chunks.iter().map(|c| Ok(Bytes::from_static(c.as_bytes()))))
                .boxed(),
            len,
        })
    }

    #[tokio::test]
    async fn a_stream_must_keep_its_word() {
        for (chunks, len, fits) in [
            (&["ab", "", "c"][..], Some(3), true),
            (&["ab", "c"], None, true),
            (&["ab"], Some(3), false),
            (&["ab", "cd"], Some(3), false),
            (&["abc", "d"], Some(3), false),
            (&[], Some(3), false),
        ] {
            let source = once(chunks, len);
            let body = source.open().await.unwrap();
            let upload = body.upload();
            let collected = body
                .collect()
                .await
                .map(http_body_util::Collected::to_bytes);
            assert_eq!(collected.is_ok(), fits, "{chunks:?} {len:?}");
            assert_eq!(upload.take_fault().is_none(), fits);
            assert_eq!(upload.ended(), fits);
            assert!(!source.is_replayable());
            if fits {
                assert_eq!(collected.unwrap(), "abc");
            }
        }
    }

    #[tokio::test]
    async fn files_are_read_in_part_and_again() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("a");
        std::fs::write(&path, "0123456789").unwrap();
        let source = |offset, len| {
            Source::new(crate::Body::File {
                path: path.clone(),
                offset,
                len,
            })
        };
        let part = source(2, 5);
        for _ in 0..2 {
            let body = part.open().await.unwrap();
            assert_eq!(body.size_hint().exact(), Some(5));
            assert_eq!(body.collect().await.unwrap().to_bytes(), "23456");
        }
        assert!(part.is_replayable());
        for (offset, len) in [(6, 5), (u64::MAX, 2)] {
            let error = source(offset, len).open().await.err().unwrap();
            assert_eq!(error.kind(), crate::ErrorKind::Source);
        }
    }
}
