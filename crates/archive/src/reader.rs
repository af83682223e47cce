//! Unpacks the data of one entry. The only file that names the `zip` crate.
//!
//! Where an entry's data lie, and what it should unpack to, was read by our own parser. The crate gets
//! just those bytes, behind a header made here, so that it inflates and sums, and decides nothing.

use std::cell::{Cell, RefCell};
use std::io::{self, Read, Seek};

use zip::read::{ZipReadOptions, read_zipfile_from_stream_with_options};

use crate::error::{Error, Inner};
use crate::source::Source;

const STORED: u16 = 0;
const DEFLATED: u16 = 8;
const CHUNK: usize = 64 * 1024;

/// What to unpack.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Content {
    /// Offset of the first byte in the file.
    pub(crate) data: u64,
    pub(crate) packed: u64,
    pub(crate) unpacked: u64,
    pub(crate) crc: u32,
    pub(crate) method: u16,
}

/// How it went.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Unpacked {
    /// Size and checksum are those of the directory.
    Whole,
    WrongChecksum,
    /// It ended after this many bytes.
    TooShort(u64),
    /// It was left when it had produced more than it should.
    TooLong,
    Corrupt,
    /// The packed data end before the content does.
    Incomplete,
    /// Packed data are left behind the end of the content.
    Excess,
}

/// Whether a compression method can be read: stored and deflate, all that the service is known to use.
pub(crate) fn supports(method: u16) -> bool {
    matches!(method, STORED | DEFLATED)
}

/// Gets what an entry unpacked to so far, in bytes, and the newest piece of it; may stop the unpacking.
pub(crate) type Spend<'a> = dyn FnMut(u64, &[u8]) -> Result<(), Error> + 'a;

/// Unpacks entries, one at a time, and keeps nothing of them.
#[derive(Debug)]
pub(crate) struct Unpacker {
    chunk: Vec<u8>,
}

impl Unpacker {
    pub(crate) fn new() -> Self {
        Self {
            chunk: vec![0; CHUNK],
        }
    }

    /// Reads the entry to its end.
    pub(crate) fn unpack<R: Read + Seek>(
        &mut self,
        source: &mut Source<R>,
        what: &Content,
        spend: &mut Spend<'_>,
    ) -> Result<Unpacked, Error> {
        // Some writers call empty entries deflated without any data.
        if what.packed == 0 && what.unpacked == 0 && what.crc == 0 {
            return Ok(Unpacked::Whole);
        }
        source.go(what.data)?;
        let gate = Gate::default();
        // Deflated data carry their own end: with the last byte held back they must not reach it.
        gate.hold.set(what.method == DEFLATED);
        let mut window = Window {
            header: header(what.method),
            shown: 0,
            source,
            left: what.packed,
            gate: &gate,
        };
        let result = self.pull(&mut window, what, &gate, spend);
        match gate.failed.take() {
            Some(error) => Err(error.into()),
            None => result,
        }
    }

    fn pull<R: Read + Seek>(
        &mut self,
        window: &mut Window<'_, R>,
        what: &Content,
        gate: &Gate,
        spend: &mut Spend<'_>,
    ) -> Result<Unpacked, Error> {
        // The size is compared here, so that a wrong one is told apart from a wrong checksum.
        let options = ZipReadOptions::new()
            .override_compressed_size(what.packed)
            .override_uncompressed_size(u64::MAX)
            .override_crc(what.crc);
        let file = read_zipfile_from_stream_with_options(window, options)
            .map_err(|error| Inner::Read(io::Error::other(error)))?;
        let Some(mut file) = file else {
            return Ok(Unpacked::Corrupt);
        };
        let mut produced = 0_u64;
        let outcome = loop {
            match file.read(&mut self.chunk) {
                Ok(0) if produced != what.unpacked => break Ok(Unpacked::TooShort(produced)),
                Ok(0) if gate.hold.get() => break Ok(Unpacked::Excess),
                Ok(0) => break Ok(Unpacked::Whole),
                Ok(now) => {
                    let now = self.chunk.get(..now).unwrap_or_default();
                    produced = produced.saturating_add(now.len() as u64);
                    if let Err(error) = spend(produced, now) {
                        break Err(error);
                    }
                    if produced > what.unpacked {
                        break Ok(Unpacked::TooLong);
                    }
                }
                Err(error) => match error.kind() {
                    io::ErrorKind::Interrupted => {}
                    // As expected of deflated data: now the last byte may come.
                    io::ErrorKind::UnexpectedEof if gate.hold.get() => gate.hold.set(false),
                    io::ErrorKind::UnexpectedEof => break Ok(Unpacked::Incomplete),
                    io::ErrorKind::InvalidData if produced != what.unpacked => {
                        break Ok(Unpacked::TooShort(produced));
                    }
                    io::ErrorKind::InvalidData => break Ok(Unpacked::WrongChecksum),
                    _ => break Ok(Unpacked::Corrupt),
                },
            }
        };
        // The crate reads to the end of the data when its reader is dropped; nobody needs that.
        gate.closed.set(true);
        outcome
    }
}

/// A local header that says nothing but the method; sizes and checksum are given beside it.
fn header(method: u16) -> [u8; 30] {
    let mut header = [0; 30];
    let fields: [(usize, [u8; 2]); 5] = [
        (0, *b"PK"),
        (2, [3, 4]),
        (4, [20, 0]),
        // The flag "sizes follow the data" makes the crate take the size that it is given.
        (6, [8, 0]),
        (8, method.to_le_bytes()),
    ];
    for (at, value) in fields {
        if let Some(place) = header.get_mut(at..at + 2) {
            place.copy_from_slice(&value);
        }
    }
    header
}

/// What the window's owner changes while the crate holds the window.
#[derive(Debug, Default)]
struct Gate {
    /// The last byte is not given out.
    hold: Cell<bool>,
    /// Nothing is given out any more.
    closed: Cell<bool>,
    /// The source itself failed, which says nothing about the archive.
    failed: RefCell<Option<io::Error>>,
}

/// The made header, then the bytes of one entry.
#[derive(Debug)]
struct Window<'a, R> {
    header: [u8; 30],
    shown: usize,
    source: &'a mut Source<R>,
    left: u64,
    gate: &'a Gate,
}

impl<R: Read> Read for Window<'_, R> {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        if self.gate.closed.get() {
            return Ok(0);
        }
        let mut header = self.header.get(self.shown..).unwrap_or_default();
        if !header.is_empty() {
            let read = header.read(buf)?;
            self.shown += read;
            return Ok(read);
        }
        let open = self.left.saturating_sub(u64::from(self.gate.hold.get()));
        let most = usize::try_from(open).unwrap_or(usize::MAX).min(buf.len());
        let room = buf.get_mut(..most).unwrap_or_default();
        if room.is_empty() {
            return Ok(0);
        }
        let read = match self.source.read(room) {
            Ok(0) => Err(io::Error::new(
                io::ErrorKind::UnexpectedEof,
                "the file became shorter",
            )),
            other => other,
        };
        match read {
            Ok(read) => {
                self.left = self.left.saturating_sub(read as u64);
                Ok(read)
            }
            Err(error) if error.kind() == io::ErrorKind::Interrupted => Err(error),
            Err(error) => {
                self.gate.failed.replace(Some(error));
                Err(io::Error::other("the source failed"))
            }
        }
    }
}
