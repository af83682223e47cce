//! Storing an object, whole.

use std::fmt;
use std::fs::Metadata;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use bytes::Bytes;
use ferry_core::ids::ObjectName;
use ferry_http::Body;
use futures_util::stream::BoxStream;
use tokio::task::spawn_blocking;

use crate::bucket::Bucket;
use crate::check::{clear_away, settle, verify};
use crate::digest::{Digests, Hasher};
use crate::drive::Lanes;
use crate::error::{Error, ErrorKind};
use crate::features::Features;
use crate::object::md5_of;
use crate::op::{Put, subject};
use crate::tell::{Moved, Tell, Told};

mod feed;
mod reader;
mod segments;

use feed::{Origin, Sent, feed};

/// Up to here a file is read first, so that its MD5 goes with it and the server can refuse damage.
const SMALL: u64 = 1 << 20;

/// Where the bytes of an upload come from.
pub enum Source {
    /// Bytes in memory. Sent again after a fault.
    Bytes(Bytes),
    /// A local file. Sent again after a fault.
    File(PathBuf),
    /// Bytes that come once: the upload is not repeated after the first of them was taken.
    Stream {
        /// The bytes. An error ends the upload, and nothing is stored.
        stream: BoxStream<'static, Result<Bytes, io::Error>>,
        /// How many there will be, if that is known; else the upload is chunked, which only some stores take.
        len: Option<u64>,
    },
}

impl fmt::Debug for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Bytes(bytes) => f.debug_tuple("Bytes").field(&bytes.len()).finish(),
            Self::File(path) => f.debug_tuple("File").field(path).finish(),
            Self::Stream { len, .. } => f
                .debug_struct("Stream")
                .field("len", len)
                .finish_non_exhaustive(),
        }
    }
}

/// How an object is stored.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Storing {
    /// Refuse where the name is taken ([`ErrorKind::Precondition`]), as far as the store can: look before, too.
    pub only_new: bool,
    /// The `ETag` of what is there and is to be replaced, as it was seen before; without quotes.
    pub replaces: Option<String>,
    /// What may be used.
    pub features: Features,
    /// A large file goes in segments even where the line is short.
    pub segmented: bool,
    /// Which files go in segments, and in how long ones.
    pub cut: Cut,
}

/// How a large file is cut into segments, where they were seen to work.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Cut {
    /// Files of so many bytes or more.
    pub from: u64,
    /// How long a segment is, unless that makes too many.
    pub each: u64,
}

impl Default for Cut {
    fn default() -> Self {
        Self {
            from: 256 << 20,
            each: 64 << 20,
        }
    }
}

/// What an upload left in the bucket.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stored {
    /// `ETag` of the new object, without quotes.
    pub etag: Option<String>,
    /// How many bytes were sent, in agreement with what the bucket holds.
    pub bytes: u64,
    /// Their SHA-256, lower-case hex.
    pub sha256: String,
    /// How many segments it is made of; 0 for a plain object.
    pub segments: usize,
}

/// Stores an object, replacing one of the same name, and checks it where it lies.
///
/// Bytes, small files and segments are announced with their MD5, so that a store that verifies it refuses damage. The rest
/// is digested on its way; the answer's `ETag` is compared, and where it is no MD5 the object is read back. An object
/// that is not what was sent is removed: [`ErrorKind::Damaged`].
///
/// A large file goes in segments, several at once, where [`Features::segments`] (else [`Features::dynamic`]) says that they
/// work and the line is long:
/// one that was stopped goes on with the segments that are missing. Else it goes in one piece, and after a break once
/// more from the beginning, which is told.
pub async fn store(
    bucket: &Bucket,
    name: &ObjectName,
    source: Source,
    how: &Storing,
    lanes: &Lanes,
    tell: &Tell,
) -> Result<Stored, Error> {
    let upload = Upload {
        bucket,
        name,
        how,
        moved: Moved::new(tell),
    };
    // On the heap: callers hold this in futures of their own, several deep.
    Box::pin(upload.store(source, lanes)).await
}

/// One upload.
struct Upload<'a> {
    bucket: &'a Bucket,
    name: &'a ObjectName,
    how: &'a Storing,
    moved: Moved,
}

impl Upload<'_> {
    async fn store(&self, source: Source, lanes: &Lanes) -> Result<Stored, Error> {
        match source {
            Source::Bytes(bytes) => {
                let _lane = lanes.enter().await;
                self.bytes(bytes).await
            }
            Source::File(path) => {
                let before = stat(&path).map_err(|error| self.unreadable(&path, error))?;
                let begun = if before.len() >= self.how.cut.from && self.in_segments() {
                    segments::begin(self, &path, before.len()).await?
                } else {
                    None
                };
                let stored = if let Some(begun) = begun {
                    Box::pin(segments::store(self, &path, begun, lanes)).await?
                } else {
                    let _lane = lanes.enter().await;
                    if before.len() <= SMALL {
                        self.small(&path).await?
                    } else {
                        self.plain(&path, before.len()).await?
                    }
                };
                self.is_unchanged(&path, &before).await?;
                Ok(stored)
            }
            Source::Stream { stream, len } => {
                let _lane = lanes.enter().await;
                self.stream(stream, len).await
            }
        }
    }

    async fn bytes(&self, bytes: Bytes) -> Result<Stored, Error> {
        self.moved.tell(Told::Size(bytes.len() as u64));
        let mut hasher = Hasher::default();
        hasher.update(&bytes);
        let digests = hasher.finish();
        let len = bytes.len();
        let put = Put {
            body: Body::Bytes(bytes),
            md5: Some(digests.md5.clone()),
            only_new: self.conditional(),
        };
        let stored = self.finish(put, move || Some(digests)).await?;
        self.moved.add(len);
        Ok(stored)
    }

    async fn small(&self, path: &Path) -> Result<Stored, Error> {
        let read = || {
            let path = path.to_path_buf();
            async move {
                spawn_blocking(move || std::fs::read(path))
                    .await
                    .map_err(io::Error::other)?
            }
        };
        let unreadable = |error| self.unreadable(path, error);
        let bytes = Bytes::from(read().await.map_err(unreadable)?);
        match self.bytes(bytes).await {
            // Damaged on its way, and refused: once more, from the file.
            Err(error) if error.kind() == ErrorKind::Damaged && error.status() == Some(422) => {
                self.moved.tell(Told::Anew);
                let bytes = Bytes::from(read().await.map_err(unreadable)?);
                self.bytes(bytes).await
            }
            done => done,
        }
    }

    async fn plain(&self, path: &Path, len: u64) -> Result<Stored, Error> {
        self.moved.tell(Told::Size(len));
        if len >= self.how.cut.from {
            self.moved.note(format!(
                "{} goes in one piece, from the beginning: segments are not used here",
                self.name
            ));
        }
        let sent = Sent::default();
        let (moved, kept, path) = (self.moved.clone(), Arc::clone(&sent), path.to_path_buf());
        let pool = Arc::clone(self.bucket.pool());
        let tries = Mutex::new(0_u32);
        let open = move || {
            let mut tries = tries.lock().unwrap_or_else(PoisonError::into_inner);
            if *tries > 0 {
                moved.tell(Told::Anew);
                moved.note("the upload broke off: once more from the beginning");
            }
            *tries += 1;
            let origin = Origin::File(path.clone(), 0, len);
            feed(origin, moved.clone(), Some(Arc::clone(&kept)), &pool)
        };
        let put = Put {
            body: Body::Replay {
                open: Arc::new(open),
                len,
            },
            md5: None,
            only_new: self.conditional(),
        };
        self.finish(put, move || taken(&sent)).await
    }

    async fn stream(
        &self,
        stream: BoxStream<'static, Result<Bytes, io::Error>>,
        len: Option<u64>,
    ) -> Result<Stored, Error> {
        match len {
            Some(len) => self.moved.tell(Told::Size(len)),
            None if !self.how.features.chunked => {
                let why = "how long it is is not known, and this store was not seen to take such an \
                           upload: write it to a file, and store that";
                return Err(self.error(ErrorKind::Other, why));
            }
            None => {}
        }
        let sent = Sent::default();
        let origin = Origin::Stream(stream);
        let put = Put {
            body: Body::Once {
                stream: feed(
                    origin,
                    self.moved.clone(),
                    Some(Arc::clone(&sent)),
                    self.bucket.pool(),
                ),
                len,
            },
            md5: None,
            only_new: self.conditional(),
        };
        self.finish(put, move || taken(&sent)).await
    }

    /// Sends, and checks what is stored.
    async fn finish(
        &self,
        put: Put,
        sent: impl FnOnce() -> Option<Digests>,
    ) -> Result<Stored, Error> {
        let announced = put.md5.is_some();
        let answer = self.bucket.put_body(self.name, put).await;
        let (etag, digests) = match (answer, sent()) {
            (Ok(etag), Some(digests)) => {
                verify(self.bucket, self.name, etag.as_deref(), &digests).await?;
                if !announced && md5_of(etag.as_deref()).is_some() {
                    // The answer is right; now what lies there, once more. Of many small ones each is one request.
                    verify(self.bucket, self.name, None, &digests).await?;
                }
                (etag, digests)
            }
            (Ok(_), None) => {
                let why = "the server answered before it had all of it";
                let early = self.error(ErrorKind::Unavailable, why).maybe();
                (None, self.settle(None, early).await?)
            }
            (Err(error), sent) => (None, self.settle(sent, error).await?),
        };
        Ok(Stored {
            etag,
            bytes: digests.bytes,
            sha256: digests.sha256,
            segments: 0,
        })
    }

    async fn settle(&self, sent: Option<Digests>, error: Error) -> Result<Digests, Error> {
        let before = self.how.replaces.as_deref();
        settle(self.bucket, self.name, before, sent, error).await
    }

    /// A file that was written to meanwhile is in the bucket in a state that it never had.
    async fn is_unchanged(&self, path: &Path, before: &Metadata) -> Result<(), Error> {
        let same = stat(path).is_ok_and(|now| {
            now.len() == before.len() && now.modified().ok() == before.modified().ok()
        });
        if same {
            return Ok(());
        }
        let why = format!("{} was written to while it was sent", path.display());
        let changed = self.error(ErrorKind::Local, &why);
        Err(clear_away(self.bucket, self.name, changed).await)
    }

    fn in_segments(&self) -> bool {
        self.how.features.segments || self.how.features.dynamic
    }

    fn conditional(&self) -> bool {
        self.how.only_new && self.how.features.conditional
    }

    fn error(&self, kind: ErrorKind, why: &str) -> Error {
        Error::new(kind, self.bucket, &subject(self.name), why)
    }

    fn unreadable(&self, path: &Path, error: io::Error) -> Error {
        let why = format!("{} cannot be read", path.display());
        Error::local(error, self.bucket, &subject(self.name), &why)
    }
}

fn taken(sent: &Sent) -> Option<Digests> {
    sent.lock().unwrap_or_else(PoisonError::into_inner).take()
}

/// Of a plain file: there is no end to some others.
fn stat(path: &Path) -> io::Result<Metadata> {
    let found = std::fs::metadata(path)?;
    if found.is_file() {
        Ok(found)
    } else {
        Err(io::Error::new(
            io::ErrorKind::InvalidInput,
            "it is no plain file",
        ))
    }
}
