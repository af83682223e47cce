//! Carrying an object from one bucket to another.

use std::io;
use std::time::Duration;

use bytes::Bytes;
use ferry_core::ids::ObjectName;
use futures_util::StreamExt as _;
use futures_util::future::join;
use futures_util::stream;
use tokio::sync::mpsc;

use crate::bucket::Bucket;
use crate::digest::Digests;
use crate::download::Download;
use crate::error::{Error, ErrorKind, Subject};
use crate::object::{Source, Stored, md5_of};

/// Pieces between reader and writer: the bound of the memory a transfer takes.
const PIECES: usize = 4;
const PIECE: usize = 256 << 10;
/// A transfer whose line breaks starts again this many times.
const REPEATS: u32 = 2;
const PAUSE: Duration = Duration::from_millis(500);

/// Copies an object into another bucket, each side with its own sign-in, streamed through bounded memory.
///
/// The copy is verified where it lies: by its `ETag` and size, or, where the `ETag` is no MD5, by reading it
/// back. A copy that differs is removed, and the error is [`ErrorKind::Damaged`]. A broken line starts
/// the transfer again from the beginning, twice at most. An object of that name is replaced.
pub async fn carry(
    from: &Bucket,
    name: &ObjectName,
    to: &Bucket,
    to_name: &ObjectName,
) -> Result<Digests, Error> {
    let subject = Subject {
        doing: "carrying",
        object: Some(name),
    };
    if from.url() == to.url() && name == to_name {
        let why = "it would be copied onto itself";
        return Err(Error::new(ErrorKind::Other, from, &subject, why));
    }
    let mut repeats = 0;
    loop {
        match once(from, name, to, to_name).await {
            Err(error) if error.is_unavailable() && repeats < REPEATS => {
                repeats += 1;
                tokio::time::sleep(PAUSE * repeats).await;
            }
            done => return done,
        }
    }
}

async fn once(
    from: &Bucket,
    name: &ObjectName,
    to: &Bucket,
    to_name: &ObjectName,
) -> Result<Digests, Error> {
    let download = from.get(name, None).await?;
    let len = download.info.bytes;
    let (sender, receiver) = mpsc::channel(PIECES);
    let stream = stream::unfold(receiver, |mut receiver| async move {
        let piece: Option<Result<Bytes, io::Error>> = receiver.recv().await;
        piece.map(|piece| (piece, receiver))
    });
    let source = Source::Stream {
        stream: stream.boxed(),
        len: Some(len),
    };
    let (read, stored) = join(read(download, sender), to.upload(to_name, source, false)).await;
    let read = match read {
        Err(Stopped::Failed(error)) => return Err(error),
        // The writer ended first, so nobody was left to read for: the writer's word counts.
        Err(Stopped::Unread) => None,
        Ok(digests) => Some(digests),
    };
    // From here on there is a copy of our own making: where it is not whole, it goes.
    let stored = stored?;
    let verified = verify(to, to_name, &stored, read.as_ref()).await;
    if verified
        .as_ref()
        .is_err_and(|error| error.kind() == ErrorKind::Damaged)
    {
        // The damage is the fault to tell of, whether or not the removal succeeds.
        let _ = to.delete(to_name).await;
    }
    verified.map(|()| stored.digests)
}

enum Stopped {
    Unread,
    Failed(Error),
}

/// Reads to the end. The last piece goes on only after the whole was checked, so that bytes that were
/// damaged on the way here never become an object.
async fn read(
    mut download: Download,
    sender: mpsc::Sender<Result<Bytes, io::Error>>,
) -> Result<Digests, Stopped> {
    let mut last = Bytes::new();
    loop {
        match download.chunk().await {
            Ok(Some(mut chunk)) => {
                while !chunk.is_empty() {
                    let piece = chunk.split_to(PIECE.min(chunk.len()));
                    let before = std::mem::replace(&mut last, piece);
                    if !before.is_empty() && sender.send(Ok(before)).await.is_err() {
                        return Err(Stopped::Unread);
                    }
                }
            }
            Ok(None) => break,
            Err(error) => return give_up(&sender, error).await,
        }
    }
    match download.finish() {
        Ok(digests) => {
            if !last.is_empty() && sender.send(Ok(last)).await.is_err() {
                return Err(Stopped::Unread);
            }
            Ok(digests)
        }
        Err(error) => give_up(&sender, error).await,
    }
}

/// An upload without its end must not look like a whole one.
async fn give_up(
    sender: &mpsc::Sender<Result<Bytes, io::Error>>,
    error: Error,
) -> Result<Digests, Stopped> {
    let told = io::Error::other("the source of the copy broke off");
    let _ = sender.send(Err(told)).await;
    Err(Stopped::Failed(error))
}

/// Looks at the copy where it lies.
async fn verify(
    to: &Bucket,
    name: &ObjectName,
    stored: &Stored,
    read: Option<&Digests>,
) -> Result<(), Error> {
    let subject = Subject {
        doing: "verifying",
        object: Some(name),
    };
    let damaged = || {
        let why = "the copy differs from the original";
        Error::new(ErrorKind::Damaged, to, &subject, why)
    };
    if read != Some(&stored.digests) {
        return Err(damaged());
    }
    let there = to.head(name).await?;
    if there.bytes != stored.digests.bytes {
        return Err(damaged());
    }
    match md5_of(there.etag.as_deref()) {
        Some(md5) if md5 == stored.digests.md5 => Ok(()),
        Some(_) => Err(damaged()),
        None => {
            let mut copy = to.get(name, there.etag.as_deref()).await?;
            while copy.chunk().await?.is_some() {}
            if copy.finish()?.sha256 == stored.digests.sha256 {
                Ok(())
            } else {
                Err(damaged())
            }
        }
    }
}
