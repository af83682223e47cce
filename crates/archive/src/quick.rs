//! The check of a directory alone.

use std::io::{Read, Seek};

use crate::entry_names::judge;
use crate::error::Error;
use crate::findings::Findings;
use crate::integrity::{Integrity, open};
use crate::limits::Limits;
use crate::source::Source;

/// Checks what the end of the archive says: that it is there, that the directory can be read, and its names. No entry
/// is read, so that damage inside one stays unseen; `unpacked` is what the directory promises.
///
/// # Errors
/// As [`verify`](crate::verify).
pub fn quick<R: Read + Seek>(reader: R, limits: &Limits) -> Result<Integrity, Error> {
    let mut source = Source::new(reader)?;
    let mut findings = Findings::default();
    let opened = open(&mut source, limits, &mut findings)?;
    let entries = opened.map(|(_, entries)| entries).unwrap_or_default();
    judge(&entries, &mut findings);
    let sum = |of: fn(&crate::structure::directory::Entry) -> u64| {
        entries
            .iter()
            .fold(0_u64, |sum, it| sum.saturating_add(of(it)))
    };
    Ok(Integrity {
        entries: entries.len() as u64,
        packed: sum(|it| it.packed),
        unpacked: sum(|it| it.unpacked),
        findings: findings.into_vec(),
    })
}
