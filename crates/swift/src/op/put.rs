//! Storing an object.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use bytes::Bytes;
use ferry_core::ids::ObjectName;
use ferry_http::Body;
use futures_util::StreamExt as _;
use futures_util::stream::BoxStream;
use http::Method;
use tokio::io::AsyncReadExt as _;

use crate::bucket::Bucket;
use crate::digest::{Digests, Hasher};
use crate::error::{Error, ErrorKind, Subject};
use crate::object::{Source, Stored, md5_of, unquoted};

const PIECE: usize = 256 << 10;

impl Bucket {
    /// Stores an object, replacing one of the same name unless `if_none_match` says that there must be
    /// none: then that is [`ErrorKind::Precondition`]. (Upstream Swift keeps that promise; whether the
    /// service does is not known.)
    ///
    /// Bytes and files are announced with their MD5, which upstream verifies on arrival. Afterwards the
    /// answer's `ETag` is compared where it is an MD5, else the stored size; a difference is
    /// [`ErrorKind::Damaged`], and the object is left as it is.
    pub async fn put(
        &self,
        name: &ObjectName,
        source: Source,
        if_none_match: bool,
    ) -> Result<Stored, Error> {
        let stored = self.upload(name, source, if_none_match).await?;
        self.agrees(name, &stored).await?;
        Ok(stored)
    }

    /// [`Bucket::put`] without the comparison afterwards.
    pub(crate) async fn upload(
        &self,
        name: &ObjectName,
        source: Source,
        if_none_match: bool,
    ) -> Result<Stored, Error> {
        let subject = subject(name);
        let upload = match source {
            Source::Bytes(bytes) => Upload::bytes(bytes),
            Source::File(path) => Upload::file(path)
                .await
                .map_err(|error| Error::local(error, self, &subject, "the file is not readable"))?,
            Source::Stream { stream, len } => Upload::stream(stream, len),
        };
        let announced = match &upload.digests {
            Hashed::Before(digests) => Some(digests.clone()),
            Hashed::Meanwhile(_) => None,
        };

        let mut request = self.request(Method::PUT, Some(name), None).map(|request| {
            request
                .header("content-type", content_type(name))
                .body(upload.body)
        });
        if let Some(digests) = &announced {
            request = request.map(|request| request.header("etag", &digests.md5));
        }
        if if_none_match {
            request = request.map(|request| request.header("if-none-match", "*"));
        }

        let etag = match self.send(request, &subject).await {
            Ok(response) => response.header("etag").and_then(unquoted),
            Err(error) => match announced {
                Some(digests) if self.was_ours(name, &error, &digests).await => {
                    let etag = Some(digests.md5.clone());
                    return Ok(Stored { etag, digests });
                }
                _ => return Err(error),
            },
        };
        let digests = upload.digests.finish();
        Ok(Stored { etag, digests })
    }

    /// A repeated `If-None-Match: *` whose first answer was lost meets its own object.
    async fn was_ours(&self, name: &ObjectName, error: &Error, digests: &Digests) -> bool {
        let repeated = error
            .evidence()
            .is_some_and(|evidence| evidence.attempts > 1);
        if error.kind() != ErrorKind::Precondition || !repeated {
            return false;
        }
        match self.head(name).await {
            Ok(info) => {
                info.bytes == digests.bytes
                    && md5_of(info.etag.as_deref()).as_ref() == Some(&digests.md5)
            }
            Err(_) => false,
        }
    }

    /// The stored object is what was sent, as far as the bucket's own words prove it.
    async fn agrees(&self, name: &ObjectName, stored: &Stored) -> Result<(), Error> {
        let damaged = |why: &str| Error::new(ErrorKind::Damaged, self, &subject(name), why);
        let digests = &stored.digests;
        match md5_of(stored.etag.as_deref()) {
            Some(md5) if md5 == digests.md5 => Ok(()),
            Some(_) => Err(damaged("the bucket holds other bytes than were sent")),
            None if self.head(name).await?.bytes == digests.bytes => Ok(()),
            None => Err(damaged(
                "the bucket holds another number of bytes than were sent",
            )),
        }
    }
}

fn subject(name: &ObjectName) -> Subject<'_> {
    Subject {
        doing: "storing",
        object: Some(name),
    }
}

/// A body that is ready to go, and its digests: known before, or when it has gone by.
struct Upload {
    body: Body,
    digests: Hashed,
}

enum Hashed {
    Before(Digests),
    Meanwhile(Arc<Mutex<Hasher>>),
}

impl Hashed {
    fn finish(self) -> Digests {
        match self {
            Self::Before(digests) => digests,
            Self::Meanwhile(hasher) => {
                let hasher = hasher.lock().unwrap_or_else(PoisonError::into_inner);
                hasher.clone().finish()
            }
        }
    }
}

impl Upload {
    fn bytes(bytes: Bytes) -> Self {
        let mut hasher = Hasher::default();
        hasher.update(&bytes);
        Self {
            body: Body::Bytes(bytes),
            digests: Hashed::Before(hasher.finish()),
        }
    }

    async fn file(path: PathBuf) -> io::Result<Self> {
        let digests = of_file(&path).await?;
        Ok(Self {
            body: Body::File {
                path,
                offset: 0,
                len: digests.bytes,
            },
            digests: Hashed::Before(digests),
        })
    }

    fn stream(stream: BoxStream<'static, Result<Bytes, io::Error>>, len: Option<u64>) -> Self {
        let hasher = Arc::new(Mutex::new(Hasher::default()));
        let seen = Arc::clone(&hasher);
        let stream = stream
            .inspect(move |piece| {
                if let Ok(piece) = piece {
                    let mut seen = seen.lock().unwrap_or_else(PoisonError::into_inner);
                    seen.update(piece);
                }
            })
            .boxed();
        Self {
            body: Body::Once { stream, len },
            digests: Hashed::Meanwhile(hasher),
        }
    }
}

async fn of_file(path: &Path) -> io::Result<Digests> {
    let mut file = tokio::fs::File::open(path).await?;
    let mut hasher = Hasher::default();
    let mut piece = Vec::with_capacity(PIECE);
    loop {
        piece.clear();
        if file.read_buf(&mut piece).await? == 0 {
            return Ok(hasher.finish());
        }
        hasher.update(&piece);
    }
}

fn content_type(name: &ObjectName) -> &'static str {
    if name.as_str().to_ascii_lowercase().ends_with(".zip") {
        "application/zip"
    } else {
        "application/octet-stream"
    }
}
