//! Keys as paths, and where each stands.

use std::collections::BTreeMap;
use std::fmt;
use std::path::PathBuf;

/// A line of a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Place {
    /// The file.
    pub file: PathBuf,
    /// From 1.
    pub line: usize,
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.file.display(), self.line)
    }
}

/// A value of the configuration, shown; a secret is its reference.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Leaf {
    /// The key's path.
    pub key: String,
    /// The value as written.
    pub value: String,
    /// Where it stands.
    pub place: Option<Place>,
}

/// Where each key stands, by its path.
#[derive(Clone, Debug, Default)]
pub(crate) struct Places(pub BTreeMap<String, Place>);

impl Places {
    /// The place of this key, or of the nearest table around it.
    pub(crate) fn of(&self, key: &str) -> Option<Place> {
        let mut key = key;
        loop {
            if let Some(place) = self.0.get(key) {
                return Some(place.clone());
            }
            key = key.rsplit_once('.')?.0;
        }
    }
}

/// `path.key`, the key in quotes where TOML would want them.
pub(crate) fn join(path: &str, key: &str) -> String {
    let bare = !key.is_empty()
        && key
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte));
    let key = if bare {
        key.to_owned()
    } else {
        format!("{key:?}")
    };
    if path.is_empty() {
        key
    } else {
        format!("{path}.{key}")
    }
}
