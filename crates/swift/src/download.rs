//! Reading an object from its beginning to its end, as one ordered stream.

use std::fmt;
use std::sync::Arc;

use bytes::Bytes;
use ferry_http::Response;

use crate::digest::{Digests, Hasher};
use crate::error::{Error, ErrorKind};
use crate::object::ObjectInfo;
use crate::reading::{Pinned, Reading};

/// An object that is being read. A body that breaks is resumed behind the last byte, provided that the
/// object is still the same (`Range` with `If-Match`).
pub struct Download {
    /// The object's facts, from the first answer.
    pub info: ObjectInfo,
    pinned: Arc<Pinned>,
    reading: Reading,
    hasher: Hasher,
}

impl Download {
    pub(crate) fn new(pinned: Arc<Pinned>, response: Response) -> Self {
        Self {
            info: pinned.info.clone(),
            reading: Reading::opened(Arc::clone(&pinned), response),
            pinned,
            hasher: Hasher::default(),
        }
    }

    /// The next bytes, `None` behind the last one. Waits no longer for each than the client's idle deadline.
    pub async fn chunk(&mut self) -> Result<Option<Bytes>, Error> {
        let chunk = self.reading.chunk().await?;
        if let Some(chunk) = &chunk {
            self.hasher.update(chunk);
        }
        Ok(chunk)
    }

    /// Checks the whole: size, and the digest where the `ETag` is an MD5 of the content (not so for large
    /// objects). A mismatch, or a body that was not read to its end, is [`ErrorKind::Damaged`].
    pub fn finish(self) -> Result<Digests, Error> {
        let digests = self.hasher.finish();
        self.pinned.agrees(&digests)?;
        Ok(digests)
    }
}

impl Pinned {
    /// What was read is the object, as far as its size and `ETag` tell.
    pub(crate) fn agrees(&self, digests: &Digests) -> Result<(), Error> {
        if digests.bytes != self.info.bytes {
            let why = format!("{} of {} bytes were read", digests.bytes, self.info.bytes);
            return Err(self.error(ErrorKind::Damaged, &why));
        }
        match self.md5() {
            Some(md5) if md5 != digests.md5 => {
                let why = "the bytes do not have the object's MD5";
                Err(self.error(ErrorKind::Damaged, why))
            }
            _ => Ok(()),
        }
    }
}

impl fmt::Debug for Download {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Download")
            .field("info", &self.info)
            .field("bucket", &self.pinned.bucket)
            .field("name", &self.pinned.name)
            .field("read", &self.reading.at())
            .finish_non_exhaustive()
    }
}
