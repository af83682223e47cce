//! Three fingerprints: of the bytes, of the content, of the meaning.
//!
//! - raw: the bytes of the file as they are;
//! - content: the sorted list of paths and digests, zips inside opened, everything about the zip itself ignored.

use std::collections::BTreeMap;

use sha2::{Digest as _, Sha256};

use crate::artifact::File;

/// The version of the rule of [`content`], told with every fingerprint.
pub(crate) const CONTENT_RULE: &str = "content-1";

/// The content fingerprint of an artifact's files.
pub(crate) fn content(files: &BTreeMap<String, File>) -> String {
    let mut sum = Sha256::new();
    sum.update(CONTENT_RULE);
    for (path, file) in files {
        let Some(digest) = file.sha256() else {
            continue;
        };
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
