//! Copying an object from one bucket to another.

use std::io;
use std::time::Duration;

use bytes::Bytes;
use ferry_core::ids::ObjectName;
use futures_util::StreamExt as _;
use futures_util::future::join;
use futures_util::stream;
use tokio::sync::mpsc;

use crate::bucket::Bucket;
use crate::check::clear_away;
use crate::digest::Digests;
use crate::download::Download;
use crate::drive::Lanes;
use crate::error::{Error, ErrorKind, Subject};
use crate::object::md5_of;
use crate::store::{Source, Stored, Storing, store};
use crate::tell::{Tell, Told};

/// Pieces between reader and writer: the bound of the memory a transfer takes.
const PIECES: usize = 4;
const PIECE: usize = 256 << 10;
/// A transfer whose line breaks starts again this many times.
const REPEATS: u32 = 2;
const PAUSE: Duration = Duration::from_millis(500);

/// What a copy came to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Copied {
    /// Its size in bytes.
    pub bytes: u64,
    /// SHA-256 of what went over the wire, lower-case hex; `None` where the server copied by itself.
    pub sha256: Option<String>,
}

/// Copies an object into another bucket, each side with its own sign-in, and checks the copy where it lies. An object of
/// that name is replaced.
///
/// Where both are buckets of one server and [`Features::copy`](crate::Features::copy) says that it can, the server copies
/// by itself. Else the bytes are streamed through bounded memory, and a broken line starts the transfer again from the
/// beginning, twice at most. A copy that differs is removed: [`ErrorKind::Damaged`].
pub async fn copy(
    from: &Bucket,
    name: &ObjectName,
    to: &Bucket,
    to_name: &ObjectName,
    how: &Storing,
    tell: &Tell,
) -> Result<Copied, Error> {
    let subject = Subject {
        doing: "copying",
        object: Some(name),
    };
    if from.url() == to.url() && name == to_name {
        let why = "it would be copied onto itself";
        return Err(Error::new(ErrorKind::Other, from, &subject, why));
    }
    let one_server =
        from.url().origin() == to.url().origin() && from.url().namespace() == to.url().namespace();
    if how.features.copy && one_server {
        match on_the_server(from, name, to, to_name, tell).await {
            // Each sign-in is good for its own bucket, and maybe for that alone.
            Err(error) if matches!(error.kind(), ErrorKind::NotFound | ErrorKind::Forbidden) => {}
            Ok(None) => {}
            Ok(Some(copied)) => return Ok(copied),
            Err(error) => return Err(error),
        }
    }
    let mut repeats = 0;
    loop {
        // On the heap: callers hold this in futures of their own, several deep.
        match Box::pin(streamed(from, name, to, to_name, how, tell)).await {
            Err(error) if error.is_unavailable() && repeats < REPEATS => {
                repeats += 1;
                tell(Told::Anew);
                tell(Told::Note(format!("{error}: once more from the beginning")));
                tokio::time::sleep(PAUSE * repeats).await;
            }
            done => return done,
        }
    }
}

/// `None` where the tags are no MD5s: they would prove nothing, and the bytes have not been seen.
async fn on_the_server(
    from: &Bucket,
    name: &ObjectName,
    to: &Bucket,
    to_name: &ObjectName,
    tell: &Tell,
) -> Result<Option<Copied>, Error> {
    let (original, tags) = from.look(name).await?;
    let Some(md5) = tags.md5() else {
        return Ok(None);
    };
    to.copy_here(from, name, to_name).await?;
    let copy = to.head(to_name).await;
    let copy =
        copy.map_err(|error| error.and("the copy was not looked at: do so before it is used"))?;
    let Some(copied) = md5_of(copy.etag.as_deref()) else {
        return Ok(None);
    };
    if copy.bytes != original.bytes || copied != md5 {
        return Err(differs(to, to_name).await);
    }
    tell(Told::Size(copy.bytes));
    tell(Told::Bytes(copy.bytes));
    Ok(Some(Copied {
        bytes: copy.bytes,
        sha256: None,
    }))
}

async fn streamed(
    from: &Bucket,
    name: &ObjectName,
    to: &Bucket,
    to_name: &ObjectName,
    how: &Storing,
    tell: &Tell,
) -> Result<Copied, Error> {
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
    let lanes = Lanes::new(1);
    let stored = store(to, to_name, source, how, &lanes, tell);
    let (read, stored) = join(read(download, sender), stored).await;
    let read = match read {
        Err(Stopped::Failed(error)) => {
            return Err(match stored {
                // It knows what became of what was there.
                Err(upload) => error.and(&upload.to_string()),
                Ok(_) => error,
            });
        }
        // The writer ended first, so nobody was left to read for: the writer's word counts.
        Err(Stopped::Unread) => None,
        Ok(digests) => Some(digests),
    };
    let stored: Stored = stored?;
    if read.is_none_or(|read| read.sha256 != stored.sha256) {
        return Err(differs(to, to_name).await);
    }
    Ok(Copied {
        bytes: stored.bytes,
        sha256: Some(stored.sha256),
    })
}

async fn differs(to: &Bucket, name: &ObjectName) -> Error {
    let subject = Subject {
        doing: "copying to",
        object: Some(name),
    };
    let why = "the copy differs from the original";
    let damaged = Error::new(ErrorKind::Damaged, to, &subject, why);
    clear_away(to, name, damaged).await
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
