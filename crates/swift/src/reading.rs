//! A stretch of one object, read over as many connections as it takes.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use ferry_core::ids::ObjectName;
use ferry_http::Response;
use http::{Method, StatusCode};

use crate::bucket::Bucket;
use crate::call::Call;
use crate::error::{Error, ErrorKind, Subject};
use crate::object::{ObjectInfo, Tags};

/// Breaks in a row, none followed by at least [`GROUND`] bytes, after which reading gives up.
const BREAKS: u32 = 4;
const GROUND: u64 = 1 << 20;
const FIRST_PAUSE: Duration = Duration::from_millis(250);

/// An object as it was first seen: what is read later must be of the same.
#[derive(Debug)]
pub(crate) struct Pinned {
    pub(crate) bucket: Bucket,
    pub(crate) name: ObjectName,
    pub(crate) info: ObjectInfo,
    pub(crate) tags: Tags,
}

impl Pinned {
    pub(crate) fn subject(&self) -> Subject<'_> {
        Subject {
            doing: "reading",
            object: Some(&self.name),
        }
    }

    pub(crate) fn error(&self, kind: ErrorKind, why: &str) -> Error {
        Error::new(kind, &self.bucket, &self.subject(), why)
    }

    /// The MD5 of the content, where the `ETag` is one.
    pub(crate) fn md5(&self) -> Option<String> {
        self.tags.md5()
    }

    fn changed(&self) -> Error {
        self.error(
            ErrorKind::Precondition,
            "the object changed while it was read",
        )
    }
}

/// The bytes from `at` to `end` of a pinned object. A body that breaks is resumed behind the last byte, provided that the
/// object is still the same (`Range` with `If-Match`, which is not trusted: the answer's `ETag` and size are compared).
pub(crate) struct Reading {
    pinned: Arc<Pinned>,
    at: u64,
    end: u64,
    response: Option<Response>,
    /// Bytes to pass over: a server that ignores `Range` starts from the beginning.
    skip: u64,
    breaks: u32,
    broke_at: u64,
}

impl Reading {
    /// Nothing is asked before the first [`Reading::chunk`].
    pub(crate) fn new(pinned: Arc<Pinned>, at: u64, end: u64) -> Self {
        Self {
            pinned,
            at,
            end,
            response: None,
            skip: 0,
            breaks: 0,
            broke_at: at,
        }
    }

    /// The whole object, from an answer that is there already.
    pub(crate) fn opened(pinned: Arc<Pinned>, response: Response) -> Self {
        let end = pinned.info.bytes;
        Self {
            response: Some(response),
            ..Self::new(pinned, 0, end)
        }
    }

    /// Where the next byte stands in the object.
    pub(crate) fn at(&self) -> u64 {
        self.at
    }

    /// Reads no further than here.
    pub(crate) fn stop_at(&mut self, end: u64) {
        self.end = end.max(self.at);
    }

    /// The next bytes, `None` behind the last one. Waits no longer for each than the client's idle deadline.
    pub(crate) async fn chunk(&mut self) -> Result<Option<Bytes>, Error> {
        loop {
            if self.at == self.end {
                self.response = None;
                return Ok(None);
            }
            let Some(response) = &mut self.response else {
                match self.resume().await {
                    Ok(()) => {}
                    // The answer to a range is a body like any other: it may break as well.
                    Err(error) => self.broken(error).await?,
                }
                continue;
            };
            match response.chunk().await {
                Ok(Some(chunk)) => {
                    let fresh = self.fresh(chunk);
                    if !fresh.is_empty() {
                        self.at += fresh.len() as u64;
                        return Ok(Some(fresh));
                    }
                }
                Ok(None) => {
                    let early = self
                        .pinned
                        .error(ErrorKind::Unavailable, "the body ended early");
                    self.broken(early).await?;
                }
                Err(error) => {
                    let error = Error::http(error, &self.pinned.bucket, &self.pinned.subject());
                    self.broken(error).await?;
                }
            }
        }
    }

    /// Without what was read before, and without what lies behind the end.
    fn fresh(&mut self, mut chunk: Bytes) -> Bytes {
        let old = self.skip.min(chunk.len() as u64);
        self.skip -= old;
        // At most the chunk's own length, so it fits.
        let mut fresh = chunk.split_off(usize::try_from(old).unwrap_or(chunk.len()));
        let left = usize::try_from(self.end - self.at).unwrap_or(usize::MAX);
        fresh.truncate(left);
        fresh
    }

    /// Counts a break and waits a little, or gives the break itself back where going on makes no sense.
    async fn broken(&mut self, error: Error) -> Result<(), Error> {
        self.response = None;
        if self.at - self.broke_at >= GROUND {
            self.breaks = 0;
        }
        self.broke_at = self.at;
        self.breaks += 1;
        let pinned = self.pinned.tags.raw.is_some();
        if self.breaks > BREAKS || !error.is_unavailable() || !pinned {
            return Err(error);
        }
        tokio::time::sleep(FIRST_PAUSE * 2_u32.pow(self.breaks - 1)).await;
        Ok(())
    }

    async fn resume(&mut self) -> Result<(), Error> {
        let pinned = &self.pinned;
        let len = pinned.info.bytes;
        let last = self.end - 1;
        let mut call = Call::of(Method::GET, &pinned.name);
        if self.at > 0 || self.end < len {
            let range = if self.end < len {
                format!("bytes={}-{last}", self.at)
            } else {
                format!("bytes={}-", self.at)
            };
            call = call.header("range", range);
        }
        if let Some(tag) = &pinned.tags.raw {
            call = call.header("if-match", tag);
        }
        let response = match pinned.bucket.send(call, &pinned.subject()).await {
            Ok(response) => response,
            Err(error) if error.kind() == ErrorKind::Precondition => return Err(pinned.changed()),
            Err(error) => return Err(error),
        };
        let (bytes, tag) = if response.status() == StatusCode::PARTIAL_CONTENT {
            self.skip = 0;
            let range = response.header("content-range").and_then(content_range);
            match range {
                Some((first, to, all)) if first == self.at && to >= last => (Some(all), true),
                _ => (None, true),
            }
        } else {
            self.skip = self.at;
            let info = ObjectInfo::from_response(&response);
            (info.map(|(info, _)| info.bytes), false)
        };
        let etag = response.header("etag").and_then(crate::object::unquoted);
        // A partial answer may leave out what a whole one says.
        let same_tag = etag == pinned.info.etag || (tag && etag.is_none());
        match bytes {
            Some(bytes) if bytes != len || !same_tag => return Err(pinned.changed()),
            Some(_) => {}
            None => {
                let why = "the answer is not the stretch that was asked for";
                return Err(pinned.error(ErrorKind::Damaged, why));
            }
        }
        self.response = Some(response);
        Ok(())
    }
}

/// `bytes 5-10/11`: first, last, and how many there are.
fn content_range(text: &str) -> Option<(u64, u64, u64)> {
    let (range, all) = text.trim().strip_prefix("bytes ")?.split_once('/')?;
    let (first, last) = range.split_once('-')?;
    Some((first.parse().ok()?, last.parse().ok()?, all.parse().ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges_as_servers_write_them() {
        assert_eq!(content_range("bytes 5-10/11"), Some((5, 10, 11)));
        for odd in ["bytes */11", "bytes 5-10/*", "5-10/11", "bytes 5-10", ""] {
            assert_eq!(content_range(odd), None, "{odd}");
        }
    }
}
