//! A body as it is kept between attempts.

use std::io;
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};

use bytes::Bytes;
use futures_util::StreamExt as _;
use tokio::io::{AsyncReadExt as _, AsyncSeekExt as _};
use tokio_util::io::ReaderStream;

use super::outgoing::{Chunks, Outgoing};
use crate::body::Body;
use crate::error::{Error, ErrorKind};

/// How much of a file is read at a time.
const PIECE: usize = 256 * 1024;

/// Gives each attempt its own [`Outgoing`].
pub(crate) enum Source {
    Empty,
    Bytes(Bytes),
    File {
        path: PathBuf,
        offset: u64,
        len: u64,
    },
    Replay {
        open: Opener,
        len: u64,
    },
    Once(Arc<Once>),
}

type Opener = Arc<dyn Fn() -> Chunks + Send + Sync>;

/// A stream that several attempts may wait for, but only one may begin.
pub(crate) struct Once {
    pub(super) stream: Mutex<Chunks>,
    pub(super) taken: AtomicBool,
    pub(super) len: Option<u64>,
}

impl Source {
    pub(crate) fn new(body: Body) -> Self {
        match body {
            Body::Empty => Self::Empty,
            Body::Bytes(bytes) => Self::Bytes(bytes),
            Body::File { path, offset, len } => Self::File { path, offset, len },
            Body::Replay { open, len } => Self::Replay { open, len },
            Body::Once { stream, len } => Self::Once(Arc::new(Once {
                stream: Mutex::new(stream),
                taken: AtomicBool::new(false),
                len,
            })),
        }
    }

    /// The bytes that are in memory; of other bodies none.
    pub(crate) fn bytes(&self) -> Bytes {
        match self {
            Self::Bytes(bytes) => bytes.clone(),
            _ => Bytes::new(),
        }
    }

    /// Whether nothing is sent, as far as that is known beforehand.
    pub(crate) fn is_empty(&self) -> bool {
        match self {
            Self::Empty => true,
            Self::Bytes(bytes) => bytes.is_empty(),
            Self::File { len, .. } | Self::Replay { len, .. } => *len == 0,
            Self::Once(once) => once.len == Some(0),
        }
    }

    /// Whether this is a stream that cannot be read again.
    pub(crate) fn is_once(&self) -> bool {
        matches!(self, Self::Once(_))
    }

    /// Whether a further attempt would send the same bytes.
    pub(crate) fn is_replayable(&self) -> bool {
        match self {
            Self::Once(once) => !once.taken.load(Ordering::Acquire),
            _ => true,
        }
    }

    /// The body for one attempt. Fails with [`ErrorKind::Source`] where the file cannot be opened or is too short.
    pub(crate) async fn open(&self) -> Result<Outgoing, Error> {
        match self {
            Self::Empty => Ok(Outgoing::bytes(Bytes::new())),
            Self::Bytes(bytes) => Ok(Outgoing::bytes(bytes.clone())),
            Self::Replay { open, len } => Ok(Outgoing::stream(open(), *len)),
            Self::Once(once) => Ok(Outgoing::once(Arc::clone(once))),
            Self::File { path, offset, len } => {
                let failed = |error: io::Error| {
                    Error::new(
                        ErrorKind::Source,
                        format!("cannot read {} to send it", path.display()),
                    )
                    .caused_by(error)
                };
                let mut file = tokio::fs::File::open(path).await.map_err(failed)?;
                let there = file.metadata().await.map_err(failed)?.len();
                if offset.checked_add(*len).is_none_or(|end| there < end) {
                    return Err(Error::new(
                        ErrorKind::Source,
                        format!(
                            "{} has {there} bytes, too few to send {len} from {offset}",
                            path.display()
                        ),
                    ));
                }
                file.seek(io::SeekFrom::Start(*offset))
                    .await
                    .map_err(failed)?;
                let chunks = ReaderStream::with_capacity(file.take(*len), PIECE).boxed();
                Ok(Outgoing::stream(chunks, *len))
            }
        }
    }
}
