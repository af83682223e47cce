//! Buffers that are used again once nobody reads them any more.

use std::sync::{Mutex, PoisonError};

use bytes::{Bytes, BytesMut};

/// What is read, digested and written in one go: large enough that changing threads costs little, small enough for a
/// transfer of a few MiB.
pub(crate) const PIECE: usize = 512 << 10;

/// So many there are; who needs more at once gets fresh ones. What was never used takes no memory.
const KEPT: usize = 24;

/// Keeps a hold on each buffer that it lent: one that it alone holds is free.
#[derive(Debug)]
pub(crate) struct Pool(Mutex<Vec<Bytes>>);

impl Default for Pool {
    /// With its buffers made at once, on one thread: each thread that makes some holds on to memory of its own.
    fn default() -> Self {
        let buffers = (0..KEPT).map(|_| BytesMut::zeroed(PIECE).freeze());
        Self(Mutex::new(buffers.collect()))
    }
}

impl Pool {
    /// A buffer with room for a [`PIECE`]; what it holds is of no meaning.
    pub(crate) fn take(&self) -> BytesMut {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        // The first that is free, so that few are ever used.
        let free = kept.iter().position(Bytes::is_unique);
        let free = free.map(|at| kept.remove(at).try_into_mut());
        match free {
            Some(Ok(buffer)) => buffer,
            Some(Err(_)) | None => BytesMut::with_capacity(PIECE),
        }
    }

    /// Gives a filled buffer to whoever reads it.
    pub(crate) fn lend(&self, buffer: BytesMut) -> Bytes {
        let piece = buffer.freeze();
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if kept.len() < KEPT {
            kept.insert(0, piece.clone());
        }
        piece
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_buffer_is_free_when_its_reader_is_done() {
        let pool = Pool::default();
        let mut buffer = pool.take();
        buffer.clear();
        buffer.extend_from_slice(b"one");
        let first = pool.lend(buffer);
        let at = first.as_ptr();
        let others: Vec<Bytes> = (0..=KEPT).map(|_| pool.take().freeze()).collect();
        assert!(others.iter().all(|other| other.as_ptr() != at));
        drop(first);
        let again = pool.take();
        assert_eq!(again.as_ptr(), at);
        assert_eq!(&again[..], b"one");
        assert!(again.capacity() >= PIECE);
    }
}
