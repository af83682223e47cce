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
use crate::formats::{certificate, connection, csv, dvm, json, library, properties, schedule};
use crate::{invariants, secrets};

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
    let place = shown(artifact.place.as_bytes());
    let only = artifact
        .files
        .values()
        .next()
        .and_then(File::bytes)
        .unwrap_or_default();
    let mut broken = |error: String| findings.entry_error(&place, error);
    let name = artifact.id.name.clone();
    match artifact.id.kind {
        ArtifactKind::Integration => {
            return Facts::Integration(Box::new(integration::read(artifact, findings)));
        }
        ArtifactKind::Connection => match connection::read(only) {
            Ok(raw) => {
                invariants::connection(&raw, &artifact.place, findings);
                secrets::look_at_connection(&raw, &artifact.place, findings);
                return Facts::Connection(Box::new(raw.shown()));
            }
            Err(error) => {
                broken(error);
                return Facts::Connection(Box::new(Connection {
                    code: name,
                    ..Connection::default()
                }));
            }
        },
        ArtifactKind::Lookup => {
            let read = if csv::is(only) {
                csv::read(only)
            } else {
                dvm::read(only)
            };
            return Facts::Lookup(match read {
                Ok((lookup, flaws)) => {
                    flaws.into_iter().for_each(broken);
                    lookup
                }
                Err(error) => {
                    broken(error);
                    Lookup {
                        name,
                        ..Lookup::default()
                    }
                }
            });
        }
        ArtifactKind::Library => {
            let descriptor = artifact.files.values().filter_map(File::bytes);
            let read = descriptor
                .filter(|bytes| crate::kind::format(bytes) == crate::kind::Format::Library)
                .map(library::read)
                .next();
            return Facts::Library(match read {
                Some(Ok(read)) => {
                    invariants::library::check(&read, artifact, findings);
                    read
                }
                Some(Err(error)) => {
                    broken(error);
                    Library {
                        code: name,
                        ..Library::default()
                    }
                }
                None => Library {
                    code: name,
                    ..Library::default()
                },
            });
        }
        ArtifactKind::Schedule => {
            let mut read = schedule::read(only).unwrap_or_else(|error| {
                broken(error);
                Schedule {
                    name: name.clone(),
                    ..Schedule::default()
                }
            });
            if let Some(version) = &artifact.id.version {
                read.integration = Some((name, version.clone()));
            }
            return Facts::Schedule(read);
        }
        ArtifactKind::Package => {
            let name = properties::read(only)
                .remove("package_name")
                .unwrap_or(name);
            return Facts::Package(Package {
                name,
                ..Package::default()
            });
        }
        ArtifactKind::Project => {
            let yaml = artifact.files.get("project.yaml").and_then(File::bytes);
            let read = project_yaml::read(yaml.unwrap_or_default());
            let mut manifest = read.unwrap_or_else(|error| {
                broken(error);
                Manifest::default()
            });
            manifest.project.code = name;
            return Facts::Project(Box::new(manifest));
        }
        ArtifactKind::Deployment => {
            let read = json::read(only).ok();
            if let Some(deployment) = read.and_then(|json| project_yaml::deployment(&json)) {
                return Facts::Deployment(deployment);
            }
        }
        ArtifactKind::Certificate => {
            return Facts::Certificate(Certificate {
                name,
                format: certificate::format(only).unwrap_or_default().to_owned(),
                sha256: digests
                    .values()
                    .next()
                    .map(|digest| hex(digest))
                    .unwrap_or_default(),
                places: Vec::new(),
            });
        }
        ArtifactKind::Process
        | ArtifactKind::VisualBuilder
        | ArtifactKind::Skill
        | ArtifactKind::AgentGroup
        | ArtifactKind::Unknown => {}
    }
    Facts::Part(part(artifact, digests))
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
