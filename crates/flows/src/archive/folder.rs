//! A folder as the zip that its files would make, which is never written: whoever reads archives reads it too.

use std::io::{self, Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use crc32fast::Hasher;
use fs_err as fs;

use super::extract::MARK;

const LOCAL: &[u8] = b"PK\x03\x04";
const CENTRAL: &[u8] = b"PK\x01\x02";
const END: &[u8] = b"PK\x05\x06";
const END_64: &[u8] = b"PK\x06\x06";
const LOCATOR_64: &[u8] = b"PK\x06\x07";
/// Version 4.5, which knows zip64.
const VERSION: u16 = 45;
const UTF8: u16 = 1 << 11;
/// What stands for a number that is in the zip64 field.
const FULL_32: u32 = u32::MAX;
const FULL_16: u16 = u16::MAX;

/// The files of a folder, and the directory of the zip that they make.
#[derive(Debug)]
pub struct Folder {
    root: PathBuf,
    /// In the order of their paths.
    files: Vec<File>,
    /// Where the directory begins.
    tail_at: u64,
    tail: Vec<u8>,
}

#[derive(Debug)]
struct File {
    path: String,
    bytes: u64,
    crc: u32,
    /// Where its header stands.
    at: u64,
}

impl Folder {
    /// Reads every file once, for its checksum. What belongs to version control, or says that this is a tree of ours,
    /// or was left by one that was killed, is passed over; links are not followed.
    pub(super) fn read(root: &Path) -> io::Result<Self> {
        let mut paths = Vec::new();
        collect(root, "", &mut paths)?;
        paths.sort_unstable();
        let mut files = Vec::with_capacity(paths.len());
        let mut at = 0;
        let mut piece = vec![0; 128 * 1024];
        for path in paths {
            let mut file = fs::File::open(root.join(&path))?;
            let mut sum = Hasher::new();
            let mut bytes = 0;
            loop {
                let read = file.read(&mut piece)?;
                if read == 0 {
                    break;
                }
                sum.update(piece.get(..read).unwrap_or_default());
                bytes += read as u64;
            }
            let crc = sum.finalize();
            let file = File {
                path,
                bytes,
                crc,
                at,
            };
            at += file.header().len() as u64 + bytes;
            files.push(file);
        }
        let mut tail = Vec::new();
        for file in &files {
            file.entry(&mut tail);
        }
        end(files.len() as u64, at, &mut tail);
        Ok(Self {
            root: root.to_owned(),
            files,
            tail_at: at,
            tail,
        })
    }

    fn len(&self) -> u64 {
        self.tail_at + self.tail.len() as u64
    }
}

fn collect(folder: &Path, below: &str, paths: &mut Vec<String>) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let name = entry.file_name();
        let Some(name) = name.to_str() else {
            let what = format!("a name that is not UTF-8: {}", entry.path().display());
            return Err(io::Error::new(io::ErrorKind::InvalidData, what));
        };
        if name.starts_with(".git") || (below.is_empty() && name.starts_with(MARK)) {
            continue;
        }
        let path = format!("{below}{name}");
        let kind = entry.file_type()?;
        if kind.is_dir() {
            collect(&entry.path(), &format!("{path}/"), paths)?;
        } else if kind.is_file() {
            paths.push(path);
        }
    }
    Ok(())
}

impl File {
    fn is_large(&self) -> bool {
        self.bytes >= u64::from(FULL_32)
    }

    fn header(&self) -> Vec<u8> {
        let mut out = LOCAL.to_vec();
        self.common(&mut out);
        let extra = if self.is_large() { 20 } else { 0 };
        put16(&mut out, self.name_len());
        put16(&mut out, extra);
        out.extend_from_slice(self.path.as_bytes());
        if self.is_large() {
            wide(&mut out, &[self.bytes, self.bytes]);
        }
        out
    }

    fn entry(&self, out: &mut Vec<u8>) {
        let mut numbers = Vec::new();
        if self.is_large() {
            numbers.extend([self.bytes, self.bytes]);
        }
        let far = self.at >= u64::from(FULL_32);
        if far {
            numbers.push(self.at);
        }
        out.extend_from_slice(CENTRAL);
        put16(out, VERSION);
        self.common(out);
        put16(out, self.name_len());
        let extra = if numbers.is_empty() {
            0
        } else {
            4 + 8 * numbers.len()
        };
        put16(out, u16::try_from(extra).unwrap_or(FULL_16));
        // No comment, the first disk, no attributes.
        out.extend_from_slice(&[0; 10]);
        put32(out, u32::try_from(self.at).unwrap_or(FULL_32));
        out.extend_from_slice(self.path.as_bytes());
        if !numbers.is_empty() {
            wide(out, &numbers);
        }
    }

    /// Version, flags, no compression, no time, checksum, sizes.
    fn common(&self, out: &mut Vec<u8>) {
        put16(out, VERSION);
        put16(out, UTF8);
        out.extend_from_slice(&[0; 6]);
        put32(out, self.crc);
        let size = if self.is_large() {
            FULL_32
        } else {
            u32::try_from(self.bytes).unwrap_or(FULL_32)
        };
        put32(out, size);
        put32(out, size);
    }

    /// No file system has longer paths.
    fn name_len(&self) -> u16 {
        u16::try_from(self.path.len()).unwrap_or(FULL_16)
    }
}

/// Both ends: the one of zip64 counts for whoever knows it.
fn end(count: u64, at: u64, out: &mut Vec<u8>) {
    let size = out.len() as u64;
    out.extend_from_slice(END_64);
    out.extend_from_slice(&44_u64.to_le_bytes());
    put16(out, VERSION);
    put16(out, VERSION);
    out.extend_from_slice(&[0; 8]);
    for number in [count, count, size, at] {
        out.extend_from_slice(&number.to_le_bytes());
    }
    out.extend_from_slice(LOCATOR_64);
    put32(out, 0);
    out.extend_from_slice(&(at + size).to_le_bytes());
    put32(out, 1);
    out.extend_from_slice(END);
    out.extend_from_slice(&[0; 4]);
    let short = u16::try_from(count).unwrap_or(FULL_16);
    put16(out, short);
    put16(out, short);
    put32(out, u32::try_from(size).unwrap_or(FULL_32));
    put32(out, u32::try_from(at).unwrap_or(FULL_32));
    put16(out, 0);
}

/// The zip64 field.
fn wide(out: &mut Vec<u8>, numbers: &[u64]) {
    put16(out, 1);
    put16(out, u16::try_from(8 * numbers.len()).unwrap_or_default());
    for number in numbers {
        out.extend_from_slice(&number.to_le_bytes());
    }
}

fn put16(out: &mut Vec<u8>, number: u16) {
    out.extend_from_slice(&number.to_le_bytes());
}

fn put32(out: &mut Vec<u8>, number: u32) {
    out.extend_from_slice(&number.to_le_bytes());
}

/// A reader of a folder.
#[derive(Debug)]
pub(super) struct Open {
    folder: Arc<Folder>,
    at: u64,
    /// The file that was read last, by its number.
    file: Option<(usize, fs::File)>,
}

impl Open {
    pub(super) fn new(folder: Arc<Folder>) -> Self {
        Self {
            folder,
            at: 0,
            file: None,
        }
    }

    fn read_file(&mut self, number: usize, at: u64, buf: &mut [u8]) -> io::Result<usize> {
        let folder = Arc::clone(&self.folder);
        let Some(known) = folder.files.get(number) else {
            return Ok(0);
        };
        let header = known.header();
        let inner = at - known.at;
        if let Some(rest) = usize::try_from(inner)
            .ok()
            .and_then(|from| header.get(from..))
            && !rest.is_empty()
        {
            return (&mut &*rest).read(buf);
        }
        let inner = inner - header.len() as u64;
        let mut file = match self.file.take() {
            Some((open, file)) if open == number => file,
            _ => fs::File::open(folder.root.join(&known.path))?,
        };
        file.seek(SeekFrom::Start(inner))?;
        let left = usize::try_from(known.bytes - inner).unwrap_or(usize::MAX);
        let wanted = buf.len().min(left);
        let read = file.read(buf.get_mut(..wanted).unwrap_or_default())?;
        if read == 0 {
            let what = format!("{} became shorter while it was read", known.path);
            return Err(io::Error::new(io::ErrorKind::UnexpectedEof, what));
        }
        self.file = Some((number, file));
        Ok(read)
    }
}

impl Read for Open {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        let folder = &self.folder;
        if buf.is_empty() || self.at >= folder.len() {
            return Ok(0);
        }
        let read = if let Some(inner) = self.at.checked_sub(folder.tail_at) {
            let rest = usize::try_from(inner).ok();
            let mut rest = rest
                .and_then(|from| folder.tail.get(from..))
                .unwrap_or_default();
            rest.read(buf)?
        } else {
            let behind = folder.files.partition_point(|file| file.at <= self.at);
            self.read_file(behind.saturating_sub(1), self.at, buf)?
        };
        self.at += read as u64;
        Ok(read)
    }
}

impl Seek for Open {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        let at = match to {
            SeekFrom::Start(at) => Some(at),
            SeekFrom::End(by) => self.folder.len().checked_add_signed(by),
            SeekFrom::Current(by) => self.at.checked_add_signed(by),
        };
        self.at = at.ok_or_else(|| io::Error::from(io::ErrorKind::InvalidInput))?;
        Ok(self.at)
    }
}

#[cfg(test)]
mod tests {
    use ferry_archive::Limits;

    use super::*;

    #[test]
    fn a_folder_is_a_whole_zip_of_its_files() {
        let folder = tempfile::tempdir().unwrap();
        let long = vec![7; 300_000];
        for (path, content) in [
            ("b/x.txt", b"hello".as_slice()),
            ("a.txt", b""),
            ("b/c/long.bin", &long),
            (".git/config", b"not an entry"),
            (MARK, b"not an entry"),
        ] {
            let path = folder.path().join(path);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, content).unwrap();
        }
        let read = Arc::new(Folder::read(folder.path()).unwrap());
        let seen = ferry_archive::verify(Open::new(Arc::clone(&read)), &Limits::default()).unwrap();
        assert_eq!(seen.findings, []);
        assert_eq!((seen.entries, seen.unpacked), (3, 300_005));
        let names = ferry_archive::names(Open::new(Arc::clone(&read)), &Limits::default()).unwrap();
        let names: Vec<&str> = names.iter().map(|it| it.name.as_str()).collect();
        assert_eq!(names, ["a.txt", "b/c/long.bin", "b/x.txt"]);
        let one = ferry_archive::one(Open::new(Arc::clone(&read)), "b/x.txt", &Limits::default());
        assert_eq!(one.unwrap().unwrap(), b"hello");
        // A file that changed meanwhile is told, and not taken for damage of the tree alone.
        fs::write(folder.path().join("b/x.txt"), "he").unwrap();
        assert!(ferry_archive::verify(Open::new(read), &Limits::default()).is_err());
    }
}
