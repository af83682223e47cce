//! The canonical form as a digest.

use sha2::{Digest, Sha256};

use super::error::XmlError;
use super::read::{Sink, read};

/// Pieces are gathered before they are digested: most are a few bytes long.
const GATHERED: usize = 16 * 1024;

/// What the canonical form of a document digests to.
pub(crate) fn xml_digest(bytes: &[u8]) -> Result<[u8; 32], XmlError> {
    let mut sink = DigestSink {
        sha: Sha256::new(),
        gathered: Vec::with_capacity(GATHERED + 1024),
    };
    read(bytes, &mut sink)?;
    sink.sha.update(&sink.gathered);
    Ok(sink.sha.finalize().into())
}

/// Each event begins with a byte that no text holds, so that two different documents never write the same bytes.
struct DigestSink {
    sha: Sha256,
    gathered: Vec<u8>,
}

impl DigestSink {
    fn put(&mut self, kind: u8, number: u32, text: &str) {
        self.gathered.push(kind);
        let mut rest = number;
        loop {
            let [low, ..] = rest.to_le_bytes();
            rest >>= 7;
            if rest == 0 {
                self.gathered.push(low);
                break;
            }
            self.gathered.push(low | 0x80);
        }
        self.put_text(text);
    }

    fn put_text(&mut self, text: &str) {
        self.gathered.extend_from_slice(text.as_bytes());
        if self.gathered.len() >= GATHERED {
            self.sha.update(&self.gathered);
            self.gathered.clear();
        }
    }
}

impl Sink for DigestSink {
    fn namespace(&mut self, number: u32, uri: &str) {
        self.put(0x0f, number, uri);
    }

    fn start(&mut self, ns: u32, local: &str) {
        self.put(0x01, ns, local);
    }

    fn attribute(&mut self, ns: u32, local: &str, value: &str) {
        self.put(0x02, ns, local);
        self.gathered.push(0x03);
        self.put_text(value);
    }

    fn text(&mut self, text: &str) {
        self.gathered.push(0x04);
        self.put_text(text);
    }

    fn end(&mut self) {
        self.gathered.push(0x05);
    }
}
