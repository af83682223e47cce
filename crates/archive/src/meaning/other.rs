//! What is not looked into means the canonical form of its files.

use super::Meaning;
use super::files::Canonical;
use crate::artifact::Artifact;

pub(super) fn read(artifact: &Artifact, canonical: &Canonical<'_>) -> Meaning {
    let mut meaning = Meaning::default();
    let only = artifact.files.len() == 1;
    for (path, file) in &artifact.files {
        let key = if only {
            "content".to_owned()
        } else {
            format!("file {path}")
        };
        let node = canonical.file(key, path, file);
        meaning.content.parts.push(node);
    }
    meaning
}
