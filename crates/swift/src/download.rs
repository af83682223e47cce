//! Reading an object, over as many connections as it takes.

use std::fmt;
use std::time::Duration;

use bytes::Bytes;
use ferry_core::ids::ObjectName;
use ferry_http::Response;
use http::{Method, StatusCode};

use crate::bucket::Bucket;
use crate::digest::{Digests, Hasher};
use crate::error::{Error, ErrorKind, Subject};
use crate::object::{ObjectInfo, Tags, md5_of};

/// Breaks in a row, none followed by at least [`GROUND`] bytes, after which a download gives up.
const BREAKS: u32 = 4;
const GROUND: u64 = 1 << 20;
const FIRST_PAUSE: Duration = Duration::from_millis(250);

/// An object that is being read. A body that breaks is resumed behind the last byte, provided that the
/// object is still the same (`Range` with `If-Match`).
pub struct Download {
    /// The object's facts, from the first answer.
    pub info: ObjectInfo,
    bucket: Bucket,
    name: ObjectName,
    tags: Tags,
    response: Option<Response>,
    hasher: Hasher,
    /// Bytes to pass over: a server that ignores `Range` starts from the beginning.
    skip: u64,
    breaks: u32,
    broke_at: u64,
}

impl Download {
    pub(crate) fn new(
        bucket: &Bucket,
        name: &ObjectName,
        response: Response,
        info: ObjectInfo,
        tags: Tags,
    ) -> Self {
        Self {
            info,
            bucket: bucket.clone(),
            name: name.clone(),
            tags,
            response: Some(response),
            hasher: Hasher::default(),
            skip: 0,
            breaks: 0,
            broke_at: 0,
        }
    }

    /// The next bytes, `None` behind the last one. Waits no longer for each than the client's idle deadline.
    pub async fn chunk(&mut self) -> Result<Option<Bytes>, Error> {
        loop {
            if self.hasher.bytes() == self.info.bytes {
                self.response = None;
                return Ok(None);
            }
            let Some(response) = &mut self.response else {
                self.resume().await?;
                continue;
            };
            match response.chunk().await {
                Ok(Some(chunk)) => {
                    let fresh = self.fresh(chunk);
                    if self.hasher.bytes() + fresh.len() as u64 > self.info.bytes {
                        return Err(
                            self.error(ErrorKind::Damaged, "more bytes came than announced")
                        );
                    }
                    if !fresh.is_empty() {
                        self.hasher.update(&fresh);
                        return Ok(Some(fresh));
                    }
                }
                Ok(None) => {
                    let early = self.error(ErrorKind::Unavailable, "the body ended early");
                    self.broken(early).await?;
                }
                Err(error) => {
                    let error = Error::http(error, &self.bucket, &self.subject());
                    self.broken(error).await?;
                }
            }
        }
    }

    /// Checks the whole: size, and the digest where the `ETag` is an MD5 of the content (not so for large
    /// objects). A mismatch, or a body that was not read to its end, is [`ErrorKind::Damaged`].
    pub fn finish(self) -> Result<Digests, Error> {
        if self.hasher.bytes() != self.info.bytes {
            let why = format!(
                "{} of {} bytes were read",
                self.hasher.bytes(),
                self.info.bytes
            );
            return Err(self.error(ErrorKind::Damaged, &why));
        }
        let expected = if self.tags.large {
            None
        } else {
            md5_of(self.info.etag.as_deref())
        };
        let digests = self.hasher.clone().finish();
        match expected {
            Some(md5) if md5 != digests.md5 => {
                Err(self.error(ErrorKind::Damaged, "the bytes do not have the object's MD5"))
            }
            _ => Ok(digests),
        }
    }

    fn subject(&self) -> Subject<'_> {
        Subject {
            doing: "reading",
            object: Some(&self.name),
        }
    }

    fn error(&self, kind: ErrorKind, why: &str) -> Error {
        Error::new(kind, &self.bucket, &self.subject(), why)
    }

    fn fresh(&mut self, mut chunk: Bytes) -> Bytes {
        let old = self.skip.min(chunk.len() as u64);
        self.skip -= old;
        // At most the chunk's own length, so it fits.
        chunk.split_off(usize::try_from(old).unwrap_or(chunk.len()))
    }

    /// Counts a break and waits a little, or gives the break itself back where going on makes no sense.
    async fn broken(&mut self, error: Error) -> Result<(), Error> {
        self.response = None;
        let here = self.hasher.bytes();
        if here.saturating_sub(self.broke_at) >= GROUND {
            self.breaks = 0;
        }
        self.broke_at = here;
        self.breaks += 1;
        if self.breaks > BREAKS || !error.is_unavailable() || self.tags.raw.is_none() {
            return Err(error);
        }
        tokio::time::sleep(FIRST_PAUSE * 2_u32.pow(self.breaks - 1)).await;
        Ok(())
    }

    async fn resume(&mut self) -> Result<(), Error> {
        let here = self.hasher.bytes();
        let range = format!("bytes={here}-");
        let tag = self.tags.raw.clone().unwrap_or_default();
        let request = self
            .bucket
            .request(Method::GET, Some(&self.name), None)
            .map(|request| request.header("range", &range).header("if-match", &tag));
        let response = self.bucket.send(request, &self.subject()).await?;
        let fits = if response.status() == StatusCode::PARTIAL_CONTENT {
            self.skip = 0;
            let wanted = format!("bytes {here}-{}/{}", self.info.bytes - 1, self.info.bytes);
            response.header("content-range").map(str::trim) == Some(wanted.as_str())
        } else {
            self.skip = here;
            ObjectInfo::from_response(&response).is_some_and(|(info, _)| {
                info.bytes == self.info.bytes && info.etag == self.info.etag
            })
        };
        if !fits {
            return Err(self.error(
                ErrorKind::Damaged,
                "the rest that came is not of this object",
            ));
        }
        self.response = Some(response);
        Ok(())
    }
}

impl fmt::Debug for Download {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Download")
            .field("info", &self.info)
            .field("bucket", &self.bucket)
            .field("name", &self.name)
            .field("read", &self.hasher.bytes())
            .finish_non_exhaustive()
    }
}
