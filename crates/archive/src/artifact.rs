//! One artifact with all that it is made of: what the walk gives, and what everything else reads.

use std::cell::OnceCell;
use std::collections::BTreeMap;

use ferry_core::model::Identity;
use sha2::{Digest as _, Sha256};

use crate::canonical::Tree;
use crate::xml;

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
    /// The only file of what is one file.
    pub(crate) fn only(&self) -> Option<&File> {
        self.files.values().next()
    }

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
    Kept(Kept),
    /// More than is kept in memory: known by size and digest alone.
    Digest { bytes: u64, sha256: [u8; 32] },
    /// Nobody asked for it: known by the size that the directory tells.
    Unread { bytes: u64 },
}

/// The bytes of a file, and what was made of them: once, for all who need it.
#[derive(Debug, Default)]
pub(crate) struct Kept {
    bytes: Vec<u8>,
    sha256: OnceCell<[u8; 32]>,
    tree: OnceCell<Result<Tree, String>>,
}

impl File {
    /// A file with these bytes.
    pub(crate) fn kept(bytes: Vec<u8>) -> Self {
        Self::Kept(Kept {
            bytes,
            ..Kept::default()
        })
    }

    /// The bytes, where they were kept.
    pub(crate) fn bytes(&self) -> Option<&[u8]> {
        match self {
            Self::Kept(kept) => Some(&kept.bytes),
            Self::Digest { .. } | Self::Unread { .. } => None,
        }
    }

    /// The bytes themselves, where they were kept.
    pub(crate) fn into_bytes(self) -> Option<Vec<u8>> {
        match self {
            Self::Kept(kept) => Some(kept.bytes),
            Self::Digest { .. } | Self::Unread { .. } => None,
        }
    }

    /// How many bytes it has.
    pub(crate) fn len(&self) -> u64 {
        match self {
            Self::Kept(kept) => kept.bytes.len() as u64,
            Self::Digest { bytes, .. } | Self::Unread { bytes } => *bytes,
        }
    }

    /// The digest of the bytes, where they were read.
    pub(crate) fn sha256(&self) -> Option<&[u8; 32]> {
        match self {
            Self::Kept(kept) => {
                let digest = || Sha256::digest(&kept.bytes).into();
                Some(kept.sha256.get_or_init(digest))
            }
            Self::Digest { sha256, .. } => Some(sha256),
            Self::Unread { .. } => None,
        }
    }

    /// The document that it is, for those that are looked at as a tree.
    ///
    /// # Errors
    /// Why it is not read, in a lowercase fragment.
    pub(crate) fn tree(&self) -> Result<&Tree, &str> {
        let Self::Kept(kept) = self else {
            return Err("XML of more than is kept in memory");
        };
        let read = kept.tree.get_or_init(|| xml::tree(&kept.bytes));
        read.as_ref().map_err(String::as_str)
    }
}
