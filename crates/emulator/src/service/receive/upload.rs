//! An object's body: the last piece is digested and written down while the next one comes.

use std::io;
use std::mem::take;

use bytes::Bytes;
use hyper::body::Body as _;

use super::{Broken, next};
use crate::Body;
use crate::blobs::{Busy, Spool};

/// How many bytes are digested and written down at once.
const BATCH: usize = 256 * 1024;

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
    let (mut batch, mut waiting, mut read) = (Vec::new(), 0, 0_u64);
    loop {
        let frame = next(body).await?;
        let ended = frame.is_none();
        if let Some(bytes) = frame.and_then(|frame| frame.into_data().ok()) {
            read = read.saturating_add(bytes.len() as u64);
            if read > limit {
                return Err(Broken::Endless);
            }
            if full_disk.is_some_and(|most| read > most) {
                return Err(Broken::Disk(io::ErrorKind::StorageFull.into()));
            }
            waiting += bytes.len();
            batch.push(bytes);
        }
        if waiting >= BATCH || ended {
            let spool = busy.done().await.map_err(Broken::Disk)?;
            busy = spool.take_in(take::<Vec<Bytes>>(&mut batch));
            waiting = 0;
        }
        if ended {
            break;
        }
    }
    let spool = busy.done().await.map_err(Broken::Disk)?;
    spool.sync().await.map_err(Broken::Disk)
}
