//! What an archive is made of, without any of it: for whoever must not show the content.

use std::collections::BTreeMap;
use std::io::{Read, Seek};

use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use crate::entry_names::text;
use crate::error::{Error, Inner};
use crate::integrity::walk;
use crate::limits::Limits;

/// One entry that holds something.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct EntryDigest {
    /// The name, as it is: unsafe to join to a path or to print. What is not UTF-8 is replaced.
    pub name: String,
    /// Bytes that it unpacks to.
    pub bytes: u64,
    /// SHA-256 of those bytes, hex in lower case.
    pub sha256: String,
}

/// Reads an archive whole, and tells the entries that are not empty, by name.
///
/// # Errors
/// As [`verify`](crate::verify); what it would only find is an error here
/// ([`ErrorKind::Damaged`](crate::ErrorKind::Damaged)).
pub fn skeleton<R: Read + Seek>(reader: R, limits: &Limits) -> Result<Vec<EntryDigest>, Error> {
    let mut sums: BTreeMap<Vec<u8>, (u64, Sha256)> = BTreeMap::new();
    let seen = walk(reader, limits, &mut |entry, piece| {
        let (bytes, sum) = sums.entry(entry.name.clone()).or_default();
        *bytes += piece.len() as u64;
        sum.update(piece);
    })?;
    if !seen.is_whole() {
        let what = seen.findings.into_iter().next().map(|found| found.what);
        return Err(Inner::Damaged(what.unwrap_or_default()).into());
    }
    Ok(sums
        .into_iter()
        .map(|(name, (bytes, sum))| EntryDigest {
            name: text(&name),
            bytes,
            sha256: sum.finalize().iter().map(|b| format!("{b:02x}")).collect(),
        })
        .collect())
}
