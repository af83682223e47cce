//! A content on its way into the pool: in memory while it is small, then in a file, digested as it comes.

use std::io::{self, Write};
use std::path::PathBuf;

use bytes::Bytes;
use md5::Md5;
use sha2::{Digest, Sha256};
use tempfile::NamedTempFile;
use tokio::runtime::Handle;
use tokio::task::JoinHandle;

use super::BlobId;
use crate::artifact::hex;

/// Takes bytes by [`io::Write`], or by [`Spool::take_in`] beside other work. Dropped unfinished, it leaves nothing.
#[derive(Debug)]
pub(crate) struct Spool {
    place: Place,
    md5: Md5,
    len: u64,
}

/// All of a spool but its MD5, which takes longest and so is made by itself.
#[derive(Debug)]
pub(crate) struct Place {
    folder: PathBuf,
    limit: usize,
    memory: Vec<u8>,
    file: Option<NamedTempFile>,
    sha256: Sha256,
}

/// Where a finished spool's bytes are.
#[derive(Debug)]
pub(super) enum Written {
    Memory(Bytes),
    File(NamedTempFile),
}

/// A spool that takes bytes in beside other work.
#[derive(Debug)]
pub(crate) enum Busy {
    Done(Box<io::Result<Spool>>),
    /// The MD5, and the rest.
    Running(JoinHandle<Md5>, JoinHandle<io::Result<Place>>, u64),
}

impl Spool {
    /// A spool that goes to a file of `folder` beyond `limit` bytes.
    pub(super) fn new(folder: PathBuf, limit: usize) -> Self {
        Self {
            place: Place {
                folder,
                limit,
                memory: Vec::new(),
                file: None,
                sha256: Sha256::new(),
            },
            md5: Md5::new(),
            len: 0,
        }
    }

    /// Takes bytes in on threads that may wait for the disk, two at once. What is small is taken in before this comes
    /// back.
    pub(crate) fn take_in(mut self, batch: Vec<Bytes>) -> Busy {
        let len: usize = batch.iter().map(Bytes::len).sum();
        let Ok(threads) = Handle::try_current() else {
            return Busy::Done(Box::new(self.take_in_here(&batch)));
        };
        if self.place.holds(len) {
            return Busy::Done(Box::new(self.take_in_here(&batch)));
        }
        let (mut md5, mut place) = (self.md5, self.place);
        self.len = self.len.saturating_add(len as u64);
        let digested = batch.clone();
        let digest = threads.spawn_blocking(move || {
            for bytes in &digested {
                md5.update(bytes);
            }
            md5
        });
        let written = threads.spawn_blocking(move || {
            for bytes in &batch {
                place.write(bytes)?;
            }
            Ok(place)
        });
        Busy::Running(digest, written, self.len)
    }

    fn take_in_here(mut self, batch: &[Bytes]) -> io::Result<Self> {
        for bytes in batch {
            self.write_all(bytes)?;
        }
        Ok(self)
    }

    /// Has the disk keep what was written, which may take long; the pool need not wait for it then.
    pub(crate) async fn sync(self) -> io::Result<Self> {
        if self.place.limit > 0 {
            return Ok(self);
        }
        let Ok(threads) = Handle::try_current() else {
            return Ok(self);
        };
        let Some(file) = &self.place.file else {
            return Ok(self);
        };
        let file = file.as_file().try_clone()?;
        threads.spawn_blocking(move || file.sync_all()).await??;
        Ok(self)
    }

    pub(super) fn finish(mut self) -> io::Result<(BlobId, Written)> {
        if self.place.limit == 0 {
            self.place.file()?;
        }
        let id = BlobId {
            sha256: hex(&self.place.sha256.finalize()),
            md5: hex(&self.md5.finalize()),
            len: self.len,
        };
        let written = match self.place.file {
            Some(file) => Written::File(file),
            None => Written::Memory(self.place.memory.into()),
        };
        Ok((id, written))
    }
}

impl Busy {
    /// Waits until the bytes are taken in.
    pub(crate) async fn done(self) -> io::Result<Spool> {
        match self {
            Self::Done(spool) => *spool,
            Self::Running(md5, place, len) => {
                let (md5, place) = (md5.await?, place.await??);
                Ok(Spool { place, md5, len })
            }
        }
    }
}

impl Place {
    /// Whether so many bytes more stay in memory.
    fn holds(&self, more: usize) -> bool {
        self.file.is_none() && self.memory.len().saturating_add(more) <= self.limit
    }

    fn write(&mut self, bytes: &[u8]) -> io::Result<()> {
        if self.holds(bytes.len()) {
            self.memory.extend_from_slice(bytes);
        } else {
            self.file()?.write_all(bytes)?;
        }
        self.sha256.update(bytes);
        Ok(())
    }

    /// The file, made at its first use, with what was in memory.
    fn file(&mut self) -> io::Result<&mut NamedTempFile> {
        let file = if let Some(file) = self.file.take() {
            file
        } else {
            let mut file = tempfile::Builder::new()
                .prefix("spool-")
                .tempfile_in(&self.folder)?;
            file.write_all(&std::mem::take(&mut self.memory))?;
            file
        };
        Ok(self.file.insert(file))
    }
}

impl Write for Spool {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.place.write(bytes)?;
        self.md5.update(bytes);
        self.len += bytes.len() as u64;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
