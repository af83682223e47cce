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
use crate::digest::{Digests, Hasher};
use crate::ranges::Ranges;

/// What is written and digested in one go.
const BATCH: usize = 1 << 20;
const PIECES: usize = 16;

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
    /// Up to here the whole is digested.
    digested: u64,
    noted: Instant,
    noting: Option<JoinHandle<io::Result<()>>>,
}

impl Sink {
    pub(crate) fn new(part: Arc<Part>, file: File, note: Option<Note>) -> Self {
        Self {
            part,
            file: Arc::new(file),
            done: note
                .as_ref()
                .map(|note| note.done.clone())
                .unwrap_or_default(),
            note,
            hasher: Hasher::default(),
            digested: 0,
            noted: Instant::now(),
            noting: None,
        }
    }

    /// Takes pieces until nobody sends any more. What comes in order is digested as it comes; what lies beyond a gap is
    /// read again once the gap is closed, from memory mostly.
    pub(crate) async fn run(&mut self, mut pieces: mpsc::Receiver<Placed>) -> io::Result<()> {
        let mut batch = Vec::new();
        loop {
            let behind = self.done.end_from(self.digested) > self.digested;
            match pieces.try_recv() {
                Ok(piece) => batch.push(piece),
                Err(mpsc::error::TryRecvError::Empty) if behind => {
                    self.catch_up().await?;
                    continue;
                }
                Err(_) => {
                    if pieces.recv_many(&mut batch, 1).await == 0 {
                        break;
                    }
                }
            }
            let mut bytes = batch.iter().map(|(_, piece)| piece.len()).sum::<usize>();
            while bytes < BATCH
                && let Ok(piece) = pieces.try_recv()
            {
                bytes += piece.1.len();
                batch.push(piece);
            }
            self.take(std::mem::take(&mut batch)).await?;
            if behind {
                self.catch_up().await?;
            }
            self.note_now_and_then().await?;
        }
        while self.done.end_from(self.digested) > self.digested {
            self.catch_up().await?;
        }
        Ok(())
    }

    async fn take(&mut self, batch: Vec<Placed>) -> io::Result<()> {
        let mut in_order = Vec::new();
        for (at, piece) in &batch {
            let end = at + piece.len() as u64;
            if *at == self.digested {
                in_order.push(piece.clone());
                self.digested = end;
            }
            self.done.add(*at, end);
        }
        let file = Arc::clone(&self.file);
        let written = spawn_blocking(move || {
            batch
                .iter()
                .try_for_each(|(at, piece)| file.write_all_at(piece, *at))
        });
        let written = async { written.await.map_err(io::Error::other)? };
        tokio::try_join!(written, self.hasher.update_aside(in_order.into()))?;
        Ok(())
    }

    async fn catch_up(&mut self) -> io::Result<()> {
        let at = self.digested;
        let left = usize::try_from(self.done.end_from(at) - at).unwrap_or(BATCH);
        let file = Arc::clone(&self.file);
        let piece = spawn_blocking(move || {
            let mut piece = vec![0; left.min(BATCH)];
            file.read_exact_at(&mut piece, at)?;
            io::Result::Ok(Bytes::from(piece))
        });
        let piece = piece.await.map_err(io::Error::other)??;
        self.digested += piece.len() as u64;
        self.hasher.update_aside(Arc::new([piece])).await
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

    /// Puts the whole file in its place.
    pub(crate) async fn place(self) -> io::Result<()> {
        spawn_blocking(move || self.part.finish(&self.file))
            .await
            .map_err(io::Error::other)?
    }
}

/// A way to the sink that holds no more than a few pieces.
pub(crate) fn channel() -> (mpsc::Sender<Placed>, mpsc::Receiver<Placed>) {
    mpsc::channel(PIECES)
}
