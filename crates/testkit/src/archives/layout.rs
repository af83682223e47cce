//! Lays out a zip byte by byte.

use std::io::{self, Write};

use super::deflate;

/// Compression method: none.
pub const STORED: u16 = 0;
/// Compression method: deflate.
pub const DEFLATED: u16 = 8;
/// Flag: the content is encrypted.
pub const ENCRYPTED: u16 = 1;
/// Flag: sizes and checksum follow the data.
pub const FOLLOWS: u16 = 1 << 3;
/// Flag: the name is UTF-8.
pub const UTF8: u16 = 1 << 11;

const FULL: u32 = u32::MAX;

/// What a header says of an entry; local and central header have one each.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Head {
    /// The name's bytes.
    pub name: Vec<u8>,
    /// General purpose flags.
    pub flags: u16,
    /// Compression method.
    pub method: u16,
    /// CRC-32 of the content.
    pub crc: u32,
    /// Bytes of the data.
    pub packed: u64,
    /// Bytes of the content.
    pub unpacked: u64,
}

/// What follows the data.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Descriptor {
    /// Nothing.
    None,
    /// Checksum and sizes behind a signature, as Java writes them.
    Signed,
    /// The same without the signature.
    Unsigned,
}

/// One entry. Every field can be made to lie.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Part {
    /// The header before the data.
    pub local: Head,
    /// The header in the directory.
    pub central: Head,
    /// The data as they lie in the file.
    pub data: Vec<u8>,
    /// What follows the data; it repeats what the directory says, unless `described` is given.
    pub descriptor: Descriptor,
    /// The descriptor's checksum, where it is to be another one than the directory's.
    pub described: Option<u32>,
    /// Sizes and offset in zip64 fields of 64 bits.
    pub zip64: bool,
    /// The host system of "version made by": 0 FAT, 3 UNIX.
    pub host: u8,
    /// External attributes; the UNIX mode in the upper half.
    pub attributes: u32,
    /// DOS time and date.
    pub moment: [u16; 2],
    /// Not listed in the directory.
    pub unlisted: bool,
    /// Lays out nothing; the directory points at the header of the part with this index instead.
    pub shares: Option<usize>,
}

impl Part {
    fn of(name: &str, content: &[u8], method: u16, data: Vec<u8>, crc: u32) -> Self {
        let head = Head {
            name: name.as_bytes().to_vec(),
            flags: UTF8,
            method,
            crc,
            packed: data.len() as u64,
            unpacked: content.len() as u64,
        };
        Self {
            local: head.clone(),
            central: head,
            data,
            descriptor: Descriptor::None,
            described: None,
            zip64: false,
            host: 0,
            attributes: 0,
            moment: [0, 0x5821],
            unlisted: false,
            shares: None,
        }
    }

    /// An entry whose data are its content.
    pub fn stored(name: &str, content: &[u8]) -> Self {
        Self::of(
            name,
            content,
            STORED,
            content.to_vec(),
            deflate(content).crc,
        )
    }

    /// A deflated entry.
    pub fn deflated(name: &str, content: &[u8]) -> Self {
        let packed = deflate(content);
        Self::of(name, content, DEFLATED, packed.data, packed.crc)
    }

    /// A deflated entry as the service's exports have them: flags `0x0808`, a signed descriptor.
    pub fn like_the_service(name: &str, content: &[u8]) -> Self {
        Self::deflated(name, content).followed_by(Descriptor::Signed)
    }

    /// An empty directory.
    pub fn directory(name: &str) -> Self {
        Self::of(name, &[], STORED, Vec::new(), 0)
    }

    /// Moves sizes and checksum of the local header behind the data.
    #[must_use]
    pub fn followed_by(mut self, descriptor: Descriptor) -> Self {
        self.descriptor = descriptor;
        self.central.flags |= FOLLOWS;
        self.local.flags |= FOLLOWS;
        self.local.crc = 0;
        self.local.packed = 0;
        self.local.unpacked = 0;
        self
    }

    /// Writes the sizes as 64 bits.
    #[must_use]
    pub fn wide(mut self) -> Self {
        self.zip64 = true;
        self
    }

    /// Changes anything.
    #[must_use]
    pub fn with(mut self, change: impl FnOnce(&mut Self)) -> Self {
        change(&mut self);
        self
    }
}

/// A whole archive.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Zip {
    /// The entries, in the order of the file and of the directory.
    pub parts: Vec<Part>,
    /// The archive's comment.
    pub comment: Vec<u8>,
    /// Writes a zip64 end record and its locator.
    pub zip64: bool,
    /// The count of the end record, where it is to be another one than the true one.
    pub counted: Option<u64>,
    /// Bytes before the zip; the offsets do not count them.
    pub before: Vec<u8>,
    /// Bytes after the zip.
    pub after: Vec<u8>,
}

impl Zip {
    /// An archive of these entries.
    pub fn of(parts: impl IntoIterator<Item = Part>) -> Self {
        Self {
            parts: parts.into_iter().collect(),
            ..Self::default()
        }
    }

    /// Changes anything.
    #[must_use]
    pub fn with(mut self, change: impl FnOnce(&mut Self)) -> Self {
        change(&mut self);
        self
    }

    /// The archive's bytes.
    pub fn bytes(&self) -> Vec<u8> {
        let mut out = Vec::new();
        let mut offsets: Vec<u64> = Vec::new();
        for part in &self.parts {
            let shared = part.shares.and_then(|index| offsets.get(index).copied());
            offsets.push(shared.unwrap_or(out.len() as u64));
            if shared.is_none() {
                local(&mut out, part);
            }
        }
        let start = out.len() as u64;
        let mut count = 0;
        for (part, offset) in self
            .parts
            .iter()
            .zip(&offsets)
            .filter(|(part, _)| !part.unlisted)
        {
            central(&mut out, part, *offset);
            count += 1;
        }
        let size = out.len() as u64 - start;
        let count = self.counted.unwrap_or(count);
        end(&mut out, count, size, start, self.zip64, &self.comment);
        [self.before.as_slice(), &out, &self.after].concat()
    }
}

/// Writes an archive entry by entry, so that it need not fit into memory.
#[derive(Debug)]
pub struct Stream<W> {
    out: W,
    at: u64,
    count: u64,
    directory: Vec<u8>,
}

impl<W: Write> Stream<W> {
    /// An archive without an entry.
    pub fn new(out: W) -> Self {
        Self {
            out,
            at: 0,
            count: 0,
            directory: Vec::new(),
        }
    }

    /// Writes one entry.
    ///
    /// # Errors
    /// It could not be written.
    pub fn add(&mut self, part: &Part) -> io::Result<()> {
        let mut bytes = Vec::new();
        local(&mut bytes, part);
        central(&mut self.directory, part, self.at);
        self.at += bytes.len() as u64;
        self.count += 1;
        self.out.write_all(&bytes)
    }

    /// Writes the directory, and gives back what was written to.
    ///
    /// # Errors
    /// It could not be written.
    pub fn finish(mut self) -> io::Result<W> {
        let wide = self.count >= u64::from(u16::MAX) || self.at >= u64::from(u32::MAX);
        let mut bytes = self.directory;
        let size = bytes.len() as u64;
        end(&mut bytes, self.count, size, self.at, wide, &[]);
        self.out.write_all(&bytes)?;
        self.out.flush()?;
        Ok(self.out)
    }
}

/// The end record of a directory of `size` bytes at `start`.
fn end(out: &mut Vec<u8>, count: u64, size: u64, start: u64, zip64: bool, comment: &[u8]) {
    if zip64 {
        out.extend(b"PK\x06\x06");
        put64(out, &[44]);
        put16(out, &[45, 45]);
        put32(out, &[0, 0]);
        put64(out, &[count, count, size, start]);
        out.extend(b"PK\x06\x07");
        put32(out, &[0]);
        put64(out, &[start + size]);
        put32(out, &[1]);
    }
    out.extend(b"PK\x05\x06");
    let short = if zip64 { u16::MAX } else { low16(count) };
    put16(out, &[0, 0, short, short]);
    let wide = |value| if zip64 { FULL } else { low32(value) };
    put32(out, &[wide(size), wide(start)]);
    put16(out, &[low16(comment.len() as u64)]);
    out.extend(comment);
}

fn local(out: &mut Vec<u8>, part: &Part) {
    let head = &part.local;
    out.extend(b"PK\x03\x04");
    let [time, date] = part.moment;
    put16(out, &[20, head.flags, head.method, time, date]);
    put32(out, &[head.crc]);
    let mut extra = Vec::new();
    if part.zip64 {
        put32(out, &[FULL, FULL]);
        put16(&mut extra, &[1, 16]);
        put64(&mut extra, &[head.unpacked, head.packed]);
    } else {
        put32(out, &[low32(head.packed), low32(head.unpacked)]);
    }
    put16(
        out,
        &[low16(head.name.len() as u64), low16(extra.len() as u64)],
    );
    out.extend(&head.name);
    out.extend(&extra);
    out.extend(&part.data);
    if part.descriptor == Descriptor::None {
        return;
    }
    if part.descriptor == Descriptor::Signed {
        out.extend(b"PK\x07\x08");
    }
    let told = &part.central;
    put32(out, &[part.described.unwrap_or(told.crc)]);
    if part.zip64 {
        put64(out, &[told.packed, told.unpacked]);
    } else {
        put32(out, &[low32(told.packed), low32(told.unpacked)]);
    }
}

fn central(out: &mut Vec<u8>, part: &Part, offset: u64) {
    let head = &part.central;
    out.extend(b"PK\x01\x02");
    let needed = if part.zip64 { 45 } else { 20 };
    let [time, date] = part.moment;
    put16(
        out,
        &[
            u16::from_le_bytes([20, part.host]),
            needed,
            head.flags,
            head.method,
            time,
            date,
        ],
    );
    put32(out, &[head.crc]);
    let mut extra = Vec::new();
    if part.zip64 {
        put32(out, &[FULL, FULL]);
        put16(&mut extra, &[1, 24]);
        put64(&mut extra, &[head.unpacked, head.packed, offset]);
    } else {
        put32(out, &[low32(head.packed), low32(head.unpacked)]);
    }
    put16(
        out,
        &[
            low16(head.name.len() as u64),
            low16(extra.len() as u64),
            0,
            0,
            0,
        ],
    );
    put32(
        out,
        &[
            part.attributes,
            if part.zip64 { FULL } else { low32(offset) },
        ],
    );
    out.extend(&head.name);
    out.extend(&extra);
}

fn put16(out: &mut Vec<u8>, values: &[u16]) {
    for value in values {
        out.extend(value.to_le_bytes());
    }
}

fn put32(out: &mut Vec<u8>, values: &[u32]) {
    for value in values {
        out.extend(value.to_le_bytes());
    }
}

fn put64(out: &mut Vec<u8>, values: &[u64]) {
    for value in values {
        out.extend(value.to_le_bytes());
    }
}

/// The lower 16 bits, as a writer does that knows nothing of zip64.
fn low16(value: u64) -> u16 {
    let [a, b, ..] = value.to_le_bytes();
    u16::from_le_bytes([a, b])
}

/// The lower 32 bits.
fn low32(value: u64) -> u32 {
    let [a, b, c, d, ..] = value.to_le_bytes();
    u32::from_le_bytes([a, b, c, d])
}
