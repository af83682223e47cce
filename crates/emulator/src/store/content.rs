//! What an object gives out: its own bytes, or those of the objects that it joins, a piece after the other.

use std::io::{self, BufWriter, IntoInnerError, Read as _, Seek as _, SeekFrom, Write};

use bytes::Bytes;
use futures_util::stream::{self, StreamExt as _, TryStreamExt as _};
use http_body_util::{BodyExt, StreamBody};
use hyper::body::Frame;
use tokio::io::AsyncReadExt as _;
use tokio_util::io::ReaderStream;

use super::range::Span;
use crate::Body;
use crate::blobs::{BlobId, BlobSource, Blobs};
use crate::body::{empty, full};

/// How much of a file is read at once.
const CHUNK: usize = 128 * 1024;

/// A part of a content in the pool, or bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Piece {
    Blob(BlobId, Span),
    Bytes(Bytes),
}

impl Piece {
    fn len(&self) -> u64 {
        match self {
            Self::Blob(_, (first, end)) => end - first,
            Self::Bytes(bytes) => bytes.len() as u64,
        }
    }

    /// The part of it between two of its bytes.
    fn cut(&self, first: u64, end: u64) -> Self {
        match self {
            Self::Blob(blob, (start, _)) => Self::Blob(blob.clone(), (start + first, start + end)),
            Self::Bytes(bytes) => {
                let at = |offset: u64| {
                    usize::try_from(offset)
                        .unwrap_or(usize::MAX)
                        .min(bytes.len())
                };
                Self::Bytes(bytes.slice(at(first)..at(end)))
            }
        }
    }
}

/// Bytes in their order.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Content {
    pieces: Vec<Piece>,
}

impl Content {
    /// A part of a content in the pool, as far as it reaches.
    pub(super) fn part(blob: &BlobId, (first, end): Span) -> Self {
        let end = end.min(blob.len);
        let piece = (first < end).then(|| Piece::Blob(blob.clone(), (first, end)));
        Self {
            pieces: piece.into_iter().collect(),
        }
    }

    /// How many there are.
    pub(super) fn len(&self) -> u64 {
        self.pieces.iter().map(Piece::len).sum()
    }

    /// Of how many pieces it is made.
    pub(super) fn pieces(&self) -> usize {
        self.pieces.len()
    }

    /// Whether there are none.
    pub(super) fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Adds another behind.
    pub(super) fn append(&mut self, other: Self) {
        self.pieces.extend(other.pieces);
    }

    /// Adds bytes behind.
    pub(super) fn push(&mut self, bytes: impl Into<Bytes>) {
        self.pieces.push(Piece::Bytes(bytes.into()));
    }

    /// A part of it.
    pub(super) fn span(&self, (first, end): Span) -> Self {
        let mut pieces = Vec::new();
        let mut at = 0;
        for piece in &self.pieces {
            let (from, to) = (first.max(at), end.min(at + piece.len()));
            if from < to {
                pieces.push(piece.cut(from - at, to - at));
            }
            at += piece.len();
        }
        Self { pieces }
    }

    /// Writes its bytes.
    fn write(&self, blobs: &Blobs, out: &mut impl Write) -> io::Result<()> {
        for piece in &self.pieces {
            match piece {
                Piece::Bytes(bytes) => out.write_all(bytes)?,
                Piece::Blob(blob, (first, end)) => {
                    let mut from = blobs.open(blob)?;
                    from.seek(SeekFrom::Start(*first))?;
                    io::copy(&mut from.take(end - first), out)?;
                }
            }
        }
        Ok(())
    }

    /// Itself as one content in the pool, written where it is not one already.
    pub(super) fn keep(&self, blobs: &mut Blobs) -> io::Result<BlobId> {
        if let [Piece::Blob(blob, span)] = self.pieces.as_slice()
            && *span == (0, blob.len)
        {
            return Ok(blob.clone());
        }
        let mut out = BufWriter::new(blobs.spool());
        self.write(blobs, &mut out)?;
        blobs.take(out.into_inner().map_err(IntoInnerError::into_error)?)
    }

    /// Its bytes as a body. The first file is open from now on, whatever becomes of its name.
    pub(super) fn body(self, blobs: &Blobs) -> io::Result<Body> {
        let mut sources = Vec::with_capacity(self.pieces.len());
        for piece in self.pieces {
            sources.push(match piece {
                Piece::Bytes(bytes) => Source::Bytes(bytes),
                Piece::Blob(blob, span) => match blobs.path_or_bytes(&blob) {
                    BlobSource::Bytes(bytes) => {
                        let at =
                            |it: u64| usize::try_from(it).unwrap_or(usize::MAX).min(bytes.len());
                        Source::Bytes(bytes.slice(at(span.0)..at(span.1)))
                    }
                    BlobSource::Path(path) => Source::File(path, span),
                },
            });
        }
        let mut sources = sources.into_iter();
        let Some(first) = sources.next() else {
            return Ok(empty());
        };
        let first = first.open()?;
        if sources.len() == 0 {
            return Ok(first);
        }
        let rest = sources.map(|source| {
            source.open().unwrap_or_else(|error| {
                let failed = stream::iter([Err::<Frame<Bytes>, _>(error)]);
                BodyExt::boxed(StreamBody::new(failed))
            })
        });
        let frames =
            stream::iter([first].into_iter().chain(rest)).flat_map(http_body_util::BodyStream::new);
        Ok(BodyExt::boxed(StreamBody::new(frames)))
    }
}

enum Source {
    Bytes(Bytes),
    File(std::path::PathBuf, Span),
}

impl Source {
    fn open(self) -> io::Result<Body> {
        match self {
            Self::Bytes(bytes) => Ok(full(bytes)),
            Self::File(path, (first, end)) => {
                let mut file = fs_err::File::open(path)?.into_parts().0;
                file.seek(SeekFrom::Start(first))?;
                let file = tokio::fs::File::from_std(file).take(end - first);
                let chunks = ReaderStream::with_capacity(file, CHUNK).map_ok(Frame::data);
                Ok(BodyExt::boxed(StreamBody::new(chunks)))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    async fn read(content: Content, blobs: &Blobs) -> Bytes {
        let body = content.body(blobs).unwrap();
        body.collect().await.unwrap().to_bytes()
    }

    proptest! {
        #[test]
        fn a_span_is_what_it_is_of_the_whole(
            parts in prop::collection::vec(prop::collection::vec(any::<u8>(), 0..9), 0..6),
            first in 0..40u64,
            len in 0..40u64,
        ) {
            let mut blobs = Blobs::temporary().unwrap();
            let mut content = Content::default();
            for (at, part) in parts.iter().enumerate() {
                if at % 2 == 0 {
                    let blob = blobs.put(part).unwrap();
                    content.append(Content::part(&blob, (0, blob.len)));
                } else {
                    content.push(part.clone());
                }
            }
            let whole = parts.concat();
            prop_assert_eq!(content.len(), whole.len() as u64);
            let span = content.span((first, first + len));
            let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
            let got = runtime.block_on(read(span, &blobs));
            let at = |it: u64| usize::try_from(it).unwrap().min(whole.len());
            prop_assert_eq!(&got[..], &whole[at(first)..at(first + len)]);
        }
    }
}
