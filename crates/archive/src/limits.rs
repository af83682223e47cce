//! How much an archive may cost its reader.

use crate::error::{Error, Inner};

/// Below this size the ratio says nothing: a page of blanks packs well too.
const RATIO_FREE: u64 = 1024 * 1024;

/// What is read at most of one archive.
///
/// The defaults leave a wide margin over what was seen in real exports (at most 10.4 MB unpacked in a
/// container, 4.6 MB in an entry, 39:1); real whole-instance archives have not been seen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Limits {
    /// Bytes that all entries together may really produce (8 GiB).
    pub total_bytes: u64,
    /// Bytes that one entry may really produce (512 MiB).
    pub entry_bytes: u64,
    /// How many times its packed size an entry may produce, once it produced more than 1 MiB (200).
    pub ratio: u64,
    /// Entries of the archive (500,000).
    pub entries: u64,
    /// Bytes of the central directory, which is kept in memory (256 MiB).
    pub directory_bytes: u64,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            total_bytes: 8 * 1024 * 1024 * 1024,
            entry_bytes: 512 * 1024 * 1024,
            ratio: 200,
            entries: 500_000,
            directory_bytes: 256 * 1024 * 1024,
        }
    }
}

/// Counts the bytes that were really produced, never the ones that headers promise.
#[derive(Debug)]
pub(crate) struct Budget<'a> {
    limits: &'a Limits,
    total: u64,
}

impl<'a> Budget<'a> {
    pub(crate) fn new(limits: &'a Limits) -> Self {
        Self { limits, total: 0 }
    }

    /// All bytes produced so far.
    pub(crate) fn total(&self) -> u64 {
        self.total
    }

    /// `more` bytes came out of an entry of `packed` bytes, which makes `produced` of it so far.
    pub(crate) fn spend(
        &mut self,
        entry: &str,
        packed: u64,
        produced: u64,
        more: u64,
    ) -> Result<(), Error> {
        self.total = self.total.saturating_add(more);
        let entry = || entry.to_owned();
        if produced > self.limits.entry_bytes {
            let limit = self.limits.entry_bytes;
            return Err(Inner::Entry {
                entry: entry(),
                limit,
            }
            .into());
        }
        if produced > RATIO_FREE && produced > packed.saturating_mul(self.limits.ratio) {
            let limit = self.limits.ratio;
            return Err(Inner::Ratio {
                entry: entry(),
                limit,
            }
            .into());
        }
        if self.total > self.limits.total_bytes {
            let limit = self.limits.total_bytes;
            return Err(Inner::Total {
                entry: entry(),
                limit,
            }
            .into());
        }
        Ok(())
    }
}
