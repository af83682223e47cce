//! Takes the pieces of an object in any order: writes them where they belong, and digests the whole in order.

use std::fs::File;
use std::io;
use std::os::unix::fs::FileExt as _;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use tokio::sync::mpsc;
use tokio::task::{JoinHandle, spawn_blocking};
use tokio::time::Instant;

use super::part::{Note, Part};
use crate::aside::aside;
use crate::digest::{Digests, Hasher};
use crate::pool::{PIECE, Pool};
use crate::ranges::Ranges;

/// So many pieces that lie behind are digested for each that comes.
const CATCH_UP: usize = 2;

/// Pieces on their way to the sink.
const PIECES: usize = 1;

/// How often it is noted what is on the disk.
const NOTED: Duration = Duration::from_secs(1);

/// A piece and where it belongs.
pub(crate) type Placed = (u64, Bytes);

/// What the sink works on.
pub(crate) struct Sink {
    part: Arc<Part>,
    file: Arc<File>,
    /// What to note from time to time, where the object can be known again.
    note: Option<Note>,
    done: Ranges,
    hasher: Hasher,
    pool: Arc<Pool>,
    /// Up to here the whole is digested.
    digested: u64,
    noted: Instant,
    noting: Option<JoinHandle<io::Result<()>>>,
}

impl Sink {
    pub(crate) fn new(part: Arc<Part>, file: File, note: Option<Note>, pool: Arc<Pool>) -> Self {
        Self {
            part,
            file: Arc::new(file),
            done: note
                .as_ref()
                .map(|note| note.done.clone())
                .unwrap_or_default(),
            note,
            hasher: Hasher::default(),
            pool,
            digested: 0,
            noted: Instant::now(),
            noting: None,
        }
    }

    /// Takes pieces until nobody sends any more. What comes in order is digested as it comes; what lies beyond a gap is
    /// read again once the gap is closed, from memory mostly.
    pub(crate) async fn run(&mut self, mut pieces: mpsc::Receiver<Placed>) -> io::Result<()> {
        loop {
            let behind = self.done.end_from(self.digested) > self.digested;
            let piece = match pieces.try_recv() {
                Ok(piece) => piece,
                Err(mpsc::error::TryRecvError::Empty) if behind => {
                    self.catch_up().await?;
                    continue;
                }
                Err(_) => match pieces.recv().await {
                    Some(piece) => piece,
                    None => break,
                },
            };
            self.take(piece).await?;
            // More than came, or it would stay as far behind as it is.
            for _ in 0..CATCH_UP {
                if self.done.end_from(self.digested) > self.digested {
                    self.catch_up().await?;
                }
            }
            self.note_now_and_then().await?;
        }
        while self.done.end_from(self.digested) > self.digested {
            self.catch_up().await?;
        }
        Ok(())
    }

    async fn take(&mut self, (at, piece): Placed) -> io::Result<()> {
        let end = at + piece.len() as u64;
        let file = Arc::clone(&self.file);
        let bytes = piece.clone();
        let write = aside(move || file.write_all_at(&bytes, at));
        if at == self.digested {
            let mut hasher = std::mem::take(&mut self.hasher);
            let digest = aside(move || {
                hasher.update(&piece);
                Ok(hasher)
            });
            // Side by side, or the line waits for both.
            (self.hasher, ()) = tokio::try_join!(digest, write)?;
            self.digested = end;
        } else {
            write.await?;
        }
        self.done.add(at, end);
        Ok(())
    }

    async fn catch_up(&mut self) -> io::Result<()> {
        let at = self.digested;
        let left = usize::try_from(self.done.end_from(at) - at).unwrap_or(PIECE);
        let (file, pool) = (Arc::clone(&self.file), Arc::clone(&self.pool));
        let mut hasher = std::mem::take(&mut self.hasher);
        let read;
        (self.hasher, read) = aside(move || {
            let mut buffer = pool.take();
            buffer.resize(left.min(PIECE), 0);
            file.read_exact_at(&mut buffer, at)?;
            hasher.update(&buffer);
            let read = buffer.len() as u64;
            pool.lend(buffer);
            Ok((hasher, read))
        })
        .await?;
        self.digested += read;
        Ok(())
    }

    async fn note_now_and_then(&mut self) -> io::Result<()> {
        if self.noted.elapsed() < NOTED || self.noting.as_ref().is_some_and(|it| !it.is_finished())
        {
            return Ok(());
        }
        self.settle().await?;
        self.noted = Instant::now();
        self.noting = self.begin_note();
        Ok(())
    }

    /// What is noted must be on the disk before the note is.
    fn begin_note(&self) -> Option<JoinHandle<io::Result<()>>> {
        let mut note = self.note.clone()?;
        note.done = self.done.clone();
        let (part, file) = (Arc::clone(&self.part), Arc::clone(&self.file));
        Some(spawn_blocking(move || {
            file.sync_data()?;
            part.write(&note)
        }))
    }

    async fn settle(&mut self) -> io::Result<()> {
        match self.noting.take() {
            Some(noting) => noting.await.map_err(io::Error::other)?,
            None => Ok(()),
        }
    }

    /// Notes what there is for a later try.
    pub(crate) async fn leave(mut self) -> io::Result<()> {
        self.settle().await?;
        self.noting = self.begin_note();
        self.settle().await
    }

    /// The digests of the whole, all of which is there.
    pub(crate) async fn finish(&mut self) -> io::Result<Digests> {
        self.settle().await?;
        Ok(std::mem::take(&mut self.hasher).finish())
    }

    /// The file that it wrote.
    pub(crate) fn file(self) -> Arc<File> {
        self.file
    }
}

/// A way to the sink that holds no more than a few pieces.
pub(crate) fn channel() -> (mpsc::Sender<Placed>, mpsc::Receiver<Placed>) {
    mpsc::channel(PIECES)
}
