//! Snapshots: states that were saved under names, to be gone back to. They outlive a restart where the state does.

use std::collections::{BTreeMap, BTreeSet};
use std::io;
use std::path::PathBuf;

use serde_json::Value;

use crate::persist;

/// The longest name.
const LONGEST: usize = 64;

/// Every snapshot, as it was written down.
#[derive(Debug, Default)]
pub(crate) struct Snapshots {
    all: BTreeMap<String, Vec<u8>>,
    folder: Option<PathBuf>,
}

impl Snapshots {
    /// Those that a folder keeps.
    pub(crate) fn kept(folder: PathBuf) -> io::Result<Self> {
        fs_err::create_dir_all(&folder)?;
        let mut all = BTreeMap::new();
        for entry in fs_err::read_dir(&folder)? {
            let path = entry?.path();
            let file = path.file_name().and_then(|name| name.to_str());
            match file.and_then(|file| file.strip_suffix(".json")) {
                Some(name) if is_name(name) => {
                    all.insert(name.to_owned(), fs_err::read(&path)?);
                }
                // What a killed process left half-written.
                _ => fs_err::remove_file(&path)?,
            }
        }
        Ok(Self {
            all,
            folder: Some(folder),
        })
    }

    /// Their names.
    pub(crate) fn names(&self) -> Vec<&str> {
        self.all.keys().map(String::as_str).collect()
    }

    /// What was written down under a name.
    pub(crate) fn get(&self, name: &str) -> Option<&[u8]> {
        self.all.get(name).map(Vec::as_slice)
    }

    /// Keeps a state under a name, in place of another of that name.
    pub(crate) fn put(&mut self, name: &str, written: Vec<u8>) -> io::Result<()> {
        if let Some(folder) = &self.folder {
            persist::replace(folder, &format!("{name}.json"), &written)?;
        }
        self.all.insert(name.to_owned(), written);
        Ok(())
    }

    /// Forgets a snapshot; whether there was one.
    pub(crate) fn remove(&mut self, name: &str) -> io::Result<bool> {
        if let (Some(folder), true) = (&self.folder, self.all.contains_key(name)) {
            fs_err::remove_file(folder.join(format!("{name}.json")))?;
        }
        Ok(self.all.remove(name).is_some())
    }

    /// Adds the names of the contents that they hold.
    pub(crate) fn living(&self, names: &mut BTreeSet<String>) -> io::Result<()> {
        for written in self.all.values() {
            persist::living(&serde_json::from_slice::<Value>(written)?, names)?;
        }
        Ok(())
    }
}

/// Whether a snapshot may have this name, which is that of a file as well.
pub(crate) fn is_name(name: &str) -> bool {
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_');
    !name.is_empty() && name.len() <= LONGEST && name.chars().all(plain)
}
