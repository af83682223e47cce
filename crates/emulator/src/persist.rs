//! State written down: over restarts as one JSON file, replaced as a whole, beside the folder of contents.

use std::collections::BTreeSet;
use std::fs::{File, TryLockError};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::identity::Identity;
use crate::oic::Oic;
use crate::options::{StartError, Switches};
use crate::store::Store;
use crate::world::World;

/// The form of what is written.
const VERSION: u32 = 1;

/// A world as it was written down.
#[derive(Debug, Deserialize)]
pub(crate) struct Saved {
    #[serde(rename = "version")]
    pub(crate) _version: Version,
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
    version: u32,
    now: Timestamp,
    seed: u64,
    content: WritingContent<'a>,
}

#[derive(Serialize)]
struct WritingContent<'a> {
    switches: &'a Switches,
    store: &'a Store,
    oic: &'a Oic,
    identity: &'a Identity,
}

/// Refuses other forms.
#[derive(Debug, Default, Deserialize)]
#[serde(try_from = "u32")]
pub(crate) struct Version;

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

/// Writes the world down.
pub(crate) fn write(world: &World) -> io::Result<Vec<u8>> {
    let writing = Writing {
        version: VERSION,
        now: world.clock.now(),
        seed: world.rng.get_seed(),
        content: WritingContent {
            switches: &world.switches,
            store: &world.store,
            oic: &world.oic,
            identity: &world.identity,
        },
    };
    Ok(serde_json::to_vec(&writing)?)
}

/// A data folder, locked against other processes.
#[derive(Debug)]
pub(crate) struct DataFolder {
    folder: PathBuf,
    /// Holds the lock.
    _lock: File,
}

impl DataFolder {
    /// Takes hold of a folder, made where it is missing.
    pub(crate) fn open(folder: &Path) -> Result<Self, StartError> {
        fs_err::create_dir_all(folder)?;
        let lock = fs_err::File::create(folder.join("lock"))?.into_parts().0;
        match lock.try_lock() {
            Ok(()) => Ok(Self {
                folder: folder.to_owned(),
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

    /// Where the snapshots are.
    pub(crate) fn snapshots(&self) -> PathBuf {
        self.folder.join("snapshots")
    }

    /// What an earlier run left, if any did.
    pub(crate) fn load(&self) -> Result<Option<Saved>, StartError> {
        let path = self.folder.join("state.json");
        let text = match fs_err::read(&path) {
            Ok(text) => text,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(error.into()),
        };
        serde_json::from_slice(&text)
            .map(Some)
            .map_err(|source| StartError::State { path, source })
    }

    /// Replaces the file by the world's state.
    pub(crate) fn save(&self, world: &World) -> io::Result<()> {
        replace(&self.folder, "state.json", &write(world)?)
    }
}

/// Replaces a file. It is whole at any time, even where the process is killed.
pub(crate) fn replace(folder: &Path, name: &str, text: &[u8]) -> io::Result<()> {
    let mut file = tempfile::Builder::new()
        .prefix("state-")
        .tempfile_in(folder)?;
    file.write_all(text)?;
    file.as_file().sync_all()?;
    file.persist(folder.join(name))?;
    File::open(folder)?.sync_all()
}

/// Adds the names of the contents that what was written down holds.
pub(crate) fn living(value: &impl Serialize, names: &mut BTreeSet<String>) -> io::Result<()> {
    collect(&serde_json::to_value(value)?, names);
    Ok(())
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
