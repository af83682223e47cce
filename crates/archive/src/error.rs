//! Why an archive could not be read to its end.

use std::fmt;
use std::io;

/// Reading stopped before an answer was reached.
///
/// Damage is no error of [`verify`](crate::verify): it is a finding of its answer.
pub struct Error(Box<Inner>);

/// The kind of an [`Error`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum ErrorKind {
    /// The file could not be read: disk, network mount, a file that shrank meanwhile.
    Read,
    /// A limit of [`Limits`](crate::Limits) was passed; the message names it.
    Limit,
    /// No directory of entries could be read ([`names`](crate::names)), or not the one entry that was asked for
    /// ([`one`](crate::one)).
    Damaged,
}

#[derive(Debug, thiserror::Error)]
pub(crate) enum Inner {
    #[error("the archive could not be read")]
    Read(#[source] io::Error),
    #[error("the archive holds {found} entries, more than the limit `entries` of {limit}")]
    Entries { found: u64, limit: u64 },
    #[error(
        "the archive's directory takes {found} bytes, more than the limit `directory_bytes` of {limit}"
    )]
    Directory { found: u64, limit: u64 },
    #[error(
        "the archive unpacks to more than the limit `total_bytes` of {limit} bytes (at {entry})"
    )]
    Total { entry: String, limit: u64 },
    #[error("{entry} unpacks to more than the limit `entry_bytes` of {limit} bytes")]
    Entry { entry: String, limit: u64 },
    #[error("{entry} unpacks to more than {limit} times its packed size, the limit `ratio`")]
    Ratio { entry: String, limit: u64 },
    #[error(
        "the archive and the zips inside it hold more entries than the limit `all_entries` of {limit}"
    )]
    AllEntries { limit: u64 },
    #[error("{place} lies deeper than the limit `depth` of {limit} zips inside each other")]
    Depth { place: String, limit: u64 },
    #[error("{place} is a zip of more than the limit `nested_bytes` of {limit} bytes")]
    Nested { place: String, limit: u64 },
    #[error("the archive holds more zips than the limit `containers` of {limit}")]
    Containers { limit: u64 },
    #[error("the archive has no readable directory: {0}")]
    Damaged(String),
    #[error("{place}: {flaw}")]
    DamagedEntry { place: String, flaw: String },
}

impl Error {
    /// What kind of obstacle it was.
    pub fn kind(&self) -> ErrorKind {
        match *self.0 {
            Inner::Read(_) => ErrorKind::Read,
            Inner::Damaged(_) | Inner::DamagedEntry { .. } => ErrorKind::Damaged,
            Inner::Entries { .. }
            | Inner::Directory { .. }
            | Inner::Total { .. }
            | Inner::Entry { .. }
            | Inner::Ratio { .. }
            | Inner::AllEntries { .. }
            | Inner::Depth { .. }
            | Inner::Nested { .. }
            | Inner::Containers { .. } => ErrorKind::Limit,
        }
    }

    /// Whether a limit stopped the reading.
    pub fn is_limit(&self) -> bool {
        self.kind() == ErrorKind::Limit
    }

    /// Whether the file itself could not be read.
    pub fn is_read(&self) -> bool {
        self.kind() == ErrorKind::Read
    }
}

impl From<Inner> for Error {
    fn from(inner: Inner) -> Self {
        Self(Box::new(inner))
    }
}

impl From<io::Error> for Error {
    fn from(error: io::Error) -> Self {
        Inner::Read(error).into()
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.0, f)
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.0, f)
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        std::error::Error::source(&*self.0)
    }
}
