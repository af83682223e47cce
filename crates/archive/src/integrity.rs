//! The check of a whole archive.

use std::io::{Read, Seek};

use serde::Serialize;

use crate::entry_names::{judge, shown};
use crate::error::Error;
use crate::findings::{Finding, Findings, Severity};
use crate::limits::{Budget, Limits};
use crate::opening::{self, Opening};
use crate::reader::{Content, Spend, Unpacked, Unpacker, supports};
use crate::source::Source;
use crate::structure::directory::{self, Entry};
use crate::structure::end::{self, End, Search};
use crate::structure::local;

/// What the reading of an archive showed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Integrity {
    /// Entries of the directory, directories included.
    pub entries: u64,
    /// Bytes that the entries take in the file, headers not counted.
    pub packed: u64,
    /// Bytes that the entries really unpacked to.
    pub unpacked: u64,
    /// What is wrong or odd, in the order of its discovery: at most 1,000, and then one that counts the rest.
    pub findings: Vec<Finding>,
}

impl Integrity {
    /// Whether nothing is wrong. Warnings do not count.
    pub fn is_whole(&self) -> bool {
        self.findings
            .iter()
            .all(|finding| finding.severity != Severity::Error)
    }
}

/// Reads every byte of an archive and says whether it is whole.
///
/// Damage of any kind, a file that is no zip included, is a finding of the answer. Memory grows with
/// the directory (see [`Limits::directory_bytes`]), never with the content; each byte of the file is
/// unpacked at most once.
///
/// # Errors
/// Only where no answer was reached: the reader failed ([`ErrorKind::Read`](crate::ErrorKind::Read)), or
/// a limit was passed ([`ErrorKind::Limit`](crate::ErrorKind::Limit)).
pub fn verify<R: Read + Seek>(reader: R, limits: &Limits) -> Result<Integrity, Error> {
    walk(reader, limits, &mut |_, _| ())
}

/// Reads every byte, and shows each piece that an entry unpacks to.
pub(crate) fn walk<R: Read + Seek>(
    reader: R,
    limits: &Limits,
    sight: &mut dyn FnMut(&Entry, &[u8]),
) -> Result<Integrity, Error> {
    let mut source = Source::new(reader)?;
    let mut findings = Findings::default();
    let mut budget = Budget::new(limits);
    let entries = open(&mut source, limits, &mut findings)?;
    let packed = match &entries {
        Some((_, entries)) => entries
            .iter()
            .fold(0_u64, |sum, e| sum.saturating_add(e.packed)),
        None => 0,
    };
    let mut count = 0;
    if let Some((end, entries)) = entries {
        count = entries.len() as u64;
        judge(&entries, &mut findings);
        contents(
            &mut source,
            &end,
            entries,
            &mut budget,
            &mut findings,
            sight,
        )?;
    }
    let findings = findings.into_vec();
    Ok(Integrity {
        entries: count,
        packed,
        unpacked: budget.total(),
        findings,
    })
}

/// Finds and reads the directory; `None`, with a finding, where there is none.
pub(crate) fn open<R: Read + Seek>(
    source: &mut Source<R>,
    limits: &Limits,
    findings: &mut Findings,
) -> Result<Option<(End, Vec<Entry>)>, Error> {
    let opening = opening::look(source)?;
    // What is said of a zip means nothing for a file that is none.
    let mut of_zip = Findings::default();
    let search = end::find(source, limits, &mut of_zip)?;
    if let (Opening::Other(what), Search::NoEnd) = (opening, &search) {
        findings.error(what);
        return Ok(None);
    }
    findings.append(of_zip);
    let Search::Found(end) = search else {
        return Ok(None);
    };
    let entries = directory::read(source, &end, limits, findings)?;
    if entries.is_empty() && end.size == 0 {
        findings.error("the zip holds no entry");
    }
    Ok(Some((end, entries)))
}

/// Reads the entries in the order of the file, so that each byte belongs to one of them.
fn contents<R: Read + Seek>(
    source: &mut Source<R>,
    end: &End,
    mut entries: Vec<Entry>,
    budget: &mut Budget<'_>,
    findings: &mut Findings,
    sight: &mut dyn FnMut(&Entry, &[u8]),
) -> Result<(), Error> {
    entries.sort_by_key(|entry| entry.offset);
    let mut unpacker = Unpacker::new();
    let mut behind = end.base;
    let mut following = entries.iter().skip(1).map(|entry| entry.offset);
    for entry in &entries {
        let boundary = following.next().unwrap_or(end.start);
        if entry.offset < behind {
            // Not read: one piece of data shared by many entries would be read over and over.
            let what = "it overlaps the entry before it in the file";
            findings.entry_error(&shown(&entry.name), what);
            continue;
        }
        if entry.offset >= end.start {
            findings.entry_error(
                &shown(&entry.name),
                "it lies behind the entries' part of the zip",
            );
            continue;
        }
        unowned(source, behind, entry.offset, findings)?;
        let Some(span) = local::check(source, entry, boundary, findings)? else {
            behind = boundary;
            continue;
        };
        behind = span.end;
        if span.end > end.start {
            findings.entry_error(&shown(&entry.name), "its data reach into the directory");
            continue;
        }
        let mut spend = |produced, piece: &[u8]| {
            sight(entry, piece);
            budget.spend(
                &shown(&entry.name),
                entry.packed,
                produced,
                piece.len() as u64,
            )
        };
        content(
            source,
            entry,
            span.data,
            &mut unpacker,
            &mut spend,
            findings,
        )?;
    }
    unowned(source, behind, end.start, findings)
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

fn content<R: Read + Seek>(
    source: &mut Source<R>,
    entry: &Entry,
    data: u64,
    unpacker: &mut Unpacker,
    spend: &mut Spend<'_>,
    findings: &mut Findings,
) -> Result<(), Error> {
    let name = shown(&entry.name);
    if entry.is_encrypted() {
        findings.entry_error(
            &name,
            "it is encrypted, which is not supported: it was not checked",
        );
        return Ok(());
    }
    if !supports(entry.method) {
        let method = entry.method;
        let what = format!("its compression method {method} is not supported: it was not checked");
        findings.entry_error(&name, what);
        return Ok(());
    }
    let Entry {
        packed,
        unpacked,
        crc,
        method,
        ..
    } = *entry;
    let what = Content {
        data,
        packed,
        unpacked,
        crc,
        method,
    };
    let outcome = unpacker.unpack(source, &what, spend)?;
    let what = match outcome {
        Unpacked::Whole => return Ok(()),
        Unpacked::WrongChecksum => {
            "damaged: its content does not have the checksum of the directory".to_owned()
        }
        Unpacked::TooShort(produced) => {
            format!("damaged: it unpacks to {produced} bytes instead of {unpacked}")
        }
        Unpacked::TooLong => format!("damaged: it unpacks to more than its {unpacked} bytes"),
        Unpacked::Corrupt => "damaged: its packed data make no sense".to_owned(),
        Unpacked::Incomplete => "damaged: its packed data end too early".to_owned(),
        Unpacked::Excess => "packed data are left behind the end of its content".to_owned(),
    };
    findings.entry_error(&name, what);
    Ok(())
}
