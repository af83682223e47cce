//! One artifact with all that it is made of.

use std::collections::BTreeMap;

use ferry_core::model::Identity;

/// One artifact, wherever it lay. Paths are relative to the artifact's own root, so that the same integration has the
/// same paths in every kind of container.
#[derive(Debug)]
pub(crate) struct Artifact {
    /// What it is, and which one.
    pub(crate) id: Identity,
    /// Where it lay: `outer!inner!path`.
    pub(crate) place: String,
    /// Its files by path; a connection, a lookup, a schedule is one file.
    pub(crate) files: BTreeMap<String, File>,
}

/// A file of an artifact.
#[derive(Debug)]
pub(crate) enum File {
    /// Its bytes.
    Kept(Vec<u8>),
    /// More than is kept in memory: known by size and digest alone.
    Digest {
        /// How long it is.
        bytes: u64,
        /// What its bytes digest to.
        sha256: [u8; 32],
    },
}
