//! The body of a request.

use std::fmt;
use std::io;
use std::path::PathBuf;
use std::sync::Arc;

use bytes::Bytes;
use futures_util::stream::BoxStream;

mod outgoing;
mod source;

pub(crate) use outgoing::{Outgoing, Upload};
pub(crate) use source::Source;

/// What is sent with a request. All but [`Body::Once`] can be sent again.
#[derive(Default)]
pub enum Body {
    /// Nothing.
    #[default]
    Empty,
    /// Bytes in memory.
    Bytes(Bytes),
    /// A part of a file, opened anew and read in pieces for each attempt.
    File {
        /// The file.
        path: PathBuf,
        /// Where the part starts, in bytes.
        offset: u64,
        /// How long it is, in bytes. A file that is shorter fails with [`ErrorKind::Source`](crate::ErrorKind::Source).
        len: u64,
    },
    /// A stream that can be had anew for each attempt.
    Replay {
        /// Gives the chunks from the beginning. A second call means that the first attempt failed.
        open: Arc<dyn Fn() -> BoxStream<'static, Result<Bytes, io::Error>> + Send + Sync>,
        /// Their sum in bytes. A stream that gives fewer or more fails with
        /// [`ErrorKind::Source`](crate::ErrorKind::Source).
        len: u64,
    },
    /// A stream, sent once: never again after its first byte was taken.
    Once {
        /// The chunks.
        stream: BoxStream<'static, Result<Bytes, io::Error>>,
        /// Their sum in bytes, where known; sent in chunked form otherwise. A stream that gives fewer or more fails
        /// with [`ErrorKind::Source`](crate::ErrorKind::Source).
        len: Option<u64>,
    },
}

impl Body {
    /// The same body once more; `None` of [`Body::Once`].
    pub fn again(&self) -> Option<Self> {
        match self {
            Self::Empty => Some(Self::Empty),
            Self::Bytes(bytes) => Some(Self::Bytes(bytes.clone())),
            Self::File { path, offset, len } => Some(Self::File {
                path: path.clone(),
                offset: *offset,
                len: *len,
            }),
            Self::Replay { open, len } => Some(Self::Replay {
                open: Arc::clone(open),
                len: *len,
            }),
            Self::Once { .. } => None,
        }
    }
}

impl fmt::Debug for Body {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Empty => f.write_str("Empty"),
            Self::Bytes(bytes) => write!(f, "Bytes({} bytes)", bytes.len()),
            Self::File { path, offset, len } => f
                .debug_struct("File")
                .field("path", path)
                .field("offset", offset)
                .field("len", len)
                .finish(),
            Self::Replay { len, .. } => f
                .debug_struct("Replay")
                .field("len", len)
                .finish_non_exhaustive(),
            Self::Once { len, .. } => f
                .debug_struct("Once")
                .field("len", len)
                .finish_non_exhaustive(),
        }
    }
}
