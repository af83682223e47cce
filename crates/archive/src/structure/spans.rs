//! Where the data of each entry lie, so that each byte of the file belongs to one of them.

use std::collections::VecDeque;
use std::io::{Read, Seek};

use super::directory::Entry;
use super::end::End;
use super::local;
use crate::entry_names::shown;
use crate::error::Error;
use crate::findings::Findings;
use crate::source::Source;

/// Steps over the entries in the order of the file.
#[derive(Debug)]
pub(crate) struct Spans {
    end: End,
    entries: VecDeque<Entry>,
    /// Behind the last entry that was located.
    behind: u64,
}

impl Spans {
    pub(crate) fn new(end: End, mut entries: Vec<Entry>) -> Self {
        entries.sort_by_key(|entry| entry.offset);
        let behind = end.base;
        Self {
            end,
            entries: entries.into(),
            behind,
        }
    }

    /// The next entry, and where its data begin; `None`, with a finding, where they cannot be read.
    pub(crate) fn next<R: Read + Seek>(
        &mut self,
        source: &mut Source<R>,
        findings: &mut Findings,
    ) -> Result<Option<(Entry, Option<u64>)>, Error> {
        let Some(entry) = self.entries.pop_front() else {
            unowned(source, self.behind, self.end.start, findings)?;
            self.behind = self.end.start;
            return Ok(None);
        };
        let data = self.locate(source, &entry, findings)?;
        Ok(Some((entry, data)))
    }

    fn locate<R: Read + Seek>(
        &mut self,
        source: &mut Source<R>,
        entry: &Entry,
        findings: &mut Findings,
    ) -> Result<Option<u64>, Error> {
        let start = self.end.start;
        let boundary = self.entries.front().map_or(start, |next| next.offset);
        if entry.offset < self.behind {
            // Not read: one piece of data shared by many entries would be read over and over.
            let what = "it overlaps the entry before it in the file";
            findings.entry_error(&shown(&entry.name), what);
            return Ok(None);
        }
        if entry.offset >= start {
            let what = "it lies behind the entries' part of the zip";
            findings.entry_error(&shown(&entry.name), what);
            return Ok(None);
        }
        unowned(source, self.behind, entry.offset, findings)?;
        let Some(span) = local::check(source, entry, boundary, findings)? else {
            self.behind = boundary;
            return Ok(None);
        };
        self.behind = span.end;
        if span.end > start {
            findings.entry_error(&shown(&entry.name), "its data reach into the directory");
            return Ok(None);
        }
        Ok(Some(span.data))
    }
}

/// Bytes between the entries belong to nobody; an entry that no directory lists may lie there.
fn unowned<R: Read + Seek>(
    source: &mut Source<R>,
    from: u64,
    to: u64,
    findings: &mut Findings,
) -> Result<(), Error> {
    let Some(count) = to.checked_sub(from).filter(|count| *count > 0) else {
        return Ok(());
    };
    if source.bytes(from, 4)?.as_deref() == Some(b"PK\x03\x04") {
        findings.error(format!(
            "an entry at offset {from} is missing in the directory"
        ));
    } else {
        findings.warning(format!("{count} bytes at offset {from} belong to no entry"));
    }
    Ok(())
}
