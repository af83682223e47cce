//! The central directory: the truth about the entries.

use std::io::{Read, Seek};

use super::end::End;
use super::fields::{Fields, extra};
use super::{FULL_16, FULL_32};
use crate::entry_names::shown;
use crate::error::{Error, Inner};
use crate::findings::Findings;
use crate::limits::Limits;
use crate::source::Source;

const CENTRAL: &[u8] = b"PK\x01\x02";
const CENTRAL_LEN: usize = 46;
pub(crate) const ZIP64: u16 = 0x0001;

/// What an entry is, by its name and its UNIX mode.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    File,
    Directory,
    Symlink,
    /// A device, a pipe or a socket.
    Special,
}

/// One entry, as the directory has it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Entry {
    pub(crate) name: Vec<u8>,
    pub(crate) flags: u16,
    pub(crate) method: u16,
    pub(crate) crc: u32,
    pub(crate) packed: u64,
    pub(crate) unpacked: u64,
    /// Offset of the local header in the file.
    pub(crate) offset: u64,
    pub(crate) kind: Kind,
}

impl Entry {
    /// The content is encrypted (flag 0, or strong encryption, or a masked header).
    pub(crate) fn is_encrypted(&self) -> bool {
        self.flags & (1 | 1 << 6 | 1 << 13) != 0
    }

    /// Sizes and checksum follow the data.
    pub(crate) fn has_descriptor(&self) -> bool {
        self.flags & 1 << 3 != 0
    }

    /// The name is said to be UTF-8.
    pub(crate) fn says_utf8(&self) -> bool {
        self.flags & 1 << 11 != 0
    }
}

/// Reads all entries. Stops, with a finding, at the first record that is none.
pub(crate) fn read<R: Read + Seek>(
    source: &mut Source<R>,
    end: &End,
    limits: &Limits,
    findings: &mut Findings,
) -> Result<Vec<Entry>, Error> {
    let mut entries = Vec::new();
    let stop = end.start.saturating_add(end.size);
    let mut at = end.start;
    while at < stop {
        let Some((entry, next)) = next(source, at, stop, end.base, findings)? else {
            findings.error(format!(
                "the directory is damaged behind its entry {} (of {} promised)",
                entries.len(),
                end.entries
            ));
            return Ok(entries);
        };
        at = next;
        entries.push(entry);
        let found = entries.len() as u64;
        if found > limits.entries {
            return Err(Inner::Entries {
                found,
                limit: limits.entries,
            }
            .into());
        }
    }
    if entries.len() as u64 != end.entries {
        let (here, told) = (entries.len(), end.entries);
        findings.error(format!(
            "the end record counts {told} entries, the directory has {here}"
        ));
    }
    Ok(entries)
}

fn next<R: Read + Seek>(
    source: &mut Source<R>,
    at: u64,
    stop: u64,
    base: u64,
    findings: &mut Findings,
) -> Result<Option<(Entry, u64)>, Error> {
    let header = source.bytes(at, CENTRAL_LEN)?.unwrap_or_default();
    let Some((raw, lens)) = parse(&header) else {
        return Ok(None);
    };
    let len = lens.iter().map(|len| usize::from(*len)).sum::<usize>();
    let next = at.saturating_add((CENTRAL_LEN + len) as u64);
    if next > stop {
        return Ok(None);
    }
    let Some(rest) = source.bytes(at + CENTRAL_LEN as u64, len)? else {
        return Ok(None);
    };
    let mut rest = Fields::new(&rest);
    let [name_len, extra_len, _] = lens.map(usize::from);
    let (Some(name), Some(extras)) = (rest.bytes(name_len), rest.bytes(extra_len)) else {
        return Ok(None);
    };
    Ok(Some((raw.widened(name, extras, base, findings), next)))
}

/// The fixed part of a record.
#[derive(Debug)]
struct Raw {
    host: u8,
    flags: u16,
    method: u16,
    crc: u32,
    packed: u32,
    unpacked: u32,
    disk: u16,
    attributes: u32,
    offset: u32,
}

fn parse(header: &[u8]) -> Option<(Raw, [u16; 3])> {
    if !header.starts_with(CENTRAL) {
        return None;
    }
    let mut fields = Fields::new(header);
    fields.skip(CENTRAL.len())?;
    let [_, host] = fields.u16()?.to_le_bytes();
    fields.skip(2)?;
    let flags = fields.u16()?;
    let method = fields.u16()?;
    fields.skip(4)?;
    let crc = fields.u32()?;
    let packed = fields.u32()?;
    let unpacked = fields.u32()?;
    let lens = [fields.u16()?, fields.u16()?, fields.u16()?];
    let disk = fields.u16()?;
    fields.skip(2)?;
    let attributes = fields.u32()?;
    let offset = fields.u32()?;
    Some((
        Raw {
            host,
            flags,
            method,
            crc,
            packed,
            unpacked,
            disk,
            attributes,
            offset,
        },
        lens,
    ))
}

impl Raw {
    fn widened(self, name: &[u8], extras: &[u8], base: u64, findings: &mut Findings) -> Entry {
        let mut wide = Wide(extra(extras, ZIP64).map(Fields::new));
        let sizes = (|| {
            let unpacked = wide.value(self.unpacked)?;
            let packed = wide.value(self.packed)?;
            let offset = wide.value(self.offset)?;
            Some((packed, unpacked, offset))
        })();
        let (packed, unpacked, offset) = sizes.unwrap_or_else(|| {
            findings.entry_error(&shown(name), "its zip64 sizes are missing");
            (self.packed.into(), self.unpacked.into(), self.offset.into())
        });
        if self.disk != 0 && self.disk != FULL_16 {
            findings.entry_error(&shown(name), "it lies on another volume");
        }
        Entry {
            kind: kind(name, self.host, self.attributes),
            name: name.to_owned(),
            flags: self.flags,
            method: self.method,
            crc: self.crc,
            packed,
            unpacked,
            offset: offset.saturating_add(base),
        }
    }
}

/// The zip64 field holds, in fixed order, just the values that do not fit elsewhere.
#[derive(Debug)]
pub(crate) struct Wide<'a>(pub(crate) Option<Fields<'a>>);

impl Wide<'_> {
    /// The value, from here where the short one says so; `None` where it is missing.
    pub(crate) fn value(&mut self, short: u32) -> Option<u64> {
        if short == FULL_32 {
            self.0.as_mut()?.u64()
        } else {
            Some(short.into())
        }
    }
}

fn kind(name: &[u8], host: u8, attributes: u32) -> Kind {
    const UNIX: [u8; 2] = [3, 19];
    if UNIX.contains(&host) {
        match (attributes >> 16) & 0o170_000 {
            0o120_000 => return Kind::Symlink,
            0o010_000 | 0o020_000 | 0o060_000 | 0o140_000 => return Kind::Special,
            _ => {}
        }
    }
    if name.ends_with(b"/") {
        Kind::Directory
    } else {
        Kind::File
    }
}
