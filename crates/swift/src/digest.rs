//! Digests of what went by.

use std::io;

use bytes::Bytes;
use md5::Md5;
use sha2::{Digest, Sha256};
use tokio::task::spawn_blocking;

/// Size and digests of a whole body, hex in lower case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Digests {
    /// Number of bytes.
    pub bytes: u64,
    /// MD5: what upstream Swift's `ETag` is.
    pub md5: String,
    /// SHA-256: what two copies are compared by.
    pub sha256: String,
}

impl Digests {
    /// Reads `source` to its end, in pieces of 256 KiB.
    pub fn of(mut source: impl io::Read) -> io::Result<Self> {
        let mut hasher = Hasher::default();
        let mut piece = vec![0; 256 * 1024];
        loop {
            let read = source.read(&mut piece)?;
            match piece.get(..read) {
                Some([]) | None => return Ok(hasher.finish()),
                Some(read) => hasher.update(read),
            }
        }
    }
}

/// Takes a body in pieces.
#[derive(Clone, Default)]
pub(crate) struct Hasher {
    bytes: u64,
    md5: Rolling<Md5>,
    sha256: Rolling<Sha256>,
}

impl Hasher {
    pub(crate) fn update(&mut self, piece: &[u8]) {
        self.bytes += piece.len() as u64;
        self.md5.0.update(piece);
        self.sha256.0.update(piece);
    }

    /// Takes pieces on threads where blocking is allowed: one digest beside the other, for MD5 takes twice as long.
    ///
    /// `with` is done beside MD5, too, before SHA-256: on threads of this kind each change costs.
    pub(crate) async fn update_aside(
        &mut self,
        piece: Bytes,
        with: impl FnOnce() -> io::Result<()> + Send + 'static,
    ) -> io::Result<()> {
        self.bytes += piece.len() as u64;
        let md5 = self.md5.update_aside(piece.clone(), || Ok(()));
        tokio::try_join!(md5, self.sha256.update_aside(piece, with))?;
        Ok(())
    }

    pub(crate) fn finish(self) -> Digests {
        Digests {
            bytes: self.bytes,
            md5: self.md5.finish(),
            sha256: self.sha256.finish(),
        }
    }
}

/// One digest.
#[derive(Clone, Default)]
pub(crate) struct Rolling<D>(D);

impl<D: Digest + Default + Send + 'static> Rolling<D> {
    pub(crate) async fn update_aside(
        &mut self,
        piece: Bytes,
        with: impl FnOnce() -> io::Result<()> + Send + 'static,
    ) -> io::Result<()> {
        let mut digest = std::mem::take(&mut self.0);
        let taken = spawn_blocking(move || {
            with()?;
            digest.update(&piece);
            io::Result::Ok(digest)
        });
        self.0 = taken.await.map_err(io::Error::other)??;
        Ok(())
    }

    pub(crate) fn finish(self) -> String {
        hex(&self.0.finalize())
    }
}

/// The MD5 of a few bytes, in hex.
pub(crate) fn md5(bytes: &[u8]) -> String {
    hex(&Md5::digest(bytes))
}

pub(crate) fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write as _;
    bytes.iter().fold(String::new(), |mut text, byte| {
        // Writing to a String cannot fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn known_digests() {
        let mut hasher = Hasher::default();
        hasher.update(b"abc");
        let digests = hasher.finish();
        assert_eq!(digests.bytes, 3);
        assert_eq!(digests.md5, "900150983cd24fb0d6963f7d28e17f72");
        assert_eq!(
            digests.sha256,
            "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
        );
    }

    #[test]
    fn a_reader_is_read_to_its_end() {
        let digests = Digests::of(&b"abc"[..]).unwrap();
        assert_eq!(digests.md5, "900150983cd24fb0d6963f7d28e17f72");
    }

    proptest! {
        #[test]
        fn pieces_do_not_matter(body: Vec<u8>, cut in 0usize..200) {
            let cut = cut.min(body.len());
            let (head, tail) = body.split_at(cut);
            let mut whole = Hasher::default();
            whole.update(&body);
            let mut pieces = Hasher::default();
            pieces.update(head);
            pieces.update(tail);
            prop_assert_eq!(whole.finish(), pieces.finish());
        }
    }
}
