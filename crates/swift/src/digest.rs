//! Digests of what went by.

use std::io;

use md5::Md5;
use sha2::{Digest, Sha256};

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

/// Both digests take blocks of this length.
const BLOCK: usize = 64;

/// Takes a body in pieces.
#[derive(Clone, Default)]
pub(crate) struct Hasher {
    bytes: u64,
    md5: Md5,
    sha256: Sha256,
}

impl Hasher {
    pub(crate) fn update(&mut self, piece: &[u8]) {
        self.bytes += piece.len() as u64;
        // Block by block in turn: MD5 waits for itself most of the time, and SHA-256 fits in between.
        for block in piece.chunks(BLOCK) {
            self.md5.update(block);
            self.sha256.update(block);
        }
    }

    /// The MD5 of what came since the last cut, or the beginning; the SHA-256 goes on.
    pub(crate) fn cut(&mut self) -> String {
        hex(&std::mem::take(&mut self.md5).finalize())
    }

    pub(crate) fn finish(self) -> Digests {
        Digests {
            bytes: self.bytes,
            md5: hex(&self.md5.finalize()),
            sha256: hex(&self.sha256.finalize()),
        }
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
            let mut cut = whole.clone();
            prop_assert_eq!(cut.cut(), md5(&body));
            cut.update(b"more");
            prop_assert_eq!(cut.cut(), md5(b"more"));
            prop_assert_eq!(whole.finish(), pieces.finish());
        }
    }
}
