//! What is not looked into means the canonical form of its files.

use ferry_core::model::ArtifactKind;
use sha2::{Digest as _, Sha256};

use super::Meaning;
use super::files::{Canonical, Form, form};
use super::node::Value;
use crate::artifact::Artifact;
use crate::canonical::plain;

pub(super) fn read(artifact: &Artifact, canonical: &Canonical<'_>) -> Meaning {
    let mut meaning = Meaning::default();
    let only = artifact.files.len() == 1;
    for (path, file) in &artifact.files {
        let key = if only {
            "content".to_owned()
        } else {
            format!("file {path}")
        };
        let mut node = canonical.file(key, path, file);
        // Ids are new in each export, also in files that nobody knows.
        if artifact.id.kind == ArtifactKind::Unknown
            && let Some(bytes) = file.bytes()
            && form(path, bytes) != Form::Bytes
            && let Some(text) = plain::json(bytes).or_else(|| plain::text(bytes))
        {
            let digest = Sha256::digest(plain::without_uuids(&text)).into();
            node.value = Value::File {
                path: path.clone(),
                digest,
            };
        }
        meaning.content.parts.push(node);
    }
    meaning
}
