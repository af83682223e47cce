use serde::Serialize;

use super::ArtifactKind;

/// Something that is known by kind at most: its inside is not read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Part {
    /// The kind.
    pub kind: ArtifactKind,
    /// Where it lies, `outer!inner!path`; empty for the whole file.
    pub place: String,
    /// Bytes, unpacked.
    pub bytes: u64,
    /// SHA-256 of those bytes, or of the list of its files: hex in lower case.
    pub sha256: String,
}
