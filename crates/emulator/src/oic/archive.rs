//! The inside of a whole-instance archive.
//!
//! Nobody has published the real layout. This one is the emulator's own and says so in its manifest. Artifacts lie in
//! it byte for byte as they were loaded; connections lie beside them with their endpoint values.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use super::model::{Connection, Credential, Desk, Hidden, Instance, Kind, Property, Status};
use super::shelf::Named;
use crate::artifact::{Entries, Unreadable, hex, zip};
use crate::blobs::Blobs;

const GENERATOR: &str = "ferry-emulator";
const MANIFEST: &str = "manifest.json";

/// The archive's table of contents.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) struct Manifest {
    generator: String,
    note: String,
    source: String,
    generation: String,
    pub(super) security_artifacts: bool,
    artifacts: Vec<Listed>,
    pub(super) states: Vec<State>,
}

#[derive(Debug, Serialize, Deserialize)]
struct Listed {
    path: String,
    /// A [`Kind`], or `connection`.
    kind: String,
    sha256: String,
}

/// What an integration was doing when it was exported.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct State {
    pub(super) project: Option<String>,
    pub(super) id: String,
    pub(super) status: Status,
    pub(super) schedule_running: bool,
}

/// A connection as an archive holds it.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Record {
    pub(super) project: Option<String>,
    pub(super) id: String,
    name: String,
    description: String,
    adapter: String,
    role: String,
    security_policy: Option<String>,
    agent_group_id: Option<String>,
    connection_properties: Vec<Property>,
    security_properties: Vec<Sealed>,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Sealed {
    property_name: String,
    #[serde(skip_serializing_if = "Option::is_none", default)]
    encrypted_value: Option<String>,
}

impl Record {
    fn of(project: Option<&str>, it: &Connection, security: bool) -> Record {
        let seal = |c: &Credential| Sealed {
            property_name: c.name.clone(),
            encrypted_value: c
                .value
                .as_ref()
                .filter(|_| security)
                .map(|v| seal(&it.id, &v.0)),
        };
        Record {
            project: project.map(str::to_owned),
            id: it.id.clone(),
            name: it.name.clone(),
            description: it.description.clone(),
            adapter: it.adapter.clone(),
            role: it.role.clone(),
            security_policy: it.policy.clone(),
            agent_group_id: it.agent_group.clone(),
            connection_properties: it.properties.clone(),
            security_properties: it.credentials.iter().map(seal).collect(),
        }
    }

    /// The connection as it was; credentials only where they travelled and may come in.
    pub(super) fn connection(&self, security: bool, now: Timestamp) -> Connection {
        let open = |s: &Sealed| Credential {
            name: s.property_name.clone(),
            value: s
                .encrypted_value
                .as_deref()
                .filter(|_| security)
                .and_then(|v| unseal(&self.id, v))
                .map(Hidden),
            required: false,
        };
        Connection {
            id: self.id.clone(),
            name: self.name.clone(),
            description: self.description.clone(),
            adapter: self.adapter.clone(),
            role: self.role.clone(),
            policy: self.security_policy.clone(),
            agent_group: self.agent_group_id.clone(),
            properties: self.connection_properties.clone(),
            credentials: self.security_properties.iter().map(open).collect(),
            locked: None,
            desk: Desk::default(),
            updated: now,
        }
    }
}

/// Values that an emulator of another process must open again, and that nobody should read by chance: hidden by a
/// key that the connection's id gives. This keeps nothing secret, and holds no real credential.
fn seal(id: &str, value: &str) -> String {
    STANDARD.encode(masked(id, value.as_bytes()))
}

fn unseal(id: &str, sealed: &str) -> Option<String> {
    let bytes = STANDARD.decode(sealed).ok()?;
    String::from_utf8(masked(id, &bytes)).ok()
}

fn masked(id: &str, bytes: &[u8]) -> Vec<u8> {
    bytes
        .chunks(32)
        .zip(0u64..)
        .flat_map(|(chunk, n)| {
            let key = Sha256::digest(format!("{GENERATOR}:{id}:{n}"));
            let masked: Vec<u8> = chunk.iter().zip(key).map(|(a, b)| a ^ b).collect();
            masked
        })
        .collect()
}

/// What goes into an archive.
#[derive(Debug, Clone, Copy)]
pub(super) struct Choice {
    pub(super) integration: bool,
    pub(super) process: bool,
    pub(super) security: bool,
}

impl Choice {
    pub(super) fn takes(self, kind: Kind) -> bool {
        match kind {
            Kind::Process => self.process,
            kind if kind.is_security() => self.integration && self.security,
            _ => self.integration,
        }
    }
}

/// Builds the archive of an instance as it is now.
pub(super) fn write(
    instance: &Instance,
    blobs: &Blobs,
    choice: Choice,
    seed: &str,
    now: Timestamp,
) -> Result<Vec<u8>, Unreadable> {
    let mut entries: Vec<(String, Vec<u8>)> = Vec::new();
    let mut listed = Vec::new();
    for artifact in instance.artifacts.values().filter(|a| choice.takes(a.kind)) {
        let bytes = blobs
            .bytes(&artifact.blob)
            .map_err(|e| Unreadable::from_error(&artifact.path, &e))?;
        listed.push(Listed {
            path: artifact.path.clone(),
            kind: artifact.kind.folder().to_owned(),
            sha256: artifact.blob.sha256.clone(),
        });
        entries.push((artifact.path.clone(), bytes.to_vec()));
    }
    let connections = instance.connections.iter().filter(|_| choice.integration);
    for (project, it) in connections {
        let folder = project.map(|p| format!("{p}/")).unwrap_or_default();
        let path = format!("connections/{folder}{}.json", it.id);
        let bytes = serde_json::to_vec_pretty(&Record::of(project, it, choice.security))
            .map_err(|e| Unreadable::from_error(&path, &e))?;
        listed.push(Listed {
            path: path.clone(),
            kind: "connection".to_owned(),
            sha256: hex(&Sha256::digest(&bytes)),
        });
        entries.push((path, bytes));
    }
    let states = instance.integrations.iter().filter(|_| choice.integration);
    let manifest = Manifest {
        generator: GENERATOR.to_owned(),
        note: "layout invented by the emulator; nobody has published the real one".to_owned(),
        source: instance.name.clone(),
        generation: instance.generation.as_str().to_owned(),
        security_artifacts: choice.security,
        artifacts: listed,
        states: states
            .map(|(project, it)| State {
                project: project.map(str::to_owned),
                id: it.id(),
                status: it.status,
                schedule_running: it.schedule_running,
            })
            .collect(),
    };
    let bytes =
        serde_json::to_vec_pretty(&manifest).map_err(|e| Unreadable::from_error(MANIFEST, &e))?;
    entries.push((MANIFEST.to_owned(), bytes));
    // The service writes its entries in no order that could be relied on.
    let seed = seed
        .bytes()
        .fold(0u64, |sum, b| sum.wrapping_mul(31).wrapping_add(b.into()));
    fastrand::Rng::with_seed(seed).shuffle(&mut entries);
    zip::write(&entries, now)
}

/// What an archive turned out to be.
pub(super) enum Content {
    /// One of the emulator's own.
    Known(Box<Known>),
    /// A zip of which nothing is recognised: it is carried as it is.
    Foreign,
}

pub(super) struct Known {
    pub(super) manifest: Manifest,
    /// Path, kind and bytes.
    pub(super) artifacts: Vec<(String, Kind, Vec<u8>)>,
    pub(super) connections: Vec<Record>,
}

/// Opens an archive and checks it against its manifest.
///
/// # Errors
///
/// It is no readable zip, or an artifact is missing or differs from what the manifest says.
pub(super) fn read(bytes: &[u8]) -> Result<Content, Unreadable> {
    let mut entries = zip::read(bytes)?;
    let manifest = entries
        .get(MANIFEST)
        .and_then(|bytes| serde_json::from_slice::<Manifest>(bytes).ok())
        .filter(|m| m.generator == GENERATOR);
    let Some(manifest) = manifest else {
        return Ok(Content::Foreign);
    };
    let mut artifacts = Vec::new();
    let mut connections = Vec::new();
    for listed in &manifest.artifacts {
        let bytes = take(&mut entries, listed)?;
        match kind(&listed.kind) {
            Some(kind) => artifacts.push((listed.path.clone(), kind, bytes)),
            None => connections.push(
                serde_json::from_slice(&bytes)
                    .map_err(|e| Unreadable::from_error(&listed.path, &e))?,
            ),
        }
    }
    Ok(Content::Known(Box::new(Known {
        manifest,
        artifacts,
        connections,
    })))
}

fn take(entries: &mut Entries, listed: &Listed) -> Result<Vec<u8>, Unreadable> {
    let bytes = entries
        .remove(&listed.path)
        .ok_or_else(|| Unreadable::new(&listed.path, "is in the manifest, not in the archive"))?;
    if hex(&Sha256::digest(&bytes)) == listed.sha256 {
        Ok(bytes)
    } else {
        Err(Unreadable::new(
            &listed.path,
            "differs from what the manifest says",
        ))
    }
}

fn kind(folder: &str) -> Option<Kind> {
    [
        Kind::Package,
        Kind::Integration,
        Kind::Project,
        Kind::Lookup,
        Kind::Library,
        Kind::Process,
        Kind::Certificate,
        Kind::Security,
        Kind::Other,
    ]
    .into_iter()
    .find(|k| k.folder() == folder)
}

#[cfg(test)]
mod tests {
    use super::*;

    proptest::proptest! {
        #[test]
        fn sealed_values_open_again(id in "[A-Z]{1,8}", value in ".{0,80}") {
            let sealed = seal(&id, &value);
            proptest::prop_assert!(value.len() < 4 || !sealed.contains(&value));
            proptest::prop_assert_eq!(unseal(&id, &sealed), Some(value));
        }
    }
}
