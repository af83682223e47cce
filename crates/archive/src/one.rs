//! One entry of an archive, and nothing else of it.

use std::io::{Read, Seek};

use crate::content;
use crate::entry_names::{shown, text};
use crate::error::{Error, Inner};
use crate::findings::Findings;
use crate::integrity::open;
use crate::limits::{Budget, Limits};
use crate::reader::Unpacker;
use crate::source::Source;
use crate::structure::local;

/// The content of the entry of this name; `None` where there is none. Reads the directory and the entry, within
/// [`Limits::nested_bytes`].
///
/// # Errors
/// The reader failed, a limit was passed, or the entry is damaged
/// ([`ErrorKind::Damaged`](crate::ErrorKind::Damaged)).
pub fn one<R: Read + Seek>(
    reader: R,
    name: &str,
    limits: &Limits,
) -> Result<Option<Vec<u8>>, Error> {
    let mut source = Source::new(reader)?;
    let mut findings = Findings::default();
    let Some((end, entries)) = open(&mut source, limits, &mut findings)? else {
        let what = last(findings).unwrap_or_default();
        return Err(Inner::Damaged(what).into());
    };
    let Some(entry) = entries.iter().find(|entry| text(&entry.name) == name) else {
        return Ok(None);
    };
    let behind = entries
        .iter()
        .map(|other| other.offset)
        .filter(|offset| *offset > entry.offset);
    let boundary = behind.min().unwrap_or(end.start);
    let mut findings = Findings::default();
    let place = || shown(&entry.name);
    let damaged = |flaw| Inner::DamagedEntry {
        place: place(),
        flaw,
    };
    let span = local::check(&mut source, entry, boundary, &mut findings)?;
    let Some(span) = span.filter(|span| span.end <= boundary) else {
        let flaw = last(findings).unwrap_or_else(|| "it overlaps another entry".to_owned());
        return Err(damaged(flaw).into());
    };
    let budget = Budget::new(limits);
    let mut bytes = Vec::new();
    let limit = limits.nested_bytes;
    let mut spend = |produced: u64, piece: &[u8]| {
        budget.spend(&place, entry.packed, produced, piece.len() as u64)?;
        if produced > limit {
            let place = place();
            return Err(Inner::Nested { place, limit }.into());
        }
        bytes.extend_from_slice(piece);
        Ok(())
    };
    let mut unpacker = Unpacker::new();
    let flaw = content::unpack(&mut source, entry, span.data, &mut unpacker, &mut spend)?;
    match flaw {
        Some(flaw) => Err(damaged(flaw).into()),
        None => Ok(Some(bytes)),
    }
}

fn last(findings: Findings) -> Option<String> {
    findings.into_vec().pop().map(|finding| finding.what)
}
