//! One artifact with all that it is made of: what the walk gives, and what everything else reads.

use std::collections::BTreeMap;

use ferry_core::model::Identity;

/// Where something lies: `outer!inner!path`, empty for the whole file; unsafe to print as it is.
pub(crate) type Place = String;

/// One artifact.
///
/// Paths are relative to the artifact's own root, so that an integration has the same ones in an `.iar`, a `.car`
/// and a flat archive: `PROJECT-INF/project.xml`, `resources/...`, `info.json`. A connection, a lookup, a schedule is
/// one file, under its base name. Files of a zip inside have `inner.zip!path`.
#[derive(Debug)]
pub(crate) struct Artifact {
    pub(crate) id: Identity,
    pub(crate) place: Place,
    pub(crate) files: BTreeMap<String, File>,
}

impl Artifact {
    /// The place of one of its files.
    pub(crate) fn inside(&self, path: &str) -> Place {
        // What is one file has its path.
        if self.place.ends_with(path) {
            self.place.clone()
        } else {
            format!("{}/{path}", self.place)
        }
    }
}

/// A file of an artifact.
#[derive(Debug)]
pub(crate) enum File {
    /// Its bytes.
    Kept(Vec<u8>),
    /// More than is kept in memory: known by size and digest alone.
    Digest { bytes: u64, sha256: [u8; 32] },
}

impl File {
    /// The bytes, where they were kept.
    pub(crate) fn bytes(&self) -> Option<&[u8]> {
        match self {
            Self::Kept(bytes) => Some(bytes),
            Self::Digest { .. } => None,
        }
    }

    /// How many bytes it has.
    pub(crate) fn len(&self) -> u64 {
        match self {
            Self::Kept(bytes) => bytes.len() as u64,
            Self::Digest { bytes, .. } => *bytes,
        }
    }
}
