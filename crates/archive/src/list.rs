//! The directory of an archive, without its contents.

use std::io::{Read, Seek};

use serde::Serialize;

use crate::entry_names::text;
use crate::error::{Error, Inner};
use crate::findings::Findings;
use crate::integrity::open;
use crate::limits::Limits;
use crate::source::Source;
use crate::structure::directory::Kind;

/// One entry, as the directory has it; nothing of it was checked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct EntryFacts {
    /// The name, as it is: unsafe to join to a path or to print. What is not UTF-8 is replaced.
    pub name: String,
    /// Bytes in the file.
    pub packed: u64,
    /// Bytes that it should unpack to.
    pub unpacked: u64,
    /// The CRC-32 that its content should have.
    pub crc32: u32,
    /// Whether it is a directory: its name ends with `/`.
    pub directory: bool,
}

/// Lists the entries of an archive in the order of its directory.
///
/// Reads the end of the file only. A directory that is damaged in the middle is an error, never a
/// shorter list.
///
/// # Errors
/// The reader failed, a limit was passed, or there is no readable directory
/// ([`ErrorKind::Damaged`](crate::ErrorKind::Damaged)).
pub fn names<R: Read + Seek>(reader: R, limits: &Limits) -> Result<Vec<EntryFacts>, Error> {
    let mut source = Source::new(reader)?;
    let mut findings = Findings::default();
    let opened = open(&mut source, limits, &mut findings)?;
    let promised = opened
        .as_ref()
        .map(|(end, entries)| (end.entries, entries.len() as u64));
    let Some((_, entries)) = opened.filter(|_| promised.is_some_and(|(told, here)| told == here))
    else {
        let what = findings
            .into_vec()
            .into_iter()
            .map(|finding| finding.what)
            .next_back();
        return Err(Inner::Damaged(what.unwrap_or_default()).into());
    };
    Ok(entries
        .into_iter()
        .map(|entry| EntryFacts {
            name: text(&entry.name),
            packed: entry.packed,
            unpacked: entry.unpacked,
            crc32: entry.crc,
            directory: entry.kind == Kind::Directory,
        })
        .collect())
}
