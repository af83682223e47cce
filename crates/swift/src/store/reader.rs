//! A part of a file, read and digested piece by piece.

use std::fs::File;
use std::io;
use std::os::unix::fs::FileExt as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use bytes::{Bytes, BytesMut};

use crate::aside::aside;
use crate::digest::Hasher;
use crate::pool::{PIECE, Pool};

/// What is read at once where nothing is digested: segments are, many at a time.
const SMALL: usize = PIECE / 16;

/// Reads from a place in a file to another.
pub(super) struct Reader {
    /// Away while a piece is read; after an error it stays away.
    place: Option<Place>,
    pool: Arc<Pool>,
}

struct Place {
    path: PathBuf,
    /// Opened at the first piece.
    file: Option<File>,
    at: u64,
    end: u64,
    /// Takes what is read, where digests are wanted.
    hasher: Option<Hasher>,
}

impl Reader {
    /// Where there is a hasher, pieces are large and the pool's: one reads so at a time. Else they are small and their own.
    pub(super) fn new(
        path: &Path,
        at: u64,
        len: u64,
        hasher: Option<Hasher>,
        pool: &Arc<Pool>,
    ) -> Self {
        Self {
            place: Some(Place {
                path: path.to_path_buf(),
                file: None,
                at,
                end: at.saturating_add(len),
                hasher,
            }),
            pool: Arc::clone(pool),
        }
    }

    /// Reads on from where it is, so many bytes.
    pub(super) fn more(&mut self, len: u64) {
        if let Some(place) = &mut self.place {
            place.end = place.at.saturating_add(len);
        }
    }

    /// What took all that was read.
    pub(super) fn hasher(&mut self) -> Option<&mut Hasher> {
        self.place.as_mut()?.hasher.as_mut()
    }

    /// The next piece, `None` at the end and after an error.
    pub(super) async fn next(&mut self) -> io::Result<Option<Bytes>> {
        let Some(mut place) = self.place.take_if(|place| place.at < place.end) else {
            return Ok(None);
        };
        let pool = Arc::clone(&self.pool);
        let (place, piece) = aside(move || {
            let piece = place.read(&pool)?;
            Ok((place, piece))
        })
        .await?;
        self.place = Some(place);
        Ok(Some(piece))
    }
}

impl Place {
    fn read(&mut self, pool: &Pool) -> io::Result<Bytes> {
        let file = match self.file.take() {
            Some(file) => file,
            None => File::open(&self.path)?,
        };
        let left = usize::try_from(self.end - self.at).unwrap_or(PIECE);
        let mut buffer = if self.hasher.is_some() {
            let mut buffer = pool.take();
            buffer.resize(left.min(PIECE), 0);
            buffer
        } else {
            BytesMut::zeroed(left.min(SMALL))
        };
        let read = file.read_exact_at(&mut buffer, self.at);
        read.map_err(|error| match error.kind() {
            io::ErrorKind::UnexpectedEof => {
                io::Error::new(error.kind(), "the file is shorter than it was")
            }
            _ => error,
        })?;
        self.file = Some(file);
        self.at += buffer.len() as u64;
        Ok(match &mut self.hasher {
            Some(hasher) => {
                hasher.update(&buffer);
                pool.lend(buffer)
            }
            None => buffer.freeze(),
        })
    }
}
