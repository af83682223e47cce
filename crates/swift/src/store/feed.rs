//! The body of an upload: read ahead of the wire, and digested beside it.

use std::io;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};

use bytes::Bytes;
use futures_util::StreamExt as _;
use futures_util::stream::{self, BoxStream};
use tokio::sync::mpsc;

use super::reader::Reader;
use crate::aside::aside;
use crate::digest::{Digests, Hasher};
use crate::pool::Pool;
use crate::tell::Moved;

/// How many pieces are ahead of the wire.
const AHEAD: usize = 2;

/// Digests of what a body gave, once it has ended.
pub(super) type Sent = Arc<Mutex<Option<Digests>>>;

/// Where the bytes come from.
pub(super) enum Origin {
    /// A part of a file: its path, where the part begins, and how long it is.
    File(PathBuf, u64, u64),
    Stream(BoxStream<'static, io::Result<Bytes>>),
}

/// The pieces of `origin`, read by a task of its own that ends with the stream. Where `sent` is given, they are digested,
/// and `sent` holds the digests before the stream has ended.
pub(super) fn feed(
    origin: Origin,
    moved: Moved,
    sent: Option<Sent>,
    pool: &Arc<Pool>,
) -> BoxStream<'static, io::Result<Bytes>> {
    let (sender, receiver) = mpsc::channel(AHEAD);
    let pool = Arc::clone(pool);
    tokio::spawn(async move {
        if let Err(error) = fill(origin, &sender, sent, &pool).await {
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
    pool: &Arc<Pool>,
) -> io::Result<()> {
    let mut hasher = sent.as_ref().map(|_| Hasher::default());
    match origin {
        Origin::File(path, at, len) => {
            let mut reader = Reader::new(&path, at, len, hasher, pool);
            while let Some(piece) = reader.next().await? {
                if wire.send(Ok(piece)).await.is_err() {
                    return Ok(());
                }
            }
            hasher = reader.hasher().cloned();
        }
        Origin::Stream(mut pieces) => {
            while let Some(piece) = pieces.next().await {
                let piece = piece?;
                if wire.send(Ok(piece.clone())).await.is_err() {
                    return Ok(());
                }
                if let Some(mut digesting) = hasher.take() {
                    hasher = aside(move || {
                        digesting.update(&piece);
                        Ok(Some(digesting))
                    })
                    .await?;
                }
            }
        }
    }
    if let Some(sent) = sent {
        *sent.lock().unwrap_or_else(PoisonError::into_inner) = hasher.map(Hasher::finish);
    }
    Ok(())
}
