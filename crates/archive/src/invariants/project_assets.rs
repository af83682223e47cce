//! The lists of `project.yaml` name exactly what the project holds.

use std::collections::{BTreeMap, BTreeSet};

use ferry_core::model::ArtifactKind;

use crate::entry_names::shown;
use crate::findings::Findings;
use crate::formats::project_yaml::Manifest;

/// The lists, and the kinds that they are of.
const LISTS: [(&str, ArtifactKind); 6] = [
    ("integrations", ArtifactKind::Integration),
    ("schedules", ArtifactKind::Schedule),
    ("connections", ArtifactKind::Connection),
    ("lookups", ArtifactKind::Lookup),
    ("libraries", ArtifactKind::Library),
    ("labels", ArtifactKind::Deployment),
];

/// `held` are the ids of what lies in the project, `CODE|VERSION` where there are versions.
pub(crate) fn check(
    manifest: &Manifest,
    held: &BTreeMap<ArtifactKind, BTreeSet<String>>,
    place: &str,
    findings: &mut Findings,
) {
    let Some(assets) = &manifest.assets else {
        return;
    };
    let none = BTreeSet::new();
    let place = shown(place.as_bytes());
    for (list, kind) in LISTS {
        let told = assets.get(list).unwrap_or(&none);
        let held = held.get(&kind).unwrap_or(&none);
        for id in told.difference(held) {
            let id = shown(id.as_bytes());
            findings.entry_error(
                &place,
                format!("project.yaml lists the {kind} {id}, which is not there"),
            );
        }
        for id in held.difference(told) {
            let id = shown(id.as_bytes());
            findings.entry_error(
                &place,
                format!("project.yaml does not list the {kind} {id}, which is there"),
            );
        }
    }
}
