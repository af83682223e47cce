//! A part of a file, read and digested piece by piece.

use std::fs::File;
use std::io;
use std::os::unix::fs::FileExt as _;
use std::path::{Path, PathBuf};

use bytes::Bytes;

use crate::aside::aside;
use crate::digest::Hasher;
use crate::pool::{PIECE, Pool};

/// Reads from `at` to `end`.
#[derive(Default)]
pub(super) struct Reader {
    path: PathBuf,
    /// Opened at the first piece.
    file: Option<File>,
    at: u64,
    end: u64,
    pool: Pool,
    /// Takes what is read, where digests are wanted.
    pub(super) hasher: Option<Hasher>,
}

impl Reader {
    pub(super) fn new(path: &Path, at: u64, len: u64, hasher: Option<Hasher>) -> Self {
        Self {
            path: path.to_path_buf(),
            at,
            end: at.saturating_add(len),
            hasher,
            ..Self::default()
        }
    }

    /// Reads on from where it is, so many bytes.
    pub(super) fn more(&mut self, len: u64) {
        self.end = self.at.saturating_add(len);
    }

    /// The next piece, `None` at the end. After an error it is of no more use.
    pub(super) async fn next(&mut self) -> io::Result<Option<Bytes>> {
        if self.at == self.end {
            return Ok(None);
        }
        let mut this = std::mem::take(self);
        let piece;
        (*self, piece) = aside(move || {
            let file = match this.file.take() {
                Some(file) => file,
                None => File::open(&this.path)?,
            };
            let mut buffer = this.pool.take();
            let left = usize::try_from(this.end - this.at).unwrap_or(PIECE);
            buffer.resize(left.min(PIECE), 0);
            file.read_exact_at(&mut buffer, this.at)?;
            this.file = Some(file);
            this.at += buffer.len() as u64;
            if let Some(hasher) = &mut this.hasher {
                hasher.update(&buffer);
            }
            let piece = this.pool.lend(buffer);
            Ok((this, piece))
        })
        .await?;
        Ok(Some(piece))
    }
}
