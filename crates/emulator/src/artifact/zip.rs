//! The only file of the emulator that knows the zip crate.
//!
//! What [`write()`] makes looks as the service's own artifacts do (archive-format.md section 7): deflate for each entry,
//! flags `0x0808` (sizes after the data, UTF-8 names), FAT host, no extra fields, one time for all entries. A
//! [`Writer`] and a [`Reader`] are for whole-instance archives, which are too large to be held and whose look nobody
//! knows.

use std::io::{self, Cursor, Read, Seek, Write};

use jiff::{Timestamp, tz::Offset};
use zip::write::{SimpleFileOptions, StreamWriter};
use zip::{CompressionMethod, DateTime, ZipArchive, ZipWriter};

use super::{Entries, Unreadable};

/// More than any real entry (4.6 MB seen); an entry that unpacks to more is refused.
const ENTRY_LIMIT: u64 = 512 * 1024 * 1024;

/// Whether these bytes begin as a zip does (an empty one included).
pub(crate) fn is_zip(bytes: &[u8]) -> bool {
    bytes.starts_with(b"PK\x03\x04") || bytes.starts_with(b"PK\x05\x06")
}

/// Reads every entry of a zip; CRCs are checked on the way. Directory entries and what macOS adds are left out.
pub(crate) fn read(bytes: &[u8]) -> Result<Entries, Unreadable> {
    let mut archive = ZipArchive::new(Cursor::new(bytes)).map_err(|e| broken(&e))?;
    let mut entries = Entries::new();
    for index in 0..archive.len() {
        let mut entry = archive.by_index(index).map_err(|e| broken(&e))?;
        if entry.is_dir() {
            continue;
        }
        let name = String::from_utf8(entry.name_raw().to_vec())
            .map_err(|e| Unreadable::from_error("zip", &e))?;
        if name.starts_with("__MACOSX/") || name.ends_with(".DS_Store") {
            continue;
        }
        let content = whole(&mut entry, &name)?;
        entries.insert(name, content);
    }
    Ok(entries)
}

fn broken(error: &zip::result::ZipError) -> Unreadable {
    Unreadable::from_error("zip", error)
}

fn whole(entry: &mut impl Read, name: &str) -> Result<Vec<u8>, Unreadable> {
    let mut content = Vec::new();
    entry
        .take(ENTRY_LIMIT)
        .read_to_end(&mut content)
        .map_err(|e| Unreadable::from_error(name, &e))?;
    if content.len() as u64 == ENTRY_LIMIT {
        return Err(Unreadable::new(name, "unpacks to more than 512 MiB"));
    }
    Ok(content)
}

/// A zip that is read entry by entry.
pub(crate) struct Reader<R>(ZipArchive<R>);

impl<R: Read + Seek> Reader<R> {
    pub(crate) fn new(from: R) -> Result<Self, Unreadable> {
        ZipArchive::new(from).map(Self).map_err(|e| broken(&e))
    }

    pub(crate) fn holds(&self, name: &str) -> bool {
        self.0.index_for_name(name).is_some()
    }

    /// One entry, its CRC checked.
    pub(crate) fn entry(&mut self, name: &str) -> Result<Vec<u8>, Unreadable> {
        let mut entry = self
            .0
            .by_name(name)
            .map_err(|e| Unreadable::from_error(name, &e))?;
        whole(&mut entry, name)
    }

    /// One entry of any size, its CRC checked.
    pub(crate) fn copy(&mut self, name: &str, to: &mut impl Write) -> Result<(), Unreadable> {
        let mut entry = self
            .0
            .by_name(name)
            .map_err(|e| Unreadable::from_error(name, &e))?;
        io::copy(&mut entry, to).map_err(|e| Unreadable::from_error(name, &e))?;
        Ok(())
    }

    /// Reads everything for its CRC alone.
    pub(crate) fn check(&mut self) -> Result<(), Unreadable> {
        for index in 0..self.0.len() {
            let mut entry = self.0.by_index(index).map_err(|e| broken(&e))?;
            io::copy(&mut entry, &mut io::sink()).map_err(|e| Unreadable::from_error("zip", &e))?;
        }
        Ok(())
    }
}

/// A zip that is written entry by entry: what is written goes into the entry begun last.
pub(crate) struct Writer<W: Write> {
    out: ZipWriter<StreamWriter<W>>,
    options: SimpleFileOptions,
}

impl<W: Write> Writer<W> {
    pub(crate) fn new(to: W, time: Timestamp) -> Self {
        Self {
            out: ZipWriter::new_stream(to),
            options: options(time),
        }
    }

    /// Begins an entry. Names are to be told apart by the caller.
    pub(crate) fn begin(&mut self, name: &str) -> Result<(), Unreadable> {
        self.out
            .start_file(name, self.options)
            .map_err(|e| broken(&e))
    }

    /// Begins an entry that may grow beyond 4 GiB.
    pub(crate) fn begin_large(&mut self, name: &str) -> Result<(), Unreadable> {
        let options = self.options.large_file(true);
        self.out.start_file(name, options).map_err(|e| broken(&e))
    }

    pub(crate) fn finish(self) -> Result<W, Unreadable> {
        Ok(self.out.finish().map_err(|e| broken(&e))?.into_inner())
    }
}

impl<W: Write> Write for Writer<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.out.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
    }
}

fn options(time: Timestamp) -> SimpleFileOptions {
    SimpleFileOptions::default()
        .compression_method(CompressionMethod::Deflated)
        .last_modified_time(dos_time(time))
}

/// Writes a zip of these entries, in this order.
pub(crate) fn write(entries: &[(String, Vec<u8>)], time: Timestamp) -> Result<Vec<u8>, Unreadable> {
    let mut out = Writer::new(Vec::new(), time);
    for (name, content) in entries {
        out.begin(name)?;
        out.write_all(content)
            .map_err(|e| Unreadable::from_error(name.as_str(), &e))?;
    }
    let mut bytes = out.finish()?;
    as_java_writes(&mut bytes);
    Ok(bytes)
}

/// DOS time knows 1980 to 2107 and even seconds only.
fn dos_time(time: Timestamp) -> DateTime {
    let local = Offset::UTC.to_datetime(time);
    let part = |value: i8| u8::try_from(value).unwrap_or(0);
    DateTime::from_date_and_time(
        u16::try_from(local.year()).unwrap_or(1980),
        part(local.month()),
        part(local.day()),
        part(local.hour()),
        part(local.minute()),
        part(local.second()),
    )
    .unwrap_or_default()
}

/// Makes every header look as the service's: the UTF-8 bit set, FAT as the host, no external attributes. The zip crate
/// sets that bit only for names beyond ASCII, and streams only what Unix attributes call a file.
fn as_java_writes(bytes: &mut [u8]) {
    let u32_at = |bytes: &[u8], at: usize| -> Option<usize> {
        let four: [u8; 4] = bytes.get(at..at.checked_add(4)?)?.try_into().ok()?;
        usize::try_from(u32::from_le_bytes(four)).ok()
    };
    let u16_at = |bytes: &[u8], at: usize| -> Option<usize> {
        let two: [u8; 2] = bytes.get(at..at.checked_add(2)?)?.try_into().ok()?;
        Some(usize::from(u16::from_le_bytes(two)))
    };
    // No comment is written, so the end record is the last 22 bytes.
    let Some(end) = bytes.len().checked_sub(22) else {
        return;
    };
    let Some(mut at) = u32_at(bytes, end + 16) else {
        return;
    };
    while bytes.get(at..at + 4) == Some(b"PK\x01\x02") {
        let (Some(name), Some(extra), Some(comment), Some(local)) = (
            u16_at(bytes, at + 28),
            u16_at(bytes, at + 30),
            u16_at(bytes, at + 32),
            u32_at(bytes, at + 42),
        ) else {
            return;
        };
        for flags in [at + 9, local + 7] {
            if let Some(high) = bytes.get_mut(flags) {
                *high |= 0x08;
            }
        }
        if let Some(host) = bytes.get_mut(at + 5) {
            *host = 0;
        }
        if let Some(attributes) = bytes.get_mut(at + 38..at + 42) {
            attributes.fill(0);
        }
        at += 46 + name + extra + comment;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sample() -> Vec<u8> {
        let entries = vec![
            ("a/b c.txt".to_owned(), b"hello hello hello".to_vec()),
            ("d".to_owned(), Vec::new()),
        ];
        write(&entries, "2026-01-02T03:04:06Z".parse().unwrap()).unwrap()
    }

    #[test]
    fn what_is_written_is_read_again() {
        let entries = read(&sample()).unwrap();
        assert_eq!(entries.len(), 2);
        assert_eq!(entries["a/b c.txt"], b"hello hello hello");
        assert_eq!(entries["d"], b"");
    }

    #[test]
    fn headers_look_as_the_service_writes_them() {
        let bytes = sample();
        assert!(is_zip(&bytes));
        // Local header: flags 0x0808, deflate, no extra field.
        assert_eq!(bytes[6..10], [0x08, 0x08, 8, 0]);
        assert_eq!(bytes[28..30], [0, 0]);
        let central = bytes.windows(4).position(|w| w == b"PK\x01\x02").unwrap();
        // Host FAT, version 2.0, flags 0x0808, no external attributes.
        assert_eq!(bytes[central + 4..central + 6], [20, 0]);
        assert_eq!(bytes[central + 8..central + 10], [0x08, 0x08]);
        assert_eq!(bytes[central + 38..central + 42], [0, 0, 0, 0]);
    }

    #[test]
    fn a_cut_zip_is_refused() {
        let bytes = sample();
        assert!(read(&bytes[..bytes.len() - 10]).is_err());
        assert!(read(b"<html>").is_err());
    }
}
