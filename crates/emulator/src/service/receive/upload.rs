//! An object's body: the last pieces are digested and written down while the next ones come.

use std::io;
use std::mem::take;

use bytes::{Bytes, BytesMut};
use hyper::body::Body as _;

use super::{Broken, next};
use crate::Body;
use crate::blobs::{Busy, Spool};

/// How many bytes are digested and written down at once.
const BATCH: usize = 1024 * 1024;

/// Pieces of fewer bytes are joined: of one byte each there could be many.
const SMALL: usize = 8 * 1024;

/// Takes a body in, of `limit` bytes at most. `full_disk`: how much still fits, by a fault.
pub(super) async fn upload(
    spool: Spool,
    body: &mut Body,
    limit: u64,
    full_disk: Option<u64>,
) -> Result<Spool, Broken> {
    // What is announced as too long is not waited for.
    if body.size_hint().lower() > limit {
        return Err(Broken::Endless);
    }
    let mut busy = Busy::Done(Box::new(Ok(spool)));
    let mut batch = Batch::default();
    let mut read = 0_u64;
    loop {
        let frame = next(body).await?;
        let ended = frame.is_none();
        if let Some(bytes) = frame.and_then(|frame| frame.into_data().ok()) {
            read = read.saturating_add(bytes.len() as u64);
            if read > limit {
                return Err(Broken::Endless);
            }
            if full_disk.is_some_and(|most| read > most) {
                // What was written is gone before that is told.
                drop(busy.done().await);
                return Err(Broken::Disk(io::ErrorKind::StorageFull.into()));
            }
            batch.push(bytes);
        }
        if batch.len >= BATCH || ended {
            let spool = busy.done().await.map_err(Broken::Disk)?;
            busy = spool.take_in(take(&mut batch).pieces());
        }
        if ended {
            break;
        }
    }
    let spool = busy.done().await.map_err(Broken::Disk)?;
    spool.sync().await.map_err(Broken::Disk)
}

/// What has come and is not yet on its way to the disk.
#[derive(Default)]
struct Batch {
    large: Vec<Bytes>,
    /// The small ones that came last, joined.
    small: BytesMut,
    len: usize,
}

impl Batch {
    fn push(&mut self, bytes: Bytes) {
        self.len += bytes.len();
        if bytes.len() < SMALL {
            self.small.extend_from_slice(&bytes);
        } else {
            self.join();
            self.large.push(bytes);
        }
    }

    fn join(&mut self) {
        if !self.small.is_empty() {
            self.large.push(self.small.split().freeze());
        }
    }

    /// All of it, in its order.
    fn pieces(mut self) -> Vec<Bytes> {
        self.join();
        self.large
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn pieces_keep_their_order_and_are_few(sizes in prop::collection::vec(0..2 * SMALL, 0..40)) {
            let mut batch = Batch::default();
            let mut all = Vec::new();
            for (at, size) in sizes.iter().enumerate() {
                let piece = vec![u8::try_from(at).unwrap(); *size];
                all.extend_from_slice(&piece);
                batch.push(piece.into());
            }
            let large = sizes.iter().filter(|size| **size >= SMALL).count();
            let pieces = batch.pieces();
            prop_assert!(pieces.len() <= 2 * large + 1);
            prop_assert_eq!(pieces.concat(), all);
        }
    }
}
