//! State over restarts: one JSON file, replaced as a whole, beside the folder of contents.

use std::collections::BTreeSet;
use std::fs::{File, TryLockError};
use std::hash::{DefaultHasher, Hash, Hasher};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::identity::Identity;
use crate::oic::Oic;
use crate::options::{StartError, Switches};
use crate::store::Store;
use crate::world::World;

/// The file's form.
const VERSION: u32 = 1;

/// A data folder, locked against other processes.
#[derive(Debug)]
pub(crate) struct DataFolder {
    folder: PathBuf,
    /// The fingerprint of the content that was written last.
    written: Mutex<Option<u64>>,
    /// Holds the lock.
    _lock: File,
}

/// What an earlier run left.
#[derive(Debug, Deserialize)]
pub(crate) struct Saved {
    #[serde(rename = "version")]
    _version: Version,
    /// The virtual time.
    pub(crate) now: Timestamp,
    /// Where the source of chance was.
    pub(crate) seed: u64,
    /// The rest.
    pub(crate) content: Content,
}

/// The part of the state that changes only by what is done.
#[derive(Debug, Deserialize)]
pub(crate) struct Content {
    /// The assumptions.
    pub(crate) switches: Switches,
    /// Object Storage.
    pub(crate) store: Store,
    /// The instances.
    pub(crate) oic: Oic,
    /// The identity domain.
    pub(crate) identity: Identity,
}

#[derive(Serialize)]
struct Writing<'a> {
    switches: &'a Switches,
    store: &'a Store,
    oic: &'a Oic,
    identity: &'a Identity,
}

/// Refuses other forms of the file.
#[derive(Debug, Deserialize)]
#[serde(try_from = "u32")]
struct Version;

impl TryFrom<u32> for Version {
    type Error = String;

    fn try_from(version: u32) -> Result<Self, String> {
        if version == VERSION {
            Ok(Self)
        } else {
            Err(format!("version {version}, where {VERSION} is known"))
        }
    }
}

impl DataFolder {
    /// Takes hold of a folder, made where it is missing.
    pub(crate) fn open(folder: &Path) -> Result<Self, StartError> {
        fs_err::create_dir_all(folder)?;
        let lock = fs_err::File::create(folder.join("lock"))?.into_parts().0;
        match lock.try_lock() {
            Ok(()) => Ok(Self {
                folder: folder.to_owned(),
                written: Mutex::new(None),
                _lock: lock,
            }),
            Err(TryLockError::WouldBlock) => Err(StartError::InUse {
                data: folder.to_owned(),
            }),
            Err(TryLockError::Error(error)) => Err(error.into()),
        }
    }

    /// The folder.
    pub(crate) fn path(&self) -> &Path {
        &self.folder
    }

    /// Where the contents are.
    pub(crate) fn blobs(&self) -> PathBuf {
        self.folder.join("blobs")
    }

    /// What an earlier run left, if any did.
    pub(crate) fn load(&self) -> Result<Option<Saved>, StartError> {
        let path = self.file();
        let text = match fs_err::read(&path) {
            Ok(text) => text,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(error.into()),
        };
        serde_json::from_slice(&text)
            .map(Some)
            .map_err(|source| StartError::State { path, source })
    }

    /// Replaces the file by the world's state, where more than the time has changed or it is the last chance. The
    /// file is whole at any time, even where the process is killed.
    pub(crate) fn save(&self, world: &World, last: bool) -> io::Result<()> {
        let content = serde_json::to_vec(&Writing {
            switches: &world.switches,
            store: &world.store,
            oic: &world.oic,
            identity: &world.identity,
        })?;
        let mut hasher = DefaultHasher::new();
        content.hash(&mut hasher);
        let fingerprint = Some(hasher.finish());
        let mut written = self.written.lock().unwrap_or_else(PoisonError::into_inner);
        if *written == fingerprint && !last {
            return Ok(());
        }
        let mut file = tempfile::Builder::new()
            .prefix("state-")
            .tempfile_in(&self.folder)?;
        let now = serde_json::to_string(&world.clock.now())?;
        let seed = world.rng.get_seed();
        write!(
            file,
            r#"{{"version":{VERSION},"now":{now},"seed":{seed},"content":"#
        )?;
        file.write_all(&content)?;
        file.write_all(b"}")?;
        file.as_file().sync_all()?;
        file.persist(self.file())?;
        File::open(&self.folder)?.sync_all()?;
        *written = fingerprint;
        Ok(())
    }

    fn file(&self) -> PathBuf {
        self.folder.join("state.json")
    }
}

/// Forgets the contents that nothing in the world names.
pub(crate) fn sweep(world: &mut World) -> io::Result<()> {
    let mut living = BTreeSet::new();
    collect(&serde_json::to_value(&world.store)?, &mut living);
    collect(&serde_json::to_value(&world.oic)?, &mut living);
    world.blobs.sweep(&living)
}

fn collect(value: &Value, names: &mut BTreeSet<String>) {
    match value {
        Value::Object(fields) => {
            if let Some(Value::String(name)) = fields.get("sha256") {
                names.insert(name.clone());
            }
            fields.values().for_each(|field| collect(field, names));
        }
        Value::Array(items) => items.iter().for_each(|item| collect(item, names)),
        _ => {}
    }
}
