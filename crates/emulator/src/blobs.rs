//! The pool of bytes: every artifact, archive and object, once for each content.

use std::collections::{BTreeMap, HashSet};
use std::io::{self, BufReader, Cursor, Write};
use std::path::{Path, PathBuf};

use bytes::Bytes;
use serde::{Deserialize, Serialize};
use tempfile::{NamedTempFile, TempDir};

mod opened;
mod spool;

pub(crate) use opened::Opened;
pub(crate) use spool::{Busy, Spool};

/// Contents up to this many bytes stay in memory, where nothing is to be kept on disk.
const SMALL: usize = 64 * 1024;

/// How far the pool may grow past twice its living content before it is swept.
const SLACK: u64 = 256 * 1024 * 1024;

/// The name of a content. Whatever state holds one must serialise it: the sweep finds living contents by that. The store,
/// which may hold a million, names them itself.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct BlobId {
    /// SHA-256, lower-case hexadecimal.
    pub(crate) sha256: String,
    /// MD5, lower-case hexadecimal: the `ETag` of Swift.
    pub(crate) md5: String,
    /// Bytes.
    pub(crate) len: u64,
}

/// Where the bytes of a content are.
#[derive(Debug, Clone)]
pub(crate) enum BlobSource {
    /// In memory.
    Bytes(Bytes),
    /// In a file of the pool, to be opened before the lock is given back.
    Path(PathBuf),
}

/// The pool. Content-addressed: equal contents are held once.
#[derive(Debug)]
pub(crate) struct Blobs {
    memory: BTreeMap<String, Bytes>,
    /// Lengths of the contents in files.
    files: BTreeMap<String, u64>,
    folder: PathBuf,
    /// Holds the folder where nothing is to be kept.
    temporary: Option<TempDir>,
    /// The bytes of all contents.
    held: u64,
    /// How many of them were named at the last sweep.
    living: u64,
}

impl Blobs {
    /// A pool that is gone with the process.
    pub(crate) fn temporary() -> io::Result<Self> {
        let temporary = tempfile::Builder::new()
            .prefix("ferry-emulator-")
            .tempdir()?;
        Ok(Self {
            memory: BTreeMap::new(),
            files: BTreeMap::new(),
            folder: temporary.path().to_owned(),
            temporary: Some(temporary),
            held: 0,
            living: 0,
        })
    }

    /// A pool kept in `folder`, with what earlier runs left there.
    pub(crate) fn kept(folder: &Path) -> io::Result<Self> {
        fs_err::create_dir_all(folder)?;
        let mut files = BTreeMap::new();
        for entry in fs_err::read_dir(folder)? {
            let entry = entry?;
            let name = entry.file_name().to_string_lossy().into_owned();
            if name.len() == 64 {
                files.insert(name, entry.metadata()?.len());
            } else {
                // A spool that a killed process left behind.
                fs_err::remove_file(entry.path())?;
            }
        }
        let held = files.values().sum();
        Ok(Self {
            memory: BTreeMap::new(),
            files,
            folder: folder.to_owned(),
            temporary: None,
            held,
            living: held,
        })
    }

    /// Takes bytes into the pool.
    pub(crate) fn put(&mut self, bytes: &[u8]) -> io::Result<BlobId> {
        let mut spool = self.spool();
        spool.write_all(bytes)?;
        self.take(spool)
    }

    /// A place to write a content of unknown length to, without the pool's lock; then [`Blobs::take`] it.
    pub(crate) fn spool(&self) -> Spool {
        let limit = if self.temporary.is_some() { SMALL } else { 0 };
        Spool::new(self.folder.clone(), limit)
    }

    /// Takes what was spooled into the pool.
    pub(crate) fn take(&mut self, spool: Spool) -> io::Result<BlobId> {
        let (id, written) = spool.finish()?;
        match written {
            spool::Written::Memory(bytes) => {
                if self.memory.insert(id.sha256.clone(), bytes).is_none() {
                    self.held += id.len;
                }
                Ok(id)
            }
            spool::Written::File(file) => self.put_file(file, id),
        }
    }

    /// Takes a file whose digests are known.
    fn put_file(&mut self, file: NamedTempFile, id: BlobId) -> io::Result<BlobId> {
        if !self.files.contains_key(&id.sha256) {
            if self.temporary.is_none() {
                file.as_file().sync_all()?;
            }
            file.persist(self.folder.join(&id.sha256))?;
            self.files.insert(id.sha256.clone(), id.len);
            self.held += id.len;
        }
        Ok(id)
    }

    /// The whole content.
    pub(crate) fn bytes(&self, id: &BlobId) -> io::Result<Bytes> {
        match self.path_or_bytes(id) {
            BlobSource::Bytes(bytes) => Ok(bytes),
            BlobSource::Path(path) => fs_err::read(path).map(Bytes::from),
        }
    }

    /// The content, to be read piece by piece.
    pub(crate) fn open(&self, id: &BlobId) -> io::Result<Opened> {
        match self.path_or_bytes(id) {
            BlobSource::Bytes(bytes) => Ok(Opened::Memory(Cursor::new(bytes))),
            BlobSource::Path(path) => {
                let file = fs_err::File::open(path)?.into_parts().0;
                Ok(Opened::File(BufReader::new(file)))
            }
        }
    }

    /// Where the content is.
    pub(crate) fn path_or_bytes(&self, id: &BlobId) -> BlobSource {
        match self.memory.get(&id.sha256) {
            Some(bytes) => BlobSource::Bytes(bytes.clone()),
            None => BlobSource::Path(self.folder.join(&id.sha256)),
        }
    }

    /// Whether enough has come in since the last sweep for another one to pay.
    pub(crate) fn wants_sweep(&self) -> bool {
        self.held > self.living.saturating_mul(2).saturating_add(SLACK)
    }

    /// Forgets every content but the named ones.
    pub(crate) fn sweep(&mut self, living: &HashSet<&str>) -> io::Result<()> {
        self.memory.retain(|name, _| living.contains(name.as_str()));
        let dead: Vec<String> = self
            .files
            .keys()
            .filter(|name| !living.contains(name.as_str()))
            .cloned()
            .collect();
        for name in dead {
            fs_err::remove_file(self.folder.join(&name))?;
            self.files.remove(&name);
        }
        let memory: u64 = self.memory.values().map(|bytes| bytes.len() as u64).sum();
        self.held = memory + self.files.values().sum::<u64>();
        self.living = self.held;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn small_and_large_contents_come_back_and_are_held_once() {
        let mut blobs = Blobs::temporary().unwrap();
        for len in [0, 1, SMALL, SMALL + 1, 3 * SMALL] {
            let content = vec![7_u8; len];
            let id = blobs.put(&content).unwrap();
            assert_eq!(blobs.put(&content).unwrap(), id);
            assert_eq!(id.len, len as u64);
            assert_eq!(blobs.bytes(&id).unwrap(), content);
        }
        assert_eq!((blobs.memory.len(), blobs.files.len()), (3, 2));
    }

    #[test]
    fn digests_are_those_of_the_content() {
        let id = Blobs::temporary().unwrap().put(b"abc").unwrap();
        assert_eq!(id.md5, "900150983cd24fb0d6963f7d28e17f72");
        assert_eq!(
            id.sha256,
            "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
        );
    }

    #[test]
    fn a_sweep_leaves_what_lives() {
        let mut blobs = Blobs::temporary().unwrap();
        let dead = blobs.put(&vec![1; SMALL + 1]).unwrap();
        let alive = blobs.put(&vec![2; SMALL + 1]).unwrap();
        blobs
            .sweep(&HashSet::from([alive.sha256.as_str()]))
            .unwrap();
        assert!(blobs.bytes(&alive).is_ok());
        assert!(blobs.bytes(&dead).is_err());
    }

    #[test]
    fn a_kept_pool_survives_and_drops_unfinished_spools() {
        let folder = tempfile::tempdir().unwrap();
        let id = Blobs::kept(folder.path()).unwrap().put(b"kept").unwrap();
        fs_err::write(folder.path().join("spool-x"), b"half").unwrap();
        let blobs = Blobs::kept(folder.path()).unwrap();
        assert_eq!(blobs.bytes(&id).unwrap(), "kept");
        assert_eq!(fs_err::read_dir(folder.path()).unwrap().count(), 1);
    }
}
