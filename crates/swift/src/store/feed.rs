//! The body of an upload: read ahead of the wire, and digested beside it.

use std::fs::File;
use std::io;
use std::os::unix::fs::FileExt as _;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};

use bytes::Bytes;
use futures_util::StreamExt as _;
use futures_util::stream::{self, BoxStream};
use tokio::sync::mpsc;
use tokio::task::spawn_blocking;

use crate::digest::{Digests, Hasher};
use crate::pool::{PIECE, Pool};
use crate::tell::Moved;

/// How many pieces are ahead of the wire.
const AHEAD: usize = 2;

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
    pub(super) fn pieces(self, pool: Arc<Pool>) -> BoxStream<'static, io::Result<Bytes>> {
        match self {
            Self::File { path, at, len } => of_file(path, at, len, pool),
            Self::Stream(stream) => stream,
        }
    }
}

fn of_file(
    path: PathBuf,
    at: u64,
    len: u64,
    pool: Arc<Pool>,
) -> BoxStream<'static, io::Result<Bytes>> {
    let start = (None::<File>, at, at.saturating_add(len));
    let pieces = stream::try_unfold(start, move |(file, at, end)| {
        let (path, pool) = (path.clone(), Arc::clone(&pool));
        async move {
            if at == end {
                return Ok(None);
            }
            let read = spawn_blocking(move || {
                let file = file.map_or_else(|| File::open(path), Ok)?;
                let mut buffer = pool.take();
                let wanted = usize::try_from(end - at).unwrap_or(PIECE).min(PIECE);
                buffer.resize(wanted, 0);
                file.read_exact_at(&mut buffer, at)?;
                io::Result::Ok((file, pool.lend(buffer)))
            });
            let (file, piece) = read.await.map_err(io::Error::other)??;
            let at = at + piece.len() as u64;
            Ok(Some((piece, (Some(file), at, end))))
        }
    });
    pieces.boxed()
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
    let mut pieces = origin.pieces(Arc::default());
    while let Some(piece) = pieces.next().await {
        let piece = piece?;
        if wire.send(Ok(piece.clone())).await.is_err() {
            return Ok(());
        }
        if sent.is_some() {
            hasher.update_aside(piece, || Ok(())).await?;
        }
    }
    if let Some(sent) = sent {
        let digests = Some(hasher.finish());
        *sent.lock().unwrap_or_else(PoisonError::into_inner) = digests;
    }
    Ok(())
}
