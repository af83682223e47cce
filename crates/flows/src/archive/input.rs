//! What an archive is read from.

use std::io::{self, Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use ferry_core::exit::Exit;
use fs_err as fs;

use super::folder::{Folder, Open};
use crate::Failure;

/// A file, an extracted tree, or what was fetched into memory: something that can be opened over and over.
#[derive(Debug, Clone)]
pub enum Input {
    /// A file.
    File(PathBuf),
    /// A folder, read as the archive that it would make.
    Folder(Arc<Folder>),
    /// Bytes.
    Bytes(Arc<[u8]>),
}

impl Input {
    /// What lies at a path. A folder is read through once.
    pub fn at(path: &Path) -> Result<Self, Failure> {
        let unreadable = |error| {
            let exit = match io::Error::kind(&error) {
                io::ErrorKind::NotFound => Exit::Usage,
                _ => Exit::Disk,
            };
            Failure::new(exit, format!("cannot read {}", path.display())).because(error)
        };
        let meta = fs::metadata(path).map_err(unreadable)?;
        if meta.is_dir() {
            let folder = Folder::read(path).map_err(unreadable)?;
            return Ok(Self::Folder(Arc::new(folder)));
        }
        // Whether it may be read is better told at once.
        fs::File::open(path).map_err(unreadable)?;
        Ok(Self::File(path.to_owned()))
    }

    /// A new reader.
    pub fn open(&self) -> io::Result<Reader> {
        Ok(match self {
            Self::File(path) => Reader(Kind::File(fs::File::open(path)?)),
            Self::Folder(folder) => Reader(Kind::Folder(Open::new(Arc::clone(folder)))),
            Self::Bytes(bytes) => Reader(Kind::Bytes(io::Cursor::new(Arc::clone(bytes)))),
        })
    }
}

/// A reader of an [`Input`].
#[derive(Debug)]
pub struct Reader(Kind);

#[derive(Debug)]
enum Kind {
    File(fs::File),
    Folder(Open),
    Bytes(io::Cursor<Arc<[u8]>>),
}

impl Read for Reader {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        match &mut self.0 {
            Kind::File(file) => file.read(buf),
            Kind::Folder(folder) => folder.read(buf),
            Kind::Bytes(bytes) => bytes.read(buf),
        }
    }
}

impl Seek for Reader {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        match &mut self.0 {
            Kind::File(file) => file.seek(to),
            Kind::Folder(folder) => folder.seek(to),
            Kind::Bytes(bytes) => bytes.seek(to),
        }
    }
}
