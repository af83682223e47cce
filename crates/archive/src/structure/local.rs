//! The header before each entry's data, and the descriptor behind it, compared with the directory.

use std::io::{Read, Seek};

use super::directory::{Entry, Wide, ZIP64};
use super::fields::{Fields, extra};
use crate::entry_names::shown;
use crate::error::Error;
use crate::findings::Findings;
use crate::source::Source;

const LOCAL: &[u8] = b"PK\x03\x04";
const LOCAL_LEN: usize = 30;
const DESCRIPTOR: &[u8] = b"PK\x07\x08";
/// Bytes of the longest form of a descriptor.
const LONGEST: u64 = 24;
/// Encrypted, descriptor, patch data, strong encryption, UTF-8, masked: what changes how data is read.
const TELLING: u16 = 1 | 1 << 3 | 1 << 5 | 1 << 6 | 1 << 11 | 1 << 13;

/// Where an entry's bytes lie in the file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Span {
    /// First byte of the data.
    pub(crate) data: u64,
    /// Behind the data and its descriptor.
    pub(crate) end: u64,
}

#[derive(Debug)]
struct Header {
    flags: u16,
    method: u16,
    crc: u32,
    packed: u32,
    unpacked: u32,
}

/// Compares; `None`, with a finding, where the data cannot be located.
///
/// `boundary` is where the next entry, or the directory, begins.
pub(crate) fn check<R: Read + Seek>(
    source: &mut Source<R>,
    entry: &Entry,
    boundary: u64,
    findings: &mut Findings,
) -> Result<Option<Span>, Error> {
    let bytes = source.bytes(entry.offset, LOCAL_LEN)?.unwrap_or_default();
    let Some((header, lens)) = parse(&bytes) else {
        findings.entry_error(
            &shown(&entry.name),
            "it has no header where the directory says",
        );
        return Ok(None);
    };
    let [name_len, extra_len] = lens.map(usize::from);
    let rest_at = entry.offset.saturating_add(LOCAL_LEN as u64);
    let data = rest_at.saturating_add((name_len + extra_len) as u64);
    let rest = source.bytes(rest_at, name_len + extra_len)?;
    let end = data
        .checked_add(entry.packed)
        .filter(|end| *end <= source.len());
    let (Some(rest), Some(end)) = (rest, end) else {
        findings.entry_error(
            &shown(&entry.name),
            "cut short: its data reach behind the file's end",
        );
        return Ok(None);
    };
    let (name, extras) = rest.split_at_checked(name_len).unwrap_or_default();
    compare(entry, &header, name, extras, findings);
    if !entry.has_descriptor() {
        return Ok(Some(Span { data, end }));
    }
    if let Some(end) = descriptor(source, entry, end, boundary)? {
        return Ok(Some(Span { data, end }));
    }
    findings.entry_error(
        &shown(&entry.name),
        "the sizes or the checksum behind its data disagree with the directory",
    );
    // It is there, whatever it says.
    let end = if boundary.saturating_sub(end) <= LONGEST {
        boundary.max(end)
    } else {
        end
    };
    Ok(Some(Span { data, end }))
}

fn parse(bytes: &[u8]) -> Option<(Header, [u16; 2])> {
    if !bytes.starts_with(LOCAL) {
        return None;
    }
    let mut fields = Fields::new(bytes);
    fields.skip(LOCAL.len() + 2)?;
    let flags = fields.u16()?;
    let method = fields.u16()?;
    fields.skip(4)?;
    let crc = fields.u32()?;
    let packed = fields.u32()?;
    let unpacked = fields.u32()?;
    let lens = [fields.u16()?, fields.u16()?];
    Some((
        Header {
            flags,
            method,
            crc,
            packed,
            unpacked,
        },
        lens,
    ))
}

fn compare(entry: &Entry, header: &Header, name: &[u8], extras: &[u8], findings: &mut Findings) {
    let mut wide = Wide(extra(extras, ZIP64).map(Fields::new));
    let unpacked = wide.value(header.unpacked);
    let packed = wide.value(header.packed);
    // A header written before the data may leave to the descriptor what it cannot know yet.
    let later = entry.has_descriptor() && header.flags & 1 << 3 != 0;
    let size = |told: Option<u64>, truth: u64| match told {
        Some(0) | None => later || told == Some(truth),
        Some(told) => told == truth,
    };
    let checks = [
        ("name", name == entry.name),
        ("flags", (header.flags ^ entry.flags) & TELLING == 0),
        ("compression method", header.method == entry.method),
        ("packed size", size(packed, entry.packed)),
        ("size", size(unpacked, entry.unpacked)),
        (
            "checksum",
            header.crc == entry.crc || (later && header.crc == 0),
        ),
    ];
    for (what, same) in checks {
        if !same {
            let what = if what == "name" {
                format!(
                    "its header has another name than the directory: {}",
                    shown(name)
                )
            } else {
                format!("its header has another {what} than the directory")
            };
            findings.entry_error(&shown(&entry.name), what);
        }
    }
}

/// Finds the descriptor behind the data, in any of its four forms; answers with its end.
///
/// The signature is optional and the sizes have 32 or 64 bits; nothing says which. Where several forms
/// match, the one that ends at the boundary is meant.
fn descriptor<R: Read + Seek>(
    source: &mut Source<R>,
    entry: &Entry,
    at: u64,
    boundary: u64,
) -> Result<Option<u64>, Error> {
    let room = source.len().saturating_sub(at).min(LONGEST);
    let room = usize::try_from(room).unwrap_or_default();
    let bytes = source.bytes(at, room)?.unwrap_or_default();
    let mut best = None;
    for signed in [true, false] {
        for wide in [false, true] {
            let Some(len) = matched(&bytes, entry, signed, wide) else {
                continue;
            };
            let end = at.saturating_add(len);
            if best.is_none() || end == boundary {
                best = Some(end);
            }
        }
    }
    Ok(best)
}

fn matched(bytes: &[u8], entry: &Entry, signed: bool, wide: bool) -> Option<u64> {
    let mut fields = Fields::new(bytes);
    let mut len = 4;
    if signed {
        len += 4;
        (fields.bytes(4)? == DESCRIPTOR).then_some(())?;
    }
    let crc = fields.u32()?;
    let mut size = || {
        if wide {
            fields.u64()
        } else {
            fields.u32().map(u64::from)
        }
    };
    let (packed, unpacked) = (size()?, size()?);
    len += if wide { 16 } else { 8 };
    (crc == entry.crc && packed == entry.packed && unpacked == entry.unpacked).then_some(len)
}
