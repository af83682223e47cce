//! What things are, by their content.

use std::collections::BTreeMap;

use ferry_core::model::{ArtifactKind, Identity};
use serde_json::Value;

use crate::artifact::{Artifact, File, Place};
use crate::canonical::Tree;
use crate::entry_names::ends;
use crate::formats::{
    b2b, certificate, connection, csv, dvm, event_type, json, library, project_yaml, properties,
    schedule, settings,
};
use crate::walk::group::Shape;
use crate::xml;

/// A group of files that was read, and may be something.
#[derive(Debug)]
pub(crate) struct Found {
    pub(crate) shape: Shape,
    pub(crate) place: Place,
    pub(crate) files: BTreeMap<String, File>,
    /// The folder's name of the one integration that it lies beside.
    pub(crate) beside: Option<String>,
}

/// What one file is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Format {
    Connection,
    Schedule,
    Dvm,
    Csv,
    Library,
    Package,
    Deployment,
    Certificate,
    EventType,
    B2b,
    Settings,
    Unknown,
}

/// What a file is by its bytes.
pub(crate) fn format(bytes: &[u8]) -> Format {
    const KNOWN: [(&str, &str, Format); 4] = [
        (
            "http://xmlns.oracle.com/adapters/cloud",
            "ApplicationInstance",
            Format::Connection,
        ),
        (
            "http://xmlns.oracle.com/scheduler",
            "schedule",
            Format::Schedule,
        ),
        ("http://xmlns.oracle.com/dvm", "dvm", Format::Dvm),
        ("", "api-library", Format::Library),
    ];
    const FIELDS: [&str; 5] = [
        "\"integrations\"",
        "\"schema\"",
        "\"connectionProperties\"",
        "\"artifacts\"",
        "\"ServiceAdministrator\"",
    ];
    if let Some((namespace, name)) = xml::root(bytes) {
        let known = KNOWN
            .iter()
            .find(|(ns, n, _)| *ns == namespace && *n == name);
        return match known {
            Some((_, _, format)) => *format,
            None if b2b::is(&namespace, &name) => Format::B2b,
            None => Format::Unknown,
        };
    }
    if csv::is(bytes) {
        return Format::Csv;
    }
    if certificate::format(bytes).is_some() {
        return Format::Certificate;
    }
    let has = |what: &str| memchr::memmem::find(bytes, what.as_bytes()).is_some();
    if has("package_name") && has("integration_list") {
        let read = properties::read(bytes);
        if read.contains_key("package_name") && read.contains_key("integration_list") {
            return Format::Package;
        }
    }
    let told = |json: &Value| {
        if project_yaml::deployment(json).is_some() {
            Format::Deployment
        } else if event_type::identity(json).is_some() {
            Format::EventType
        } else if settings::name(json).is_some() {
            Format::Settings
        } else {
            Format::Unknown
        }
    };
    // Looking for a field is faster than reading.
    if bytes.starts_with(b"{") && FIELDS.iter().any(|field| has(field)) {
        return json::read(bytes).map_or(Format::Unknown, |json| told(&json));
    }
    Format::Unknown
}

/// Whether bytes look as what is encrypted does: nearly every value occurs.
pub(crate) fn is_opaque(bytes: &[u8]) -> bool {
    const MANY: usize = 200;
    let mut seen = [false; 256];
    for byte in bytes {
        if let Some(seen) = seen.get_mut(usize::from(*byte)) {
            *seen = true;
        }
    }
    seen.iter().filter(|seen| **seen).count() >= MANY
}

/// What a file that is no zip is by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Alone {
    Known,
    /// Nobody can tell.
    Opaque,
    /// Certainly no export: a page, a message, a file without content.
    Nothing,
}

pub(crate) fn stands_alone(bytes: &[u8]) -> Alone {
    if format(bytes) != Format::Unknown {
        return Alone::Known;
    }
    let text = bytes
        .strip_prefix(b"\xEF\xBB\xBF")
        .unwrap_or(bytes)
        .trim_ascii_start();
    let message = text.is_empty()
        || text.starts_with(b"<")
        || text.starts_with(b"{")
        || text.starts_with(b"[");
    let other = bytes.starts_with(b"\x1F\x8B")
        || bytes.starts_with(b"PK")
        || bytes.iter().all(|byte| *byte == 0);
    if message || other {
        Alone::Nothing
    } else {
        Alone::Opaque
    }
}

/// The artifacts that a group of files is.
pub(crate) fn artifacts(found: Found) -> Vec<Artifact> {
    let id = match found.shape {
        Shape::Junk => return Vec::new(),
        Shape::Single => {
            return found
                .files
                .into_iter()
                .map(|(name, file)| {
                    single(name, file, found.place.clone(), found.beside.as_deref())
                })
                .collect();
        }
        Shape::Folder => return folder(found),
        Shape::Integration => integration(&found),
        Shape::Project => project(&found),
        Shape::VisualBuilder => application(
            &found,
            ArtifactKind::VisualBuilder,
            "visual-application.json",
        ),
        Shape::Skill => application(&found, ArtifactKind::Skill, "bot.json"),
    };
    vec![Artifact {
        id,
        place: found.place,
        files: found.files,
    }]
}

fn single(name: String, file: File, place: Place, beside: Option<&str>) -> Artifact {
    let id = identity(&name, &file, beside);
    let id = id.unwrap_or_else(|| Identity::new(ArtifactKind::Unknown, place.clone()));
    Artifact {
        id,
        place,
        files: BTreeMap::from([(name, file)]),
    }
}

/// What one file is, and which one; where it cannot be read, it has the name of its file.
fn identity(name: &str, file: &File, beside: Option<&str>) -> Option<Identity> {
    let bytes = file.bytes()?;
    let tree = || file.tree().ok();
    let stem = name.rsplit_once('.').map_or(name, |(stem, _)| stem);
    let or_stem = |told: Option<String>| {
        told.filter(|told| !told.is_empty())
            .unwrap_or_else(|| stem.to_owned())
    };
    Some(match format(bytes) {
        Format::Connection => {
            let code = tree().map(|tree| connection::code(tree).to_owned());
            Identity::new(ArtifactKind::Connection, or_stem(code))
        }
        Format::Dvm => {
            let name = tree().map(|tree| dvm::name(tree).to_owned());
            Identity::new(ArtifactKind::Lookup, or_stem(name))
        }
        Format::Csv => {
            let name = csv::read(bytes).ok().map(|(lookup, _)| lookup.name);
            Identity::new(ArtifactKind::Lookup, or_stem(name))
        }
        Format::Schedule => scheduled(stem, tree(), beside),
        Format::Library => libraried(file, stem),
        Format::Package => {
            let name = properties::read(bytes).remove("package_name");
            Identity::new(ArtifactKind::Package, or_stem(name))
        }
        Format::Deployment => {
            let json = json::read(bytes).ok()?;
            Identity::new(
                ArtifactKind::Deployment,
                project_yaml::deployment(&json)?.code,
            )
        }
        Format::Certificate => Identity::new(ArtifactKind::Certificate, stem),
        Format::EventType => {
            let (code, revision) = event_type::identity(&json::read(bytes).ok()?)?;
            Identity::versioned(ArtifactKind::EventType, code, revision)
        }
        Format::B2b => Identity::new(ArtifactKind::B2b, or_stem(tree().and_then(b2b::name))),
        Format::Settings => {
            let name = settings::name(&json::read(bytes).ok()?)?;
            Identity::new(ArtifactKind::Settings, name)
        }
        Format::Unknown => return None,
    })
}

/// A schedule is its integration's: by the folder beside it, by the file's name, by its own name.
fn scheduled(stem: &str, tree: Option<&Tree>, beside: Option<&str>) -> Identity {
    let read = tree.map(schedule::read);
    let owner = beside
        .and_then(split_folder)
        .or_else(|| schedule::owner(stem))
        .or_else(|| read.as_ref().and_then(|read| read.integration.clone()));
    match (owner, read) {
        (Some((code, version)), _) => Identity::versioned(ArtifactKind::Schedule, code, version),
        (None, Some(read)) if !read.name.is_empty() => {
            Identity::new(ArtifactKind::Schedule, read.name)
        }
        _ => Identity::new(ArtifactKind::Schedule, stem),
    }
}

fn libraried(file: &File, stem: &str) -> Identity {
    match file.tree().map(library::read) {
        Ok(read) if !read.library.code.is_empty() => Identity::versioned(
            ArtifactKind::Library,
            read.library.code,
            read.library.version,
        ),
        _ => Identity::new(ArtifactKind::Library, stem),
    }
}

/// `CODE_01.00.0000` as code and version.
pub(crate) fn split_folder(name: &str) -> Option<(String, String)> {
    let (code, version) = name.rsplit_once('_')?;
    crate::invariants::version_form::holds(version).then(|| (code.to_owned(), version.to_owned()))
}

/// A library with its sources, if one of the files describes one; the other files each by itself.
fn folder(mut found: Found) -> Vec<Artifact> {
    let describes = |file: &File| {
        file.bytes()
            .is_some_and(|bytes| format(bytes) == Format::Library)
    };
    let descriptors: Vec<String> = found
        .files
        .iter()
        .filter(|(_, file)| describes(file))
        .map(|(path, _)| path.clone())
        .collect();
    let mut artifacts = Vec::new();
    for descriptor in &descriptors {
        let stem = descriptor
            .rsplit_once('.')
            .map_or(descriptor.as_str(), |(stem, _)| stem);
        let id = found
            .files
            .get(descriptor)
            .map(|file| libraried(file, stem));
        let Some(id) = id else { continue };
        let alone = descriptors.len() == 1;
        let (own, rest) = found.files.into_iter().partition(|(path, _)| {
            let source = ends(path, ".js") || path.contains(".jar");
            let named = path
                .strip_prefix(stem)
                .is_some_and(|end| end.starts_with(['.', '_', '!']));
            path == descriptor || named || (alone && source)
        });
        found.files = rest;
        let place = if alone {
            found.place.clone()
        } else {
            join(&found.place, descriptor)
        };
        artifacts.push(Artifact {
            id,
            place,
            files: own,
        });
    }
    for (path, file) in found.files {
        let place = join(&found.place, &path);
        artifacts.push(single(path, file, place, found.beside.as_deref()));
    }
    artifacts
}

fn join(folder: &str, path: &str) -> Place {
    if folder.is_empty() {
        path.to_owned()
    } else {
        format!("{folder}/{path}")
    }
}

fn integration(found: &Found) -> Identity {
    let told = crate::facts::integration::identity(&found.files);
    let folder = found.place.rsplit(['/', '!']).next().unwrap_or_default();
    let (code, version) = told
        .or_else(|| split_folder(folder))
        .unwrap_or_else(|| (folder.to_owned(), String::new()));
    Identity::versioned(ArtifactKind::Integration, code, version)
}

fn project(found: &Found) -> Identity {
    let yaml = found.files.get("project.yaml").and_then(File::bytes);
    let read = yaml.and_then(|bytes| project_yaml::read(bytes).ok());
    let code = read
        .map(|manifest| manifest.project.code)
        .filter(|code| !code.is_empty());
    Identity::new(
        ArtifactKind::Project,
        code.unwrap_or_else(|| found.place.clone()),
    )
}

/// An application says its name in its main file.
fn application(found: &Found, kind: ArtifactKind, main: &str) -> Identity {
    let json = found
        .files
        .get(main)
        .and_then(File::bytes)
        .and_then(|bytes| json::read(bytes).ok());
    let told = ["id", "name", "displayName"]
        .iter()
        .find_map(|key| json.as_ref()?.get(key)?.as_str().map(str::to_owned));
    Identity::new(kind, told.unwrap_or_else(|| found.place.clone()))
}
