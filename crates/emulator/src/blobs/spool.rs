//! A content on its way into the pool: in memory while it is small, then in a file, digested as it comes.

use std::io::{self, Write};
use std::path::PathBuf;

use bytes::Bytes;
use md5::Md5;
use sha2::{Digest, Sha256};
use tempfile::NamedTempFile;

use super::BlobId;

/// Takes bytes by [`io::Write`]. Dropped unfinished, it leaves nothing.
#[derive(Debug)]
pub(crate) struct Spool {
    folder: PathBuf,
    limit: usize,
    memory: Vec<u8>,
    file: Option<NamedTempFile>,
    sha256: Sha256,
    md5: Md5,
    len: u64,
}

/// Where a finished spool's bytes are.
#[derive(Debug)]
pub(super) enum Written {
    Memory(Bytes),
    File(NamedTempFile),
}

impl Spool {
    /// A spool that goes to a file of `folder` beyond `limit` bytes.
    pub(super) fn new(folder: PathBuf, limit: usize) -> Self {
        Self {
            folder,
            limit,
            memory: Vec::new(),
            file: None,
            sha256: Sha256::new(),
            md5: Md5::new(),
            len: 0,
        }
    }

    pub(super) fn finish(mut self) -> io::Result<(BlobId, Written)> {
        if self.limit == 0 {
            self.file()?;
        }
        let id = BlobId {
            sha256: hex(&self.sha256.finalize()),
            md5: hex(&self.md5.finalize()),
            len: self.len,
        };
        let written = match self.file {
            Some(file) => Written::File(file),
            None => Written::Memory(self.memory.into()),
        };
        Ok((id, written))
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
        if self.file.is_none() && self.memory.len() + bytes.len() <= self.limit {
            self.memory.extend_from_slice(bytes);
        } else {
            self.file()?.write_all(bytes)?;
        }
        self.sha256.update(bytes);
        self.md5.update(bytes);
        self.len += bytes.len() as u64;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

fn hex(digest: &[u8]) -> String {
    use std::fmt::Write as _;
    digest.iter().fold(String::new(), |mut text, byte| {
        // Writing to a string does not fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}
