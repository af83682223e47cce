//! What a transfer tells while it goes on.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

/// What a transfer tells while it goes on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Told {
    /// How many bytes there are in all.
    Size(u64),
    /// So many more bytes moved.
    Bytes(u64),
    /// So many bytes were there already, from an earlier try.
    Resumed(u64),
    /// It begins again: what moved so far counts no more.
    Anew,
    /// Something worth knowing.
    Note(String),
}

/// Where that goes.
pub type Tell = Arc<dyn Fn(Told) + Send + Sync>;

/// Counts what moves, and tells it.
#[derive(Clone)]
pub(crate) struct Moved {
    bytes: Arc<AtomicU64>,
    tell: Tell,
}

impl Moved {
    pub(crate) fn new(tell: &Tell) -> Self {
        Self {
            bytes: Arc::default(),
            tell: Arc::clone(tell),
        }
    }

    pub(crate) fn add(&self, bytes: usize) {
        self.bytes.fetch_add(bytes as u64, Ordering::Relaxed);
        (self.tell)(Told::Bytes(bytes as u64));
    }

    /// All bytes so far.
    pub(crate) fn count(&self) -> &AtomicU64 {
        &self.bytes
    }

    pub(crate) fn tell(&self, told: Told) {
        (self.tell)(told);
    }

    pub(crate) fn note(&self, text: impl Into<String>) {
        self.tell(Told::Note(text.into()));
    }
}

impl fmt::Debug for Moved {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Moved")
            .field("bytes", &self.bytes)
            .finish_non_exhaustive()
    }
}
