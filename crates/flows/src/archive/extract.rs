//! An archive as a tree of files in a folder.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use ferry_archive::{Archive, Survey, Tree};
use ferry_core::exit::Exit;
use fs_err as fs;
use serde::Serialize;
use tempfile::TempDir;

use super::Reader;
use crate::Failure;
use crate::names::local_path;

/// The file that says that a folder is a tree of ours. It is no part of the tree.
pub(super) const MARK: &str = ".ferry-tree";
/// What stands in it.
const MARKED: &str = "A tree that `ferry archive extract` wrote. With --replace the folders beside this file are written \
                      anew; whatever else lies here stays.\n";
/// How the name of a folder begins in which a tree is made; one that a kill left behind is passed over.
const BESIDE: &str = ".ferry-tree-";
/// The folders that a tree may have; with `--replace` they are gone before the new ones come.
const FOLDERS: [&str; 14] = [
    "applications",
    "b2b",
    "certificates",
    "connections",
    "event-types",
    "integrations",
    "labels",
    "libraries",
    "lookups",
    "packages",
    "projects",
    "schedules",
    "settings",
    "unknown",
];

/// What was written.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct Extracted {
    /// The folder.
    pub folder: String,
    /// What is in it, and what is not.
    #[serde(flatten)]
    pub tree: Tree,
}

/// Writes an archive as a tree into `target`, which is not there, or empty, or with `replace` an earlier tree.
///
/// The tree comes to its place when it is whole. Names of the archive that are unsafe as paths are left out and told.
pub fn extract<F>(
    archive: &Archive<F>,
    survey: &Survey,
    target: &Path,
    (with_secrets, replace): (bool, bool),
) -> Result<Extracted, Failure>
where
    F: Fn() -> io::Result<Reader> + Sync,
{
    let there = look(target, replace)?;
    let aside = beside(target, there)?;
    let refused: Mutex<Vec<(String, String)>> = Mutex::default();
    let names: Mutex<BTreeMap<String, Vec<String>>> = Mutex::default();
    let refuse = |name: &str, why: String| {
        let mut refused = refused.lock().unwrap_or_else(PoisonError::into_inner);
        refused.push((name.to_owned(), why));
    };
    let mut tree = ferry_archive::tree((archive, survey), with_secrets, &|name, content| {
        let path = match local_path(name) {
            Ok(path) => aside.path().join(path),
            Err(why) => {
                refuse(name, why);
                return Ok(());
            }
        };
        let mut names = names.lock().unwrap_or_else(PoisonError::into_inner);
        let same = names.entry(name.to_lowercase()).or_default();
        same.push(name.to_owned());
        if same.len() > 1 {
            return Ok(());
        }
        drop(names);
        write(&path, content).or_else(|error| match error.kind() {
            io::ErrorKind::NotADirectory | io::ErrorKind::AlreadyExists => {
                refuse(
                    name,
                    "it is also the folder of another, or lies in a file".to_owned(),
                );
                Ok(())
            }
            _ => Err(error),
        })
    })
    .map_err(|error| {
        Failure::new(
            Exit::Disk,
            format!("{} cannot be written", target.display()),
        )
        .because(error)
    })?;
    // Names that differ in case alone are one file on many disks: none of them is kept.
    let names = names.into_inner().unwrap_or_else(PoisonError::into_inner);
    for same in names.into_values().filter(|same| same.len() > 1) {
        if let Some(path) = same.first().and_then(|first| local_path(first).ok()) {
            fs::remove_file(aside.path().join(path)).map_err(|error| unwritable(target, error))?;
        }
        for name in same {
            refuse(
                &name,
                "another has the same name, or one that differs in case alone".to_owned(),
            );
        }
    }
    let refused = refused.into_inner().unwrap_or_else(PoisonError::into_inner);
    tree.files = tree.files.saturating_sub(refused.len() as u64);
    tree.left_out.extend(refused);
    tree.left_out.sort();
    place(aside, target, there).map_err(|error| unwritable(target, error))?;
    Ok(Extracted {
        folder: target.display().to_string(),
        tree,
    })
}

/// What is at the target.
#[derive(Clone, Copy, PartialEq, Eq)]
enum There {
    Nothing,
    Folder,
}

fn look(target: &Path, replace: bool) -> Result<There, Failure> {
    let refuse = |what: &str, next: &str| {
        Err(Failure::new(Exit::Conflict, format!("{} {what}", target.display())).next(next))
    };
    let entries = match fs::read_dir(target) {
        Ok(entries) => entries,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(There::Nothing),
        Err(error) if error.kind() == io::ErrorKind::NotADirectory => {
            return refuse("is no folder", "name another folder");
        }
        Err(error) => {
            let what = format!("cannot look into {}", target.display());
            return Err(Failure::new(Exit::Disk, what).because(error));
        }
    };
    let names: io::Result<BTreeSet<_>> = entries.map(|entry| Ok(entry?.file_name())).collect();
    let names = names.map_err(|error| unwritable(target, error))?;
    let is_tree = names.iter().any(|name| name == MARK);
    let is_left = |name: &str| name == ".git" || name.starts_with(BESIDE);
    let is_empty = names.iter().all(|name| name.to_str().is_some_and(is_left));
    match (is_empty, is_tree, replace) {
        (true, ..) | (_, true, true) => Ok(There::Folder),
        (_, true, false) => refuse("holds a tree", "replace it: --replace"),
        (_, false, _) => refuse(
            "is not empty, and no tree that `ferry archive extract` wrote",
            "name a new folder, or an empty one",
        ),
    }
}

/// A folder for the owner alone, on the same disk.
fn beside(target: &Path, there: There) -> Result<TempDir, Failure> {
    let parent = match there {
        There::Folder => Some(target),
        There::Nothing => target
            .parent()
            .filter(|parent| !parent.as_os_str().is_empty()),
    };
    let parent = parent.unwrap_or(Path::new("."));
    let mut builder = tempfile::Builder::new();
    builder.prefix(BESIDE);
    #[cfg(unix)]
    builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o700));
    let made = fs::create_dir_all(parent).and_then(|()| builder.tempdir_in(parent));
    made.map_err(|error| unwritable(target, error))
}

fn write(path: &Path, content: &[u8]) -> io::Result<()> {
    if let Some(folder) = path.parent() {
        private_folders(folder)?;
    }
    private(path)?.write_all(content)
}

fn private_folders(folder: &Path) -> io::Result<()> {
    let mut builder = std::fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder)
}

/// A new file for the owner alone; one that is there is an error.
fn private(path: &Path) -> io::Result<fs::File> {
    let mut options = fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    fs_err::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}

/// Puts the tree where it belongs: the whole folder at once, or one by one the folders of a folder that is there.
fn place(aside: TempDir, target: &Path, there: There) -> io::Result<()> {
    private(&aside.path().join(MARK))?.write_all(MARKED.as_bytes())?;
    if there == There::Nothing {
        let aside = aside.keep();
        return fs::rename(&aside, target).inspect_err(|_| {
            // Nothing more can be done about what is left behind.
            let _ = fs::remove_dir_all(&aside);
        });
    }
    for name in FOLDERS {
        let old: PathBuf = target.join(name);
        match fs::symlink_metadata(&old) {
            Ok(meta) if meta.is_dir() => fs::remove_dir_all(&old)?,
            Ok(_) => fs::remove_file(&old)?,
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            Err(error) => return Err(error),
        }
        let new = aside.path().join(name);
        if new.is_dir() {
            fs::rename(new, old)?;
        }
    }
    fs::rename(aside.path().join(MARK), target.join(MARK))
}

fn unwritable(target: &Path, error: io::Error) -> Failure {
    Failure::new(Exit::Disk, format!("cannot write {}", target.display())).because(error)
}
