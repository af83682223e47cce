//! What a transfer is about, and what is there before.

use std::path::PathBuf;
use std::sync::{Arc, Mutex};

use bytes::Bytes;
use ferry_core::ids::ObjectName;
use ferry_swift::{Bucket, Features, Storing, Tell, Told, probe};
use tempfile::TempDir;

use crate::place::Place;
use crate::transfer::{Transfer, read};

/// All that a transfer is about.
pub(crate) struct Scene {
    pub(crate) place: Place,
    /// Whether it happens in upstream's account, with a token.
    pub(crate) token: bool,
    pub(crate) folder: TempDir,
    pub(crate) transfer: Transfer,
    pub(crate) name: ObjectName,
    pub(crate) content: Bytes,
    /// What is at its end before.
    pub(crate) before: Option<Bytes>,
    pub(crate) how: Storing,
    /// Whether listings are behind.
    pub(crate) stale: bool,
    /// What was told on the way.
    pub(crate) notes: Arc<Mutex<String>>,
}

/// The bucket where things are, and the one where a copy goes.
const NEAR: usize = 0;
const FAR: usize = 1;

/// The objects of a listing.
pub(crate) const LISTED: [&str; 7] = ["a", "a b", "a/1", "a/2", "b+c", "ü", "\u{1d11e}"];

impl Scene {
    fn bucket(&self, which: usize) -> Bucket {
        if self.token {
            self.place.container(which)
        } else {
            self.place.bucket(which)
        }
    }

    /// The bucket that it begins with.
    pub(crate) fn start(&self) -> Bucket {
        self.bucket(NEAR)
    }

    /// The bucket that holds what comes of it.
    pub(crate) fn end(&self) -> Bucket {
        let far = self.transfer == Transfer::Copy;
        self.bucket(if far { FAR } else { NEAR })
    }

    /// The file that is stored.
    pub(crate) fn original(&self) -> PathBuf {
        self.folder.path().join("original")
    }

    /// The file that is fetched.
    pub(crate) fn target(&self) -> PathBuf {
        self.folder.path().join("target")
    }

    /// Lays out what is there before, and looks what the store can do, as a command does.
    pub(crate) async fn prepare(&mut self, wanted: Features) {
        if self.token {
            self.place.make_containers().await;
        }
        std::fs::write(self.original(), &self.content).unwrap();
        let near = self.start();
        match self.transfer {
            Transfer::List => {
                for name in LISTED {
                    let content = Bytes::from_static(b"x");
                    near.put(&name.parse().unwrap(), content).await.unwrap();
                }
            }
            Transfer::Fetch | Transfer::Read | Transfer::Copy | Transfer::Remove => {
                near.put(&self.name, self.content.clone()).await.unwrap();
            }
            _ => {}
        }
        let end = self.end();
        if let Some(before) = &self.before {
            if self.transfer == Transfer::Fetch {
                std::fs::write(self.target(), before).unwrap();
            } else if self.transfer.stores() {
                end.put(&self.name, before.clone()).await.unwrap();
            }
        }
        self.look().await;
        self.how.features = probe(&end, wanted, 7).await.unwrap();
    }

    /// Another object takes the place of the one that is read, as long as that.
    pub(crate) async fn change(&mut self) {
        if matches!(
            self.transfer,
            Transfer::Fetch | Transfer::Read | Transfer::Copy
        ) {
            self.content = self.content.iter().map(|byte| !byte).collect();
            let changed = self.start().put(&self.name, self.content.clone()).await;
            changed.unwrap();
        }
    }

    /// Looks at what a store or a copy would replace, as a command does.
    pub(crate) async fn look(&mut self) {
        if self.transfer.stores() {
            let there = self.end().head(&self.name).await;
            self.how.replaces = there.ok().and_then(|info| info.etag);
            self.before = read(&self.end(), &self.name).await.ok().map(Bytes::from);
        }
    }

    /// Keeps the notes.
    pub(crate) fn tell(&self) -> Tell {
        let notes = Arc::clone(&self.notes);
        Arc::new(move |told| {
            if let Told::Note(text) = told {
                *notes.lock().unwrap() += &format!("{text}\n");
            }
        })
    }
}
