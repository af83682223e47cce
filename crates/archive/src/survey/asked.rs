//! What of two sides is compared with what.

use std::collections::BTreeMap;

use ferry_core::model::{ArtifactKind, Identity};

use crate::diff::Key;

/// Fingerprints by what they are of.
pub(super) type Prints = BTreeMap<Key, String>;

/// Where `one` is a single artifact, what else `other` holds is not asked about.
pub(super) fn only_the_same(one: &mut Prints, other: &mut Prints) {
    let mut keys = one.keys();
    let (Some((_, id)), None) = (keys.next(), keys.next()) else {
        return;
    };
    let same = |other: &Identity| other.kind == id.kind && other.name == id.name;
    if other.keys().any(|(_, id)| same(id)) {
        other.retain(|(_, id), _| same(id));
    }
}

/// What is known by its place alone is the same elsewhere where it has the same content.
pub(super) fn drop_found_elsewhere(old: &mut Prints, new: &mut Prints) {
    let unknown = |side: &Prints, other: &Prints| {
        let mut found: BTreeMap<String, Vec<Key>> = BTreeMap::new();
        for (key, print) in side {
            if known_by_place(key.1.kind) && !other.contains_key(key) {
                let keys = found.entry(print.clone()).or_default();
                keys.push(key.clone());
            }
        }
        found
    };
    let gone = unknown(old, new);
    for (print, came) in unknown(new, old) {
        let went = gone.get(&print).map(Vec::as_slice).unwrap_or_default();
        for (went, came) in went.iter().zip(&came) {
            old.remove(went);
            new.remove(came);
        }
    }
}

/// Whether it may have no name of its own.
fn known_by_place(kind: ArtifactKind) -> bool {
    matches!(
        kind,
        ArtifactKind::Unknown
            | ArtifactKind::Process
            | ArtifactKind::VisualBuilder
            | ArtifactKind::Skill
    )
}
