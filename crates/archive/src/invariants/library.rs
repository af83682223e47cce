//! A library: its version, its properties, and its sources agree with its descriptor.

use ferry_core::model::Library;

use crate::artifact::{Artifact, File};
use crate::entry_names::shown;
use crate::findings::Findings;
use crate::formats::properties;

pub(crate) fn check(read: &Library, artifact: &Artifact, findings: &mut Findings) {
    super::version_form::check(&read.version, &artifact.place, findings);
    let place = shown(artifact.place.as_bytes());
    for source in &read.sources {
        let there = artifact
            .files
            .keys()
            .any(|path| path.rsplit(['/', '!']).next() == Some(source));
        if !there {
            let source = shown(source.as_bytes());
            findings.entry_error(
                &place,
                format!("its descriptor names {source}, which is not there"),
            );
        }
    }
    let told = artifact
        .files
        .iter()
        .find(|(path, _)| path.ends_with(".properties"));
    let Some(told) = told
        .and_then(|(_, file)| File::bytes(file))
        .map(properties::read)
    else {
        return;
    };
    for (name, value) in [("code", &read.code), ("version", &read.version)] {
        if told.get(name) != Some(value) {
            findings.entry_error(
                &place,
                format!("its properties and its descriptor have another {name}"),
            );
        }
    }
}
