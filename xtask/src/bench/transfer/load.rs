//! What is carried.

use std::fs::{self, File};
use std::path::{Path, PathBuf};

use anyhow::Result;

use crate::bench::bytes;

/// The name of the one file, and of its object.
const ONE: &str = "big.bin";

/// Files and what is known of them.
pub(super) struct Load {
    /// The one file, or the folder of many.
    pub(super) source: PathBuf,
    pub(super) files: Vec<PathBuf>,
    /// Of each file, in order.
    pub(super) digests: Vec<String>,
}

impl Load {
    /// One file of random bytes.
    pub(super) fn one(folder: &Path, size: u64) -> Result<Self> {
        let source = emptied(folder)?.join(ONE);
        bytes::random(&source, size)?;
        Self::of(source.clone(), vec![source])
    }

    /// One file that takes no room, since it has no bytes but zeros.
    pub(super) fn hollow(folder: &Path, size: u64) -> Result<Self> {
        let source = emptied(folder)?.join(ONE);
        File::create(&source)?.set_len(size)?;
        Self::of(source.clone(), vec![source])
    }

    /// Many files of random bytes.
    pub(super) fn many(folder: &Path, count: u64, size: u64) -> Result<Self> {
        let source = emptied(folder)?;
        let files: Vec<PathBuf> = (0..count)
            .map(|at| source.join(format!("f{at:05}.bin")))
            .collect();
        for file in &files {
            bytes::random(file, size)?;
        }
        Self::of(source, files)
    }

    fn of(source: PathBuf, files: Vec<PathBuf>) -> Result<Self> {
        let mut digests = bytes::md5(&files)?;
        digests.sort_unstable();
        Ok(Self {
            source,
            files,
            digests,
        })
    }

    /// Each file with the name of its object.
    pub(super) fn named(&self) -> impl Iterator<Item = (&Path, &str)> {
        self.files.iter().filter_map(|file| {
            let name = file.file_name().and_then(|name| name.to_str())?;
            Some((file.as_path(), name))
        })
    }
}

/// The folder that the files of one load after the other stand in.
fn emptied(folder: &Path) -> Result<PathBuf> {
    let source = folder.join("source");
    if source.exists() {
        fs::remove_dir_all(&source)?;
    }
    fs::create_dir_all(&source)?;
    Ok(source)
}
