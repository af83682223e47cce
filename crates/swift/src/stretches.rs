//! An object whose stretches are read in any order.

use std::fmt;
use std::sync::Arc;

use bytes::{Bytes, BytesMut};
use ferry_core::ids::ObjectName;

use crate::bucket::Bucket;
use crate::error::Error;
use crate::reading::{Pinned, Reading};

/// An object as it was first seen; a stretch of another one is never given.
#[derive(Clone)]
pub struct Stretches(Arc<Pinned>);

impl Bucket {
    /// Looks at an object whose stretches are to be read.
    pub async fn stretches(&self, name: &ObjectName) -> Result<Stretches, Error> {
        let (info, tags) = self.look(name).await?;
        Ok(Stretches(Arc::new(Pinned {
            bucket: self.clone(),
            name: name.clone(),
            info,
            tags,
        })))
    }
}

impl Stretches {
    /// The object's size.
    pub fn bytes(&self) -> u64 {
        self.0.info.bytes
    }

    /// The bytes from `at` to the one before `end`, as far as there are any. A body that breaks is resumed.
    pub async fn read(&self, at: u64, end: u64) -> Result<Bytes, Error> {
        let end = end.min(self.bytes());
        let at = at.min(end);
        let mut reading = Reading::new(Arc::clone(&self.0), at, end);
        let mut all = BytesMut::new();
        while let Some(piece) = reading.chunk().await? {
            all.extend_from_slice(&piece);
        }
        Ok(all.freeze())
    }
}

impl fmt::Debug for Stretches {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Stretches")
            .field("bucket", &self.0.bucket)
            .field("name", &self.0.name)
            .finish_non_exhaustive()
    }
}
