//! The body of an upload: read ahead of the wire, and digested beside it.

use std::fs::File;
use std::io::{self, Read as _, Seek as _, SeekFrom};
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};

use bytes::Bytes;
use futures_util::StreamExt as _;
use futures_util::stream::{self, BoxStream};
use tokio::sync::mpsc;
use tokio::task::spawn_blocking;

use crate::digest::{Digests, Hasher};
use crate::tell::Moved;

/// What is read of a file at once.
const PIECE: u64 = 1 << 20;

/// How many pieces are ahead of the wire.
const AHEAD: usize = 2;

/// Pieces of a stream that are ready are digested together.
const TOGETHER: usize = 16;

/// Digests of what a body gave, once it has ended.
pub(super) type Sent = Arc<Mutex<Option<Digests>>>;

/// Where the bytes come from.
pub(super) enum Origin {
    /// A part of a file.
    File {
        path: PathBuf,
        at: u64,
        len: u64,
    },
    Stream(BoxStream<'static, io::Result<Bytes>>),
}

impl Origin {
    pub(super) fn file(path: PathBuf, at: u64, len: u64) -> Self {
        Self::File { path, at, len }
    }

    /// Its pieces. An error is the last of them.
    pub(super) fn pieces(self) -> BoxStream<'static, io::Result<Vec<Bytes>>> {
        match self {
            Self::File { path, at, len } => {
                let start = (None::<File>, at, at.saturating_add(len));
                let pieces = stream::try_unfold(start, move |(file, at, end)| {
                    let path = path.clone();
                    async move {
                        if at == end {
                            return Ok(None);
                        }
                        let read = spawn_blocking(move || {
                            let mut file = if let Some(file) = file {
                                file
                            } else {
                                let mut file = File::open(path)?;
                                file.seek(SeekFrom::Start(at))?;
                                file
                            };
                            let wanted = PIECE.min(end - at);
                            // At most PIECE.
                            let mut piece =
                                Vec::with_capacity(usize::try_from(wanted).unwrap_or_default());
                            file.by_ref().take(wanted).read_to_end(&mut piece)?;
                            io::Result::Ok((file, piece))
                        });
                        let (file, piece) = read.await.map_err(io::Error::other)??;
                        if piece.is_empty() {
                            let why = "the file has become shorter";
                            return Err(io::Error::new(io::ErrorKind::UnexpectedEof, why));
                        }
                        let at = at + piece.len() as u64;
                        Ok(Some((vec![Bytes::from(piece)], (Some(file), at, end))))
                    }
                });
                pieces.boxed()
            }
            Self::Stream(stream) => stream
                .ready_chunks(TOGETHER)
                .map(|pieces| pieces.into_iter().collect())
                .boxed(),
        }
    }
}

/// The pieces of `origin`, read by a task of its own that ends with the stream. Where `sent` is given, they are digested,
/// and `sent` holds the digests before the stream has ended.
pub(super) fn feed(
    origin: Origin,
    moved: Moved,
    sent: Option<Sent>,
) -> BoxStream<'static, io::Result<Bytes>> {
    let (sender, receiver) = mpsc::channel(AHEAD);
    tokio::spawn(async move {
        if let Err(error) = fill(origin, &sender, sent).await {
            // Nobody is left to read it, or it is read.
            let _ = sender.send(Err(error)).await;
        }
    });
    stream::unfold(receiver, |mut receiver| async move {
        Some((receiver.recv().await?, receiver))
    })
    .inspect(move |piece: &io::Result<Bytes>| {
        if let Ok(piece) = piece {
            moved.add(piece.len());
        }
    })
    .boxed()
}

async fn fill(
    origin: Origin,
    wire: &mpsc::Sender<io::Result<Bytes>>,
    sent: Option<Sent>,
) -> io::Result<()> {
    let mut hasher = Hasher::default();
    let mut pieces = origin.pieces();
    while let Some(batch) = pieces.next().await {
        let batch: Arc<[Bytes]> = batch?.into();
        for piece in batch.iter() {
            if wire.send(Ok(piece.clone())).await.is_err() {
                return Ok(());
            }
        }
        if sent.is_some() {
            hasher.update_aside(batch).await?;
        }
    }
    if let Some(sent) = sent {
        let digests = Some(hasher.finish());
        *sent.lock().unwrap_or_else(PoisonError::into_inner) = digests;
    }
    Ok(())
}
