//! Where artifacts lie in a tree.

use std::collections::BTreeMap;

use ferry_core::model::{ArtifactKind, Identity};

use crate::artifact::Place;
use crate::survey::{Record, Survey};

/// The folder of each artifact, or its path without the name of the file where it is one file.
pub(super) fn folders(survey: &Survey) -> BTreeMap<(Place, Identity), String> {
    let packages: BTreeMap<(Option<&str>, &str, &str), &str> = survey
        .inventory
        .integrations
        .iter()
        .filter_map(|it| {
            let key = (it.project.as_deref(), it.code.as_str(), it.version.as_str());
            Some((key, it.package.as_deref().filter(|name| !name.is_empty())?))
        })
        .collect();
    let folder = |record: &Record| {
        let id = &record.id;
        let version = id.version.as_deref().unwrap_or_default();
        let package = packages.get(&(record.project.as_deref(), id.name.as_str(), version));
        // An integration of a package lies in it; one of a project in that, as in the service's own archives.
        let above = match (&record.project, id.kind) {
            (_, ArtifactKind::Project) => format!("projects/{}/", id.name),
            (Some(project), _) => format!("projects/{project}/project/"),
            (None, ArtifactKind::Integration) => {
                package.map_or_else(String::new, |name| format!("packages/{name}/"))
            }
            (None, _) => String::new(),
        };
        format!("{above}{}", own(id))
    };
    survey
        .records
        .iter()
        .map(|record| {
            let place = record.places.first().cloned().unwrap_or_default();
            ((place, record.id.clone()), folder(record))
        })
        .collect()
}

fn own(id: &Identity) -> String {
    let name = &id.name;
    let versioned = match &id.version {
        Some(version) if !version.is_empty() => format!("{name}_{version}"),
        _ => name.clone(),
    };
    match id.kind {
        ArtifactKind::Integration => format!("integrations/{versioned}"),
        ArtifactKind::Connection => "connections".to_owned(),
        ArtifactKind::Lookup => "lookups".to_owned(),
        ArtifactKind::Library => format!("libraries/{versioned}"),
        ArtifactKind::Schedule => "schedules".to_owned(),
        ArtifactKind::Package => format!("packages/{name}"),
        ArtifactKind::Project => "project".to_owned(),
        ArtifactKind::Deployment => "labels".to_owned(),
        ArtifactKind::Certificate => "certificates".to_owned(),
        ArtifactKind::VisualBuilder | ArtifactKind::Skill => {
            format!("applications/{}", last(name, "application"))
        }
        ArtifactKind::EventType => "event-types".to_owned(),
        ArtifactKind::B2b => "b2b".to_owned(),
        ArtifactKind::Settings => "settings".to_owned(),
        ArtifactKind::Process | ArtifactKind::AgentGroup | ArtifactKind::Unknown => {
            let path = name.replace('!', "/");
            match path.rsplit_once('/') {
                Some((folder, _)) => format!("unknown/{folder}"),
                None => "unknown".to_owned(),
            }
        }
    }
}

/// The path of a file of an artifact.
pub(super) fn file(id: &Identity, folder: &str, inner: &str) -> String {
    let end = inner.rsplit_once('.').map_or("", |(_, end)| end);
    let name = match id.kind {
        // What is one file is called as the artifact is, not as somebody called the file.
        ArtifactKind::Connection => format!("{}.xml", id.name),
        ArtifactKind::Lookup => format!("{}.{}", id.name, if end == "csv" { end } else { "dvm" }),
        ArtifactKind::Schedule => match &id.version {
            Some(version) => format!("Schedule_{}_{version}.xml", id.name),
            None => format!("{}.xml", id.name),
        },
        ArtifactKind::Deployment => format!("{}.json", id.name),
        // A connection of a project may have the code of one outside.
        ArtifactKind::Settings => format!("{}.json", id.name.replacen(' ', "/", 1)),
        ArtifactKind::Package => "ics_package_attributes.properties".to_owned(),
        // Files of a zip inside stay beside what describes them.
        ArtifactKind::Library | ArtifactKind::Project => match inner.split_once('!') {
            Some((zip, path)) => format!("{zip}!{}", path.replace('/', "!")),
            None => inner.to_owned(),
        },
        _ if inner.is_empty() => last(&id.name, "file").to_owned(),
        _ => inner.replace('!', "/"),
    };
    format!("{folder}/{name}")
}

/// The last part of a place, which the whole file does not have.
fn last<'a>(place: &'a str, or: &'a str) -> &'a str {
    match place.rsplit(['/', '!']).next() {
        Some("") | None => or,
        Some(last) => last,
    }
}
