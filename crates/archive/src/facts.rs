//! What the inventory says of one artifact; on the way every check that needs this artifact alone.

pub(crate) mod flow;
pub(crate) mod integration;

use ferry_core::model::{
    ArtifactKind, Certificate, Connection, Deployment, Library, Lookup, Package, Part, Schedule,
};

use crate::artifact::{Artifact, File};
use crate::canonical::Tree;
use crate::entry_names::shown;
use crate::findings::Findings;
use crate::fingerprint::{self, hex};
use crate::formats::project_yaml::{self, Manifest};
use crate::formats::{certificate, connection, csv, dvm, json, library, schedule};
use crate::{invariants, kind, secrets};

use integration::IntegrationFacts;

/// What is known of an artifact.
#[derive(Debug)]
pub(crate) enum Facts {
    Integration(Box<IntegrationFacts>),
    Connection(Box<Connection>),
    Lookup(Lookup),
    Library(Library),
    Schedule(Schedule),
    Package(Package),
    Project(Box<Manifest>),
    Deployment(Deployment),
    Certificate(Certificate),
    Part(Part),
}

/// Reads an artifact. What cannot be read is a finding, and what is left of it is still listed.
pub(crate) fn read(artifact: &Artifact, findings: &mut Findings) -> Facts {
    let only = artifact.only().and_then(File::bytes).unwrap_or_default();
    match artifact.id.kind {
        ArtifactKind::Integration => {
            Facts::Integration(Box::new(integration::read(artifact, findings)))
        }
        ArtifactKind::Connection => Facts::Connection(Box::new(connection_of(artifact, findings))),
        ArtifactKind::Lookup => Facts::Lookup(lookup_of(artifact, only, findings)),
        ArtifactKind::Library => Facts::Library(library_of(artifact, findings)),
        ArtifactKind::Schedule => Facts::Schedule(schedule_of(artifact, findings)),
        ArtifactKind::Package => Facts::Package(Package {
            name: artifact.id.name.clone(),
            ..Package::default()
        }),
        ArtifactKind::Project => Facts::Project(Box::new(project_of(artifact, findings))),
        ArtifactKind::Deployment => {
            let read = json::read(only).ok();
            let read = read.and_then(|json| project_yaml::deployment(&json));
            read.map_or_else(|| Facts::Part(part(artifact)), Facts::Deployment)
        }
        ArtifactKind::Certificate => Facts::Certificate(Certificate {
            name: artifact.id.name.clone(),
            format: certificate::format(only).unwrap_or_default().to_owned(),
            sha256: digest(artifact),
            places: Vec::new(),
        }),
        ArtifactKind::Settings => {
            secrets::look_at_settings(only, &artifact.place, findings);
            Facts::Part(part(artifact))
        }
        ArtifactKind::Unknown => {
            // Of the whole file it was told when it was opened.
            if kind::is_opaque(only) && !artifact.place.is_empty() {
                let what = "opaque: it looks encrypted, and nobody can tell what it is";
                findings.entry_warning(&shown(artifact.place.as_bytes()), what);
            }
            Facts::Part(part(artifact))
        }
        ArtifactKind::Process
        | ArtifactKind::VisualBuilder
        | ArtifactKind::Skill
        | ArtifactKind::EventType
        | ArtifactKind::B2b
        | ArtifactKind::AgentGroup => Facts::Part(part(artifact)),
    }
}

/// What was read; where nothing was, a finding, and what is left.
fn or_left<T, E: Into<String>>(
    read: Result<T, E>,
    artifact: &Artifact,
    findings: &mut Findings,
    left: impl FnOnce(String) -> T,
) -> T {
    read.unwrap_or_else(|error| {
        findings.entry_error(&shown(artifact.place.as_bytes()), error);
        left(artifact.id.name.clone())
    })
}

/// The document that an artifact of one file is.
fn only_tree(artifact: &Artifact) -> Result<&Tree, &str> {
    artifact.only().map_or(Err("it is empty"), File::tree)
}

fn connection_of(artifact: &Artifact, findings: &mut Findings) -> Connection {
    let read = only_tree(artifact).map(connection::read).map(|raw| {
        invariants::connection(&raw, &artifact.place, findings);
        secrets::look_at_connection(&raw, &artifact.place, findings);
        raw.shown()
    });
    or_left(read, artifact, findings, |code| Connection {
        code,
        ..Connection::default()
    })
}

fn lookup_of(artifact: &Artifact, bytes: &[u8], findings: &mut Findings) -> Lookup {
    let read = if csv::is(bytes) {
        csv::read(bytes)
    } else {
        only_tree(artifact).map(dvm::read).map_err(str::to_owned)
    };
    let (lookup, flaws) = or_left(read, artifact, findings, |name| {
        let lookup = Lookup {
            name,
            ..Lookup::default()
        };
        (lookup, Vec::new())
    });
    for flaw in flaws {
        findings.entry_error(&shown(artifact.place.as_bytes()), flaw);
    }
    lookup
}

fn library_of(artifact: &Artifact, findings: &mut Findings) -> Library {
    let is_descriptor = |file: &&File| {
        let bytes = file.bytes().unwrap_or_default();
        kind::format(bytes) == kind::Format::Library
    };
    let descriptor = artifact.files.values().find(is_descriptor);
    let read = descriptor.map_or(Err("it has no descriptor"), File::tree);
    let read = read.map(library::read);
    if let Ok(read) = &read {
        invariants::library::check(&read.library, artifact, findings);
        invariants::function_id::check(read, &artifact.place, findings);
    }
    let read = read.map(|read| read.library);
    or_left(read, artifact, findings, |code| Library {
        code,
        ..Library::default()
    })
}

fn schedule_of(artifact: &Artifact, findings: &mut Findings) -> Schedule {
    let read = only_tree(artifact).map(schedule::read);
    let mut schedule = or_left(read, artifact, findings, |name| Schedule {
        name,
        ..Schedule::default()
    });
    if let Some(version) = &artifact.id.version {
        schedule.integration = Some((artifact.id.name.clone(), version.clone()));
    }
    schedule
}

fn project_of(artifact: &Artifact, findings: &mut Findings) -> Manifest {
    let yaml = artifact.files.get("project.yaml").and_then(File::bytes);
    let read = project_yaml::read(yaml.unwrap_or_default());
    let mut manifest = or_left(read, artifact, findings, |_| Manifest::default());
    manifest.project.code.clone_from(&artifact.id.name);
    manifest
}

/// The digest of an artifact: of its one file, or of the list of several.
fn digest(artifact: &Artifact) -> String {
    match artifact.only().filter(|_| artifact.files.len() == 1) {
        Some(only) => only.sha256().map(|sha256| hex(sha256)).unwrap_or_default(),
        None => fingerprint::content(&artifact.files),
    }
}

/// Something whose inside is not read.
fn part(artifact: &Artifact) -> Part {
    Part {
        kind: artifact.id.kind,
        place: artifact.place.clone(),
        bytes: artifact.files.values().map(File::len).sum(),
        sha256: digest(artifact),
    }
}
