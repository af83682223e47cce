//! Files that an object goes to and comes from: whole or not at all.

use std::io::Write as _;
use std::path::{Path, PathBuf};

use bytes::Bytes;
use ferry_core::exit::Exit;
use fs_err as fs;
use serde::Serialize;
use tempfile::NamedTempFile;

use crate::Failure;
use crate::bucket::local::{blocking, folders_of, sync_folders, there_before};
use crate::names::local_path;

/// What to do about a disk.
const ROOM: &str = "see that there are room and permission there, then repeat the command";
/// What is read into memory at most.
const LONGEST: u64 = 256 << 20;

/// An object that went to a file, or came from one.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct FileReport {
    /// The exit code's meaning.
    #[serde(skip)]
    pub exit: Exit,
    /// The environment.
    pub environment: String,
    /// The object's id; `None` where the service does not tell it.
    pub id: Option<String>,
    /// The project it lives in.
    pub project: Option<String>,
    /// The file.
    pub file: String,
    /// Its size.
    pub bytes: u64,
    /// Whether something was replaced.
    pub replaced: bool,
}

/// A file that is being written beside its place.
#[derive(Debug)]
pub(super) struct Coming {
    pub(super) file: NamedTempFile,
    target: PathBuf,
    overwrite: bool,
    pub(super) bytes: u64,
}

impl Coming {
    /// Begins a file at `target`, or of this name in the folder `target`. Another one there is exit 8 without
    /// `overwrite`.
    pub(super) fn begin(target: &Path, name: &str, overwrite: bool) -> Result<Self, Failure> {
        let is_folder =
            target.is_dir() || target.to_string_lossy().ends_with(std::path::is_separator);
        let target = if is_folder {
            let own = local_path(name).map_err(|why| {
                Failure::new(Exit::Usage, format!("{name} makes no file name: {why}"))
                    .next("name a file")
            })?;
            target.join(own)
        } else {
            target.to_owned()
        };
        if !overwrite && fs::symlink_metadata(&target).is_ok() {
            return Err(occupied(&target));
        }
        let beside = match target.parent() {
            Some(parent) if !parent.as_os_str().is_empty() => parent,
            _ => Path::new("."),
        };
        let file = NamedTempFile::new_in(beside).map_err(|error| unwritable(&target, error))?;
        Ok(Self {
            file,
            target,
            overwrite,
            bytes: 0,
        })
    }

    pub(super) fn write(&mut self, piece: &[u8]) -> Result<(), Failure> {
        let written = self.file.write_all(piece);
        written.map_err(|error| unwritable(&self.target, error))?;
        self.bytes += piece.len() as u64;
        Ok(())
    }

    /// Brings the whole file to its place, and to the disk.
    pub(super) async fn place(self) -> Result<(PathBuf, u64), Failure> {
        let Self {
            file,
            target,
            overwrite,
            bytes,
        } = self;
        let to = target.clone();
        let placed = blocking(move || {
            file.as_file().sync_all()?;
            let placed = if overwrite {
                file.persist(&to)
            } else {
                file.persist_noclobber(&to)
            };
            placed.map(drop).map_err(|error| error.error)
        });
        placed.await.map_err(|error| match error.kind() {
            std::io::ErrorKind::AlreadyExists => occupied(&target),
            _ => unwritable(&target, error),
        })?;
        sync_folders(folders_of([target.as_path()], there_before(&target))).await?;
        Ok((target, bytes))
    }
}

/// The content of a file, which goes into a request as a whole.
pub(super) async fn read(path: &Path) -> Result<Bytes, Failure> {
    let own = path.to_owned();
    let read = blocking(move || {
        let len = fs::metadata(&own)?.len();
        if len > LONGEST {
            return Err(std::io::Error::new(
                std::io::ErrorKind::FileTooLarge,
                format!("it has {len} bytes, and {LONGEST} are taken"),
            ));
        }
        fs::read(&own)
    });
    let read = read.await.map_err(|error| {
        Failure::new(Exit::Disk, format!("cannot read {}", path.display())).because(error)
    })?;
    Ok(Bytes::from(read))
}

fn occupied(target: &Path) -> Failure {
    let what = format!("{} is there already", target.display());
    Failure::new(Exit::Conflict, what).next("name another file, or replace it with --overwrite")
}

fn unwritable(target: &Path, error: std::io::Error) -> Failure {
    Failure::new(Exit::Disk, format!("cannot write {}", target.display()))
        .because(error)
        .next(ROOM)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_file_comes_whole_or_not_at_all() {
        let folder = tempfile::tempdir().unwrap();
        let target = folder.path().join("a.iar");
        let mut coming = Coming::begin(folder.path(), "a.iar", false).unwrap();
        coming.write(b"one").unwrap();
        assert!(!target.exists());
        let (path, bytes) = coming.place().await.unwrap();
        assert_eq!((path, bytes), (target.clone(), 3));
        let refused = Coming::begin(&target, "b", false).unwrap_err();
        assert_eq!(refused.exit(), Exit::Conflict);
        // Left half-way, the file stays as it was and nothing lies beside it.
        let mut coming = Coming::begin(&target, "b", true).unwrap();
        coming.write(b"tw").unwrap();
        drop(coming);
        assert_eq!(fs::read(&target).unwrap(), b"one");
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
        // Somebody else's file that came meanwhile is not replaced.
        let other = folder.path().join("b");
        let coming = Coming::begin(&other, "b", false).unwrap();
        fs::write(&other, "theirs").unwrap();
        assert_eq!(coming.place().await.unwrap_err().exit(), Exit::Conflict);
        assert_eq!(fs::read(&other).unwrap(), b"theirs");
        assert!(Coming::begin(folder.path(), "../x", false).is_err());
    }
}
