//! Three fingerprints: of the bytes, of the content, of the meaning.
//!
//! - raw: the bytes of the file as they are;
//! - content: the sorted list of paths and digests, zips inside opened, everything about the zip itself ignored.

use std::collections::BTreeMap;

use sha2::{Digest as _, Sha256};

use crate::artifact::File;

/// The version of the rule of the content fingerprint, told with every fingerprint.
pub const CONTENT_RULE: &str = "content-1";

/// The digest of each file, by its path.
pub(crate) type Digests = BTreeMap<String, [u8; 32]>;

/// Digests the files of an artifact, once for all who need it.
pub(crate) fn digests(files: &BTreeMap<String, File>) -> Digests {
    let digest = |file: &File| match file {
        File::Kept(bytes) => Sha256::digest(bytes).into(),
        File::Digest { sha256, .. } => *sha256,
    };
    files
        .iter()
        .map(|(path, file)| (path.clone(), digest(file)))
        .collect()
}

/// The content fingerprint of a list of files.
pub(crate) fn content(files: &Digests) -> String {
    let mut sum = Sha256::new();
    sum.update(CONTENT_RULE);
    for (path, digest) in files {
        // The length keeps a path from running into what follows it.
        sum.update((path.len() as u64).to_le_bytes());
        sum.update(path);
        sum.update(digest);
    }
    hex(&sum.finalize())
}

/// Bytes as hex in lower case.
pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
