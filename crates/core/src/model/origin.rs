use std::fmt;

use serde::{Deserialize, Serialize};

/// Where a fact is known from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Origin {
    /// Read in an archive.
    Archive,
    /// Told by an instance.
    Live,
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Archive => "archive",
            Self::Live => "live",
        })
    }
}
