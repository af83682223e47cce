//! How much an archive may cost its reader.

use std::sync::atomic::{AtomicU64, Ordering};

use serde::{Deserialize, Serialize};

use crate::error::{Error, Inner};

/// Below this size the ratio says nothing: a page of blanks packs well too.
const RATIO_FREE: u64 = 1024 * 1024;

/// What is read at most of one archive.
///
/// The defaults leave a wide margin over what was seen in real exports (at most 10.4 MB unpacked in a
/// container, 4.6 MB in an entry, 39:1); real whole-instance archives have not been seen.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, rename_all = "kebab-case")]
pub struct Limits {
    /// Bytes that all entries together may really produce (8 GiB).
    pub total_bytes: u64,
    /// Bytes that one entry may really produce (512 MiB).
    pub entry_bytes: u64,
    /// How many times its packed size an entry may produce, once it produced more than 1 MiB (200).
    pub ratio: u64,
    /// Entries of one zip (500,000).
    pub entries: u64,
    /// Bytes of the central directory, which is kept in memory (256 MiB).
    pub directory_bytes: u64,
    /// Entries of the archive and of all zips inside it together (5,000,000).
    pub all_entries: u64,
    /// Zips inside each other, the outermost counted (5; real ones have 3).
    pub depth: u64,
    /// Bytes of one zip inside another, which is opened in memory (256 MiB).
    pub nested_bytes: u64,
    /// Zips that are opened in all (200,000).
    pub containers: u64,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            total_bytes: 8 * 1024 * 1024 * 1024,
            entry_bytes: 512 * 1024 * 1024,
            ratio: 200,
            entries: 500_000,
            directory_bytes: 256 * 1024 * 1024,
            all_entries: 5_000_000,
            depth: 5,
            nested_bytes: 256 * 1024 * 1024,
            containers: 200_000,
        }
    }
}

impl Limits {
    /// The limits by the names that errors give them.
    pub const NAMES: [&str; 9] = [
        "total_bytes",
        "entry_bytes",
        "ratio",
        "entries",
        "directory_bytes",
        "all_entries",
        "depth",
        "nested_bytes",
        "containers",
    ];

    /// Sets a limit by its name; `None` where none is called so.
    pub fn set(&mut self, name: &str, value: u64) -> Option<()> {
        let limit = match name {
            "total_bytes" => &mut self.total_bytes,
            "entry_bytes" => &mut self.entry_bytes,
            "ratio" => &mut self.ratio,
            "entries" => &mut self.entries,
            "directory_bytes" => &mut self.directory_bytes,
            "all_entries" => &mut self.all_entries,
            "depth" => &mut self.depth,
            "nested_bytes" => &mut self.nested_bytes,
            "containers" => &mut self.containers,
            _ => return None,
        };
        *limit = value;
        Some(())
    }
}

/// Counts what was really produced and opened, never what headers promise. One for all zips inside each other, and for
/// all threads.
#[derive(Debug)]
pub(crate) struct Budget<'a> {
    limits: &'a Limits,
    total: AtomicU64,
    entries: AtomicU64,
    containers: AtomicU64,
}

impl<'a> Budget<'a> {
    pub(crate) fn new(limits: &'a Limits) -> Self {
        Self {
            limits,
            total: AtomicU64::new(0),
            entries: AtomicU64::new(0),
            containers: AtomicU64::new(0),
        }
    }

    pub(crate) fn limits(&self) -> &'a Limits {
        self.limits
    }

    /// All bytes produced so far.
    pub(crate) fn total(&self) -> u64 {
        self.total.load(Ordering::Relaxed)
    }

    /// All entries so far.
    pub(crate) fn entries(&self) -> u64 {
        self.entries.load(Ordering::Relaxed)
    }

    /// All zips opened so far.
    pub(crate) fn containers(&self) -> u64 {
        self.containers.load(Ordering::Relaxed)
    }

    /// A zip is opened that lies `depth` deep; the outermost lies 1 deep.
    pub(crate) fn open(&self, place: &str, depth: u64) -> Result<(), Error> {
        let found = add(&self.containers, 1);
        if depth > self.limits.depth {
            let limit = self.limits.depth;
            let place = place.to_owned();
            return Err(Inner::Depth { place, limit }.into());
        }
        if found > self.limits.containers {
            let limit = self.limits.containers;
            return Err(Inner::Containers { limit }.into());
        }
        Ok(())
    }

    /// `more` entries were listed in a directory.
    pub(crate) fn list(&self, more: u64) -> Result<(), Error> {
        if add(&self.entries, more) > self.limits.all_entries {
            let limit = self.limits.all_entries;
            return Err(Inner::AllEntries { limit }.into());
        }
        Ok(())
    }

    /// `more` bytes came out of an entry of `packed` bytes, which makes `produced` of it so far.
    pub(crate) fn spend(
        &self,
        entry: &dyn Fn() -> String,
        packed: u64,
        produced: u64,
        more: u64,
    ) -> Result<(), Error> {
        let total = add(&self.total, more);
        if produced > self.limits.entry_bytes {
            let limit = self.limits.entry_bytes;
            let entry = entry();
            return Err(Inner::Entry { entry, limit }.into());
        }
        if produced > RATIO_FREE && produced > packed.saturating_mul(self.limits.ratio) {
            let limit = self.limits.ratio;
            let entry = entry();
            return Err(Inner::Ratio { entry, limit }.into());
        }
        if total > self.limits.total_bytes {
            let limit = self.limits.total_bytes;
            let entry = entry();
            return Err(Inner::Total { entry, limit }.into());
        }
        Ok(())
    }
}

/// The sum, which never turns over: no archive has so many bytes.
fn add(to: &AtomicU64, more: u64) -> u64 {
    to.fetch_add(more, Ordering::Relaxed).saturating_add(more)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_limit_can_be_set_by_its_name() {
        let mut limits = Limits::default();
        for name in Limits::NAMES {
            limits.set(name, 7).unwrap();
        }
        let all = format!("{limits:?}");
        assert_eq!(all.matches(": 7").count(), Limits::NAMES.len(), "{all}");
        assert_eq!(all.matches(':').count(), Limits::NAMES.len(), "{all}");
        assert_eq!(limits.set("speed", 1), None);
    }
}
