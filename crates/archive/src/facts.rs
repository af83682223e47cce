//! What the inventory says of one artifact; on the way every check that needs this artifact alone.

pub(crate) mod flow;
pub(crate) mod integration;

use ferry_core::model::{
    ArtifactKind, Certificate, Connection, Deployment, Library, Lookup, Package, Part, Schedule,
};

use crate::artifact::{Artifact, File};
use crate::entry_names::shown;
use crate::findings::Findings;
use crate::fingerprint::{self, Digests, hex};
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
pub(crate) fn read(artifact: &Artifact, digests: &Digests, findings: &mut Findings) -> Facts {
    let only = artifact.files.values().next().and_then(File::bytes);
    let only = only.unwrap_or_default();
    match artifact.id.kind {
        ArtifactKind::Integration => {
            Facts::Integration(Box::new(integration::read(artifact, findings)))
        }
        ArtifactKind::Connection => {
            Facts::Connection(Box::new(connection_of(artifact, only, findings)))
        }
        ArtifactKind::Lookup => Facts::Lookup(lookup_of(artifact, only, findings)),
        ArtifactKind::Library => Facts::Library(library_of(artifact, findings)),
        ArtifactKind::Schedule => Facts::Schedule(schedule_of(artifact, only, findings)),
        ArtifactKind::Package => Facts::Package(Package {
            name: artifact.id.name.clone(),
            ..Package::default()
        }),
        ArtifactKind::Project => Facts::Project(Box::new(project_of(artifact, findings))),
        ArtifactKind::Deployment => {
            let read = json::read(only).ok();
            let read = read.and_then(|json| project_yaml::deployment(&json));
            read.map_or_else(|| Facts::Part(part(artifact, digests)), Facts::Deployment)
        }
        ArtifactKind::Certificate => Facts::Certificate(Certificate {
            name: artifact.id.name.clone(),
            format: certificate::format(only).unwrap_or_default().to_owned(),
            sha256: digests
                .values()
                .next()
                .map(|digest| hex(digest))
                .unwrap_or_default(),
            places: Vec::new(),
        }),
        ArtifactKind::Settings => {
            secrets::look_at_settings(only, &artifact.place, findings);
            Facts::Part(part(artifact, digests))
        }
        ArtifactKind::Unknown => {
            // Of the whole file it was told when it was opened.
            if kind::is_opaque(only) && !artifact.place.is_empty() {
                let what = "opaque: it looks encrypted, and nobody can tell what it is";
                findings.entry_warning(&shown(artifact.place.as_bytes()), what);
            }
            Facts::Part(part(artifact, digests))
        }
        ArtifactKind::Process
        | ArtifactKind::VisualBuilder
        | ArtifactKind::Skill
        | ArtifactKind::EventType
        | ArtifactKind::B2b
        | ArtifactKind::AgentGroup => Facts::Part(part(artifact, digests)),
    }
}

/// What was read; where nothing was, a finding, and what is left.
fn or_left<T>(
    read: Result<T, String>,
    artifact: &Artifact,
    findings: &mut Findings,
    left: impl FnOnce(String) -> T,
) -> T {
    read.unwrap_or_else(|error| {
        findings.entry_error(&shown(artifact.place.as_bytes()), error);
        left(artifact.id.name.clone())
    })
}

fn connection_of(artifact: &Artifact, bytes: &[u8], findings: &mut Findings) -> Connection {
    let read = connection::read(bytes).map(|raw| {
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
        dvm::read(bytes)
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
    let mut files = artifact.files.values().filter_map(File::bytes);
    let descriptor = files.find(|bytes| kind::format(bytes) == kind::Format::Library);
    let read = library::read(descriptor.unwrap_or_default());
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

fn schedule_of(artifact: &Artifact, bytes: &[u8], findings: &mut Findings) -> Schedule {
    let read = schedule::read(bytes);
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

/// Something whose inside is not read: one file by its digest, several by their list.
fn part(artifact: &Artifact, digests: &Digests) -> Part {
    let mut all = digests.values();
    let sha256 = match (all.next(), all.next()) {
        (Some(only), None) => hex(only),
        _ => fingerprint::content(digests),
    };
    Part {
        kind: artifact.id.kind,
        place: artifact.place.clone(),
        bytes: artifact.files.values().map(File::len).sum(),
        sha256,
    }
}
