//! A content that is read where it lies.

use std::fs::File;
use std::io::{self, BufReader, Cursor, Read, Seek, SeekFrom};

use bytes::Bytes;

/// A content, opened at its beginning.
#[derive(Debug)]
pub(crate) enum Opened {
    /// In memory.
    Memory(Cursor<Bytes>),
    /// In a file.
    File(BufReader<File>),
}

impl Opened {
    /// A file that is no part of the pool.
    pub(crate) fn of_file(mut file: File) -> io::Result<Self> {
        file.rewind()?;
        Ok(Self::File(BufReader::new(file)))
    }
}

impl Read for Opened {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        match self {
            Self::Memory(bytes) => bytes.read(out),
            Self::File(file) => file.read(out),
        }
    }
}

impl Seek for Opened {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        match self {
            Self::Memory(bytes) => bytes.seek(to),
            Self::File(file) => file.seek(to),
        }
    }
}
