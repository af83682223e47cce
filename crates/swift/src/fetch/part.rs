//! A file that is not whole yet: beside its target, with a note of what it holds.

use std::fs::{File, TryLockError};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use crate::digest::hex;
use crate::ranges::Ranges;
use crate::reading::Pinned;

/// A name that is longer than this is cut, so that the ending has room: file systems take 255 bytes.
const LONGEST: usize = 200;

/// The file and its note.
#[derive(Debug)]
pub(crate) struct Part {
    target: PathBuf,
    path: PathBuf,
    note: PathBuf,
}

/// What the note says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) struct Note {
    schema: String,
    bucket: String,
    object: String,
    bytes: u64,
    etag: String,
    /// The stretches that are there, on the disk.
    pub(crate) done: Ranges,
}

const SCHEMA: &str = "ferry-part/1";

impl Note {
    /// Nothing is there yet. `None` where the object has no `ETag` by which it could be known again.
    pub(crate) fn new(pinned: &Pinned) -> Option<Self> {
        Some(Self {
            schema: SCHEMA.to_owned(),
            bucket: pinned.bucket.url().to_string(),
            object: pinned.name.to_string(),
            bytes: pinned.info.bytes,
            etag: pinned.info.etag.clone()?,
            done: Ranges::default(),
        })
    }

    /// Whether it is about this very object.
    pub(crate) fn is_of(&self, pinned: &Pinned) -> bool {
        Self::new(pinned).is_some_and(|fresh| {
            let done = self.done.clone();
            self.done.end() <= fresh.bytes && *self == Self { done, ..fresh }
        })
    }
}

impl Part {
    pub(crate) fn of(target: &Path) -> Self {
        let name = target.file_name().unwrap_or_default().to_string_lossy();
        let name = if name.len() > LONGEST {
            let short: String = name.chars().take(LONGEST / 8).collect();
            let digest = hex(&Sha256::digest(name.as_bytes()));
            format!("{short}.{digest}")
        } else {
            name.into_owned()
        };
        Self {
            target: target.to_path_buf(),
            path: target.with_file_name(format!("{name}.ferry-part")),
            note: target.with_file_name(format!("{name}.ferry-part.json")),
        }
    }

    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// The file, made where it is not there, for this process alone.
    pub(crate) fn open(&self) -> io::Result<File> {
        let file = File::options()
            .read(true)
            .write(true)
            .create(true)
            .truncate(false)
            .open(&self.path)?;
        match file.try_lock() {
            Err(TryLockError::WouldBlock) => Err(io::Error::new(
                io::ErrorKind::ResourceBusy,
                "another transfer is writing it",
            )),
            // Not every file system has locks.
            Ok(()) | Err(TryLockError::Error(_)) => Ok(file),
        }
    }

    /// What an earlier try noted, if it can be read and the file is still as long as it was made.
    pub(crate) fn note(&self) -> Option<Note> {
        let note: Note = serde_json::from_slice(&std::fs::read(&self.note).ok()?).ok()?;
        let len = std::fs::metadata(&self.path).ok()?.len();
        (note.schema == SCHEMA && note.bytes == len).then_some(note)
    }

    /// Notes what is on the disk, in one step: a kill leaves the old note or the new one.
    pub(crate) fn write(&self, note: &Note) -> io::Result<()> {
        let fresh = self.note.with_extension("new");
        std::fs::write(&fresh, serde_json::to_vec(note)?)?;
        std::fs::rename(&fresh, &self.note)
    }

    /// The whole file takes its place, on the disk before under its name.
    pub(crate) fn finish(&self, file: &File) -> io::Result<()> {
        let placed = file
            .sync_all()
            .and_then(|()| std::fs::rename(&self.path, &self.target));
        // What has no note is of no use to a later try.
        if placed.is_err() && self.note().is_none() {
            self.discard();
        } else if placed.is_ok() {
            self.forget();
        }
        placed
    }

    /// A file of a few bytes, written whole.
    pub(crate) fn fill(&self, bytes: &[u8]) -> io::Result<File> {
        let mut file = self.open()?;
        let written = file.set_len(0).and_then(|()| file.write_all(bytes));
        if written.is_err() {
            self.discard();
        }
        written.map(|()| file)
    }

    /// Takes the file away: what it holds is of no use.
    pub(crate) fn discard(&self) {
        // Whoever comes next overwrites what could not be removed.
        let _ = std::fs::remove_file(&self.path);
        self.forget();
    }

    fn forget(&self) {
        let _ = std::fs::remove_file(&self.note);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_longest_name_has_room_for_its_part() {
        for name in ["a.zip".to_owned(), "x".repeat(255), "é".repeat(127)] {
            let dir = tempfile::tempdir().unwrap();
            let part = Part::of(&dir.path().join(&name));
            part.finish(&part.fill(b"abc").unwrap()).unwrap();
            assert_eq!(std::fs::read(dir.path().join(&name)).unwrap(), b"abc");
            assert_eq!(std::fs::read_dir(dir.path()).unwrap().count(), 1);
        }
    }

    #[test]
    fn one_transfer_at_a_time() {
        let dir = tempfile::tempdir().unwrap();
        let part = Part::of(&dir.path().join("a"));
        let held = part.open().unwrap();
        let busy = part.open().unwrap_err();
        assert_eq!(busy.kind(), io::ErrorKind::ResourceBusy);
        drop(held);
        part.open().unwrap();
    }
}
