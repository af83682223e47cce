//! The inside of a whole-instance archive.
//!
//! Nobody has published the real layout. This one is the emulator's own and says so in its manifest. Artifacts lie in
//! it byte for byte as they were loaded; connections lie beside them with their endpoint values. The manifest tells
//! where each lies, so that one reader opens every [layout](layout).

use std::collections::BTreeMap;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use sha2::{Digest as _, Sha256};

use super::model::{Connection, Credential, Desk, Hidden, Kind, Property, Status};
use crate::artifact::zip::Reader;
use crate::artifact::{Unreadable, hex};
use crate::blobs::Opened;
use crate::options::ArchiveLayout;

mod layout;
mod write;

pub(super) use write::write;

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
    layout: ArchiveLayout,
    security_artifacts: bool,
    artifacts: Vec<Listed>,
    states: Vec<State>,
}

#[derive(Debug, Serialize, Deserialize)]
struct Listed {
    path: String,
    /// The entry that holds the bytes, where it is not named by the path.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    entry: Option<String>,
    /// A [`Kind`], or `connection`.
    kind: String,
    sha256: String,
}

impl Listed {
    fn entry(&self) -> &str {
        self.entry.as_deref().unwrap_or(&self.path)
    }
}

/// What an integration was doing when it was exported.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct State {
    pub(super) project: Option<String>,
    pub(super) id: String,
    pub(super) status: Status,
    pub(super) schedule_running: bool,
    #[serde(skip_serializing_if = "BTreeMap::is_empty", default)]
    pub(super) schedule_parameters: BTreeMap<String, Value>,
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
            created: now,
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

/// What an archive turned out to be.
pub(super) enum Content {
    /// One of the emulator's own.
    Known(Box<Known>),
    /// A zip of which nothing is recognised: it is carried as it is.
    Foreign,
}

/// An archive that is open. Its table is read, the rest on demand.
pub(super) struct Known {
    zip: Reader<Opened>,
    listed: Vec<Listed>,
    pub(super) states: Vec<State>,
}

/// Opens an archive of any layout.
///
/// # Errors
///
/// It is no readable zip, or something that its manifest names is missing.
pub(super) fn open(from: Opened) -> Result<Content, Unreadable> {
    let mut zip = Reader::new(from)?;
    if zip.holds(layout::SEALED) && !zip.holds(MANIFEST) {
        match layout::unsealed(&mut zip)? {
            Some(inner) => zip = inner,
            None => return foreign(zip),
        }
    }
    let manifest = if zip.holds(MANIFEST) {
        let bytes = zip.entry(MANIFEST)?;
        let manifest = serde_json::from_slice::<Manifest>(&bytes).ok();
        manifest.filter(|m| m.generator == GENERATOR)
    } else {
        None
    };
    let Some(manifest) = manifest else {
        return foreign(zip);
    };
    if let Some(missing) = manifest.artifacts.iter().find(|l| !zip.holds(l.entry())) {
        return Err(Unreadable::new(
            missing.entry(),
            "is in the manifest, not in the archive",
        ));
    }
    Ok(Content::Known(Box::new(Known {
        zip,
        listed: manifest.artifacts,
        states: manifest.states,
    })))
}

fn foreign(mut zip: Reader<Opened>) -> Result<Content, Unreadable> {
    zip.check()?;
    Ok(Content::Foreign)
}

impl Known {
    /// Every artifact, one at a time: its path, its kind, and its bytes where `wanted` takes the kind.
    ///
    /// # Errors
    ///
    /// An artifact differs from what the manifest says, or `each` fails.
    pub(super) fn artifacts<E: From<Unreadable>>(
        &mut self,
        wanted: impl Fn(Kind) -> bool,
        mut each: impl FnMut(&str, Kind, Option<&[u8]>) -> Result<(), E>,
    ) -> Result<(), E> {
        for listed in &self.listed {
            let Some(kind) = kind(&listed.kind) else {
                continue;
            };
            if wanted(kind) {
                let bytes = checked(&mut self.zip, listed)?;
                each(&listed.path, kind, Some(&bytes))?;
            } else {
                each(&listed.path, kind, None)?;
            }
        }
        Ok(())
    }

    /// Every connection.
    ///
    /// # Errors
    ///
    /// A connection differs from what the manifest says.
    pub(super) fn connections(&mut self) -> Result<Vec<Record>, Unreadable> {
        let own = self.listed.iter().filter(|l| kind(&l.kind).is_none());
        own.map(|listed| {
            let bytes = checked(&mut self.zip, listed)?;
            serde_json::from_slice(&bytes).map_err(|e| Unreadable::from_error(&listed.path, &e))
        })
        .collect()
    }
}

fn checked(zip: &mut Reader<Opened>, listed: &Listed) -> Result<Vec<u8>, Unreadable> {
    let bytes = zip.entry(listed.entry())?;
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
