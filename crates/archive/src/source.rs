//! The bytes of the archive: random access that stays quick when it is in fact sequential.

use std::io::{self, BufReader, Read, Seek, SeekFrom};

use crate::error::Error;

const BUFFER: usize = 128 * 1024;

/// A reader of known length and position.
#[derive(Debug)]
pub(crate) struct Source<R> {
    reader: BufReader<R>,
    at: u64,
    len: u64,
}

impl<R: Read + Seek> Source<R> {
    pub(crate) fn new(mut reader: R) -> Result<Self, Error> {
        let len = reader.seek(SeekFrom::End(0))?;
        reader.seek(SeekFrom::Start(0))?;
        // No buffer larger than what it buffers: most zips inside a zip are small.
        let buffer = usize::try_from(len).unwrap_or(BUFFER).min(BUFFER);
        Ok(Self {
            reader: BufReader::with_capacity(buffer, reader),
            at: 0,
            len,
        })
    }

    pub(crate) fn len(&self) -> u64 {
        self.len
    }

    /// Moves to an offset, keeping what is buffered where it can.
    pub(crate) fn go(&mut self, to: u64) -> io::Result<()> {
        match i64::try_from(i128::from(to) - i128::from(self.at)) {
            Ok(0) => {}
            Ok(delta) => self.reader.seek_relative(delta)?,
            Err(_) => drop(self.reader.seek(SeekFrom::Start(to))?),
        }
        self.at = to;
        Ok(())
    }

    /// `len` bytes at `at`; `None` where they lie outside the file.
    pub(crate) fn bytes(&mut self, at: u64, len: usize) -> Result<Option<Vec<u8>>, Error> {
        let inside = u64::try_from(len)
            .ok()
            .and_then(|len| at.checked_add(len))
            .is_some_and(|end| end <= self.len);
        if !inside {
            return Ok(None);
        }
        self.go(at)?;
        let mut bytes = vec![0; len];
        self.read_exact(&mut bytes)?;
        Ok(Some(bytes))
    }
}

impl<R: Read> Read for Source<R> {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        let read = self.reader.read(buf)?;
        self.at = self
            .at
            .saturating_add(u64::try_from(read).unwrap_or(u64::MAX));
        Ok(read)
    }
}
