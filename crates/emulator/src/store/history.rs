//! What a bucket held before: for listings that show the past.

use std::collections::{BTreeMap, VecDeque};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{Bucket, Manifest, Object};

/// How many changes are remembered.
const CAPACITY: usize = 4096;

/// What a listing tells of an object.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Entry {
    pub(super) bytes: u64,
    /// MD5.
    pub(super) hash: String,
    pub(super) modified: Timestamp,
    content_type: Option<String>,
    /// The `ETag` of what a manifest joins.
    #[serde(default)]
    pub(super) joined: Option<String>,
}

impl Entry {
    pub(super) fn of(object: &Object) -> Self {
        Self {
            bytes: match &object.manifest {
                Some(Manifest::Static(joined)) => joined.bytes,
                _ => object.blob.len,
            },
            hash: object.blob.md5.clone(),
            modified: object.modified,
            content_type: object.content_type.as_deref().map(listed_type),
            joined: match &object.manifest {
                Some(Manifest::Static(joined)) => Some(joined.etag.clone()),
                _ => None,
            },
        }
    }

    /// None: stored without one, which was seen of archives that the service wrote.
    pub(super) fn content_type(&self) -> Option<&str> {
        self.content_type.as_deref()
    }
}

/// A type as listings show it: without blanks, and without what upstream tells itself by it.
fn listed_type(kind: &str) -> String {
    let parts = kind.split(';').map(str::trim);
    let own = parts.filter(|part| !part.starts_with("swift_bytes="));
    own.collect::<Vec<_>>().join(";")
}

/// The latest changes of a bucket, oldest first.
#[derive(Debug, Default, Serialize, Deserialize)]
pub(super) struct History(VecDeque<Change>);

#[derive(Debug, Serialize, Deserialize)]
struct Change {
    at: Timestamp,
    name: String,
    /// What was listed under the name before.
    before: Option<Entry>,
}

impl History {
    pub(super) fn note(&mut self, at: Timestamp, name: &str, before: Option<Entry>) {
        if self.0.len() == CAPACITY {
            self.0.pop_front();
        }
        self.0.push_back(Change {
            at,
            name: name.to_owned(),
            before,
        });
    }
}

impl Bucket {
    /// What a listing showed at a moment: the present, with every later change undone.
    pub(super) fn as_of(&self, at: Timestamp) -> BTreeMap<String, Entry> {
        let mut listed: BTreeMap<String, Entry> = self
            .objects
            .iter()
            .map(|(name, object)| (name.clone(), Entry::of(object)))
            .collect();
        for change in self.history.0.iter().rev().filter(|change| change.at > at) {
            match &change.before {
                Some(entry) => listed.insert(change.name.clone(), entry.clone()),
                None => listed.remove(&change.name),
            };
        }
        listed
    }
}
