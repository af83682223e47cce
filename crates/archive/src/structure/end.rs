//! The end records: where the directory lies and how many entries it has.

use std::io::{Read, Seek};

use super::fields::Fields;
use super::{FULL_16, FULL_32};
use crate::error::{Error, Inner};
use crate::findings::Findings;
use crate::limits::Limits;
use crate::source::Source;

const END: &[u8] = b"PK\x05\x06";
const END_LEN: usize = 22;
const LOCATOR: &[u8] = b"PK\x06\x07";
const LOCATOR_LEN: u64 = 20;
const END_64: &[u8] = b"PK\x06\x06";
const END_64_LEN: usize = 56;
const CENTRAL: &[u8] = b"PK\x01\x02";

/// Where the directory lies.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct End {
    /// Bytes before the zip; every offset of the zip counts from here.
    pub(crate) base: u64,
    /// Start of the directory in the file.
    pub(crate) start: u64,
    /// Bytes of the directory.
    pub(crate) size: u64,
    /// Entries that the end record promises.
    pub(crate) entries: u64,
}

/// The values of an end record, of 16 and 32 bits or of 64.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Record {
    disk: u32,
    directory_disk: u32,
    entries_here: u64,
    entries: u64,
    size: u64,
    offset: u64,
}

/// Whether there is a directory. All but `Found` comes with a finding.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Search {
    /// There is no end record.
    NoEnd,
    /// There is an end record, but no directory where it points.
    NoDirectory,
    Found(End),
}

/// Finds the directory.
pub(crate) fn find<R: Read + Seek>(
    source: &mut Source<R>,
    limits: &Limits,
    findings: &mut Findings,
) -> Result<Search, Error> {
    let Some((at, short)) = last_record(source, findings)? else {
        let len = source.len();
        findings.error(format!(
            "cut short or not finished: no end record in the {len} bytes of the file"
        ));
        return Ok(Search::NoEnd);
    };
    let Some(Widened { record, end, told }) = widened(source, at, short, findings)? else {
        return Ok(Search::NoDirectory);
    };
    if record.disk != 0 || record.directory_disk != 0 || record.entries_here != record.entries {
        findings.error("split over several volumes, which is not supported");
    }
    if record.entries > limits.entries {
        let (found, limit) = (record.entries, limits.entries);
        return Err(Inner::Entries { found, limit }.into());
    }
    let fits = record
        .offset
        .checked_add(record.size)
        .is_some_and(|stop| stop <= end);
    if !fits {
        findings.error("cut short or altered: the end record points outside the file");
        return Ok(Search::NoDirectory);
    }
    if record.size > limits.directory_bytes {
        let (found, limit) = (record.size, limits.directory_bytes);
        return Err(Inner::Directory { found, limit }.into());
    }
    let found = place(source, &record, end, findings)?;
    if let Some(found) = &found
        && told.is_some_and(|told| told.checked_add(found.base) != Some(end))
    {
        findings.error("the zip64 end record is not where its locator points");
    }
    Ok(found.map_or(Search::NoDirectory, Search::Found))
}

/// The end record's offset and values.
fn last_record<R: Read + Seek>(
    source: &mut Source<R>,
    findings: &mut Findings,
) -> Result<Option<(u64, Record)>, Error> {
    let reach =
        (END_LEN + usize::from(u16::MAX)).min(usize::try_from(source.len()).unwrap_or(usize::MAX));
    let begin = source.len().saturating_sub(reach as u64);
    let tail = source.bytes(begin, reach)?.unwrap_or_default();

    // Several places may look like an end record. The one whose comment ends with the file wins.
    let mut exact = Vec::new();
    let mut early = None;
    let mut late = None;
    for at in memchr::memmem::rfind_iter(&tail, END) {
        let bytes = tail.get(at..).unwrap_or_default();
        let Some((record, comment)) = parse(bytes) else {
            continue;
        };
        let found = (begin + at as u64, record);
        let stop = at + END_LEN + usize::from(comment);
        match stop.cmp(&tail.len()) {
            std::cmp::Ordering::Equal => exact.push(found),
            std::cmp::Ordering::Less => early = early.or(Some((found, tail.len() - stop))),
            std::cmp::Ordering::Greater => late = late.or(Some(found)),
        }
    }
    if exact.len() > 1 {
        findings.error("several end records: readers differ in which one they take");
    }
    if let Some(found) = exact.first() {
        return Ok(Some(*found));
    }
    if let Some((found, trailing)) = early {
        findings.error(format!("{trailing} bytes follow the end of the zip"));
        return Ok(Some(found));
    }
    if late.is_some() {
        findings.error("cut short: the file ends inside the comment of the zip");
    }
    Ok(late)
}

fn parse(bytes: &[u8]) -> Option<(Record, u16)> {
    let mut fields = Fields::new(bytes);
    fields.skip(END.len())?;
    let disk = fields.u16()?.into();
    let directory_disk = fields.u16()?.into();
    let entries_here = fields.u16()?.into();
    let entries = fields.u16()?.into();
    let size = fields.u32()?.into();
    let offset = fields.u32()?.into();
    let record = Record {
        disk,
        directory_disk,
        entries_here,
        entries,
        size,
        offset,
    };
    Some((record, fields.u16()?))
}

fn parse_64(bytes: &[u8]) -> Option<(Record, u64)> {
    let mut fields = Fields::new(bytes);
    fields.skip(END_64.len())?;
    let len = fields.u64()?;
    fields.skip(4)?;
    let disk = fields.u32()?;
    let directory_disk = fields.u32()?;
    let entries_here = fields.u64()?;
    let entries = fields.u64()?;
    let size = fields.u64()?;
    let offset = fields.u64()?;
    Some((
        Record {
            disk,
            directory_disk,
            entries_here,
            entries,
            size,
            offset,
        },
        len,
    ))
}

/// The values that count.
#[derive(Debug)]
struct Widened {
    record: Record,
    /// Offset of the first end record, at which the directory should end.
    end: u64,
    /// The same as the locator tells it, which does not know of bytes before the zip.
    told: Option<u64>,
}

/// The values with those of a zip64 end record, where there is one.
fn widened<R: Read + Seek>(
    source: &mut Source<R>,
    at: u64,
    short: Record,
    findings: &mut Findings,
) -> Result<Option<Widened>, Error> {
    let locator_at = at.saturating_sub(LOCATOR_LEN);
    let locator = source.bytes(locator_at, 20)?.unwrap_or_default();
    let Some((disk, told, disks)) = parse_locator(&locator) else {
        return Ok(Some(Widened {
            record: short,
            end: at,
            told: None,
        }));
    };
    if disk != 0 || disks > 1 {
        findings.error("split over several volumes, which is not supported");
    }
    // Where bytes stand before the zip its offsets are off; the record then lies before its locator.
    let places = [Some(told), locator_at.checked_sub(END_64_LEN as u64)];
    let mut found = None;
    for place in places.into_iter().flatten() {
        let bytes = source.bytes(place, END_64_LEN)?.unwrap_or_default();
        if found.is_none() && bytes.starts_with(END_64) {
            found = parse_64(&bytes).map(|(record, len)| (place, record, len));
        }
    }
    let Some((place, long, len)) = found else {
        findings.error("the zip64 end record is not where its locator points");
        return Ok(None);
    };
    let stop = place
        .checked_add(12)
        .and_then(|start| start.checked_add(len));
    if stop != Some(locator_at) {
        findings.error("the zip64 end record and its locator do not meet");
    }
    if !agree(&short, &long) {
        findings.error("the end record and the zip64 end record disagree");
    }
    Ok(Some(Widened {
        record: long,
        end: place,
        told: Some(told),
    }))
}

/// The disk of the zip64 end record, its offset, and the number of disks.
fn parse_locator(bytes: &[u8]) -> Option<(u32, u64, u32)> {
    let mut fields = Fields::new(bytes.strip_prefix(LOCATOR)?);
    Some((fields.u32()?, fields.u64()?, fields.u32()?))
}

/// Whether each value of the short record is the long one's, or says "see there".
fn agree(short: &Record, long: &Record) -> bool {
    let half = |short: u64, long: u64| short == long || short == u64::from(FULL_16);
    let full = |short: u64, long: u64| short == long || short == u64::from(FULL_32);
    half(short.disk.into(), long.disk.into())
        && half(short.directory_disk.into(), long.directory_disk.into())
        && half(short.entries_here, long.entries_here)
        && half(short.entries, long.entries)
        && full(short.size, long.size)
        && full(short.offset, long.offset)
}

/// Tells bytes before the zip from bytes between the directory and its end record.
fn place<R: Read + Seek>(
    source: &mut Source<R>,
    record: &Record,
    end: u64,
    findings: &mut Findings,
) -> Result<Option<End>, Error> {
    let gap = end.saturating_sub(record.offset.saturating_add(record.size));
    let mut here = |at: u64| -> Result<bool, Error> {
        Ok(record.size == 0 || source.bytes(at, CENTRAL.len())?.as_deref() == Some(CENTRAL))
    };
    let base = if gap == 0 || (record.size > 0 && here(record.offset)?) {
        if gap > 0 {
            findings.error(format!(
                "{gap} bytes stand between the directory and its end record"
            ));
        }
        0
    } else if here(record.offset.saturating_add(gap))? {
        findings.error(format!("{gap} bytes stand before the zip"));
        gap
    } else {
        findings.error("altered: the end record does not point at the directory");
        return Ok(None);
    };
    let start = record.offset.saturating_add(base);
    Ok(Some(End {
        base,
        start,
        size: record.size,
        entries: record.entries,
    }))
}
