//! The check of a whole archive.

use std::io::{Read, Seek};

use serde::Serialize;

use crate::content;
use crate::entry_names::{judge, shown};
use crate::error::Error;
use crate::findings::{Finding, Findings, Severity};
use crate::limits::{Budget, Limits};
use crate::opening::{self, Opening};
use crate::reader::Unpacker;
use crate::source::Source;
use crate::structure::directory::{self, Entry};
use crate::structure::end::{self, End, Search};
use crate::structure::spans::Spans;

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
    let budget = Budget::new(limits);
    let mut packed = 0_u64;
    let mut count = 0;
    if let Some((end, entries)) = open(&mut source, limits, &mut findings)? {
        count = entries.len() as u64;
        packed = entries
            .iter()
            .fold(0, |sum, e| sum.saturating_add(e.packed));
        judge(&entries, &mut findings);
        let mut unpacker = Unpacker::new();
        let mut spans = Spans::new(end, entries);
        while let Some((entry, data)) = spans.next(&mut source, &mut findings)? {
            let Some(data) = data else { continue };
            let name = || shown(&entry.name);
            let mut spend = |produced, piece: &[u8]| {
                sight(&entry, piece);
                budget.spend(&name, entry.packed, produced, piece.len() as u64)
            };
            let flaw = content::unpack(&mut source, &entry, data, &mut unpacker, &mut spend)?;
            if let Some(flaw) = flaw {
                findings.entry_error(&name(), flaw);
            }
        }
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
