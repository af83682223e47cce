//! What an instance holds.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::jobs::Job;
use super::schedules::Definition;
use super::settings::StorageSettings;
use super::shelf::{Named, Shelf};
use crate::artifact::DeploymentFacts;
use crate::blobs::BlobId;

/// The generation of an instance.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Generation {
    Gen2,
    Gen3,
}

impl Generation {
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Generation::Gen2 => "gen2",
            Generation::Gen3 => "gen3",
        }
    }
}

/// A text that shows in no debug output.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub(crate) struct Hidden(pub(crate) String);

impl fmt::Debug for Hidden {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[hidden]")
    }
}

/// The bucket that belongs to an instance's environment, and its sign-in.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Storage {
    pub(crate) namespace: String,
    pub(crate) bucket: String,
    pub(crate) user: String,
    pub(crate) token: Hidden,
    /// The user's other auth token, which was revoked.
    pub(crate) revoked_token: Hidden,
}

/// What an artifact is to the clone API, which also names its folder in an archive.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Kind {
    Package,
    Integration,
    Project,
    Lookup,
    Library,
    Process,
    Certificate,
    Security,
    Other,
}

impl Kind {
    /// The folder of this kind, in a load as in an archive.
    pub(crate) fn folder(self) -> &'static str {
        match self {
            Kind::Package => "packages",
            Kind::Integration => "integrations",
            Kind::Project => "projects",
            Kind::Lookup => "lookups",
            Kind::Library => "libraries",
            Kind::Process => "process",
            Kind::Certificate => "certificates",
            Kind::Security => "security",
            Kind::Other => "other",
        }
    }

    /// The kind in the singular, for reports.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Kind::Package => "package",
            Kind::Integration => "integration",
            Kind::Project => "project",
            Kind::Lookup => "lookup",
            Kind::Library => "library",
            Kind::Process => "process",
            Kind::Certificate => "certificate",
            Kind::Security => "security",
            Kind::Other => "other",
        }
    }

    /// Whether it travels only where security artifacts were asked for (on Gen2: always).
    pub(crate) fn is_security(self) -> bool {
        matches!(self, Kind::Certificate | Kind::Security)
    }
}

/// One artifact: the bytes that it came in, and where an archive holds them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Artifact {
    /// `<folder of its kind>/<file name>`, one of a kind in an instance.
    pub(crate) path: String,
    pub(crate) kind: Kind,
    pub(crate) blob: BlobId,
    /// The project that it is.
    pub(crate) project: Option<String>,
    /// The package that it is.
    #[serde(default)]
    pub(crate) package: Option<String>,
    /// The integrations that it carries, as `CODE|VERSION`.
    pub(crate) integrations: BTreeSet<String>,
}

/// The state of an integration; the texts are those of REST.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub(crate) enum Status {
    Configured,
    ActivationInprogress,
    Activated,
    #[serde(rename = "FAILEDACTIVATION")]
    FailedActivation,
}

impl Status {
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Status::Configured => "CONFIGURED",
            Status::ActivationInprogress => "ACTIVATION_INPROGRESS",
            Status::Activated => "ACTIVATED",
            Status::FailedActivation => "FAILEDACTIVATION",
        }
    }
}

/// The type of what was made, and not built in.
pub(crate) const DEVELOPED: &str = "DEVELOPED";

/// Who made and changed everything, as far as anyone asks.
pub(crate) const AUTHOR: &str = "developer@example.com";

/// What is recorded of an integration's messages.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Tracing {
    pub(crate) tracing: bool,
    pub(crate) payload: bool,
    pub(crate) record: bool,
}

/// One integration of an instance.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Integration {
    pub(crate) code: String,
    pub(crate) version: String,
    pub(crate) name: String,
    pub(crate) description: String,
    pub(crate) mep: String,
    pub(crate) package: Option<String>,
    pub(crate) tags: String,
    pub(crate) keywords: String,
    pub(crate) connections: BTreeSet<String>,
    pub(crate) lookups: BTreeSet<String>,
    pub(crate) libraries: BTreeSet<String>,
    /// Integrations that it calls, as `CODE|VERSION`.
    pub(crate) calls: BTreeSet<String>,
    pub(crate) schedule_defined: bool,
    /// Whether its schedule was started and not stopped.
    pub(crate) schedule_running: bool,
    /// Whether its schedule, while started, is held.
    pub(crate) schedule_paused: bool,
    /// Values that its runs begin with, by parameter.
    #[serde(default)]
    pub(crate) schedule_parameters: BTreeMap<String, Value>,
    /// What its schedule says, where that could be read or was given by REST.
    pub(crate) schedule: Option<Definition>,
    /// `DEVELOPED`, `PREBUILT` or `CUSTOM`.
    pub(crate) origin: String,
    /// Who has it open in an editor, so that nobody else may change it.
    pub(crate) locked: Option<String>,
    pub(crate) locked_at: Option<Timestamp>,
    pub(crate) status: Status,
    /// What is recorded of its messages while it is active.
    #[serde(default)]
    pub(crate) tracing: Tracing,
    /// Whether it came by an import job, so that a job may activate it later.
    #[serde(default)]
    pub(crate) imported: bool,
    /// Why the last activation failed, as HTML.
    pub(crate) errors: Option<String>,
    /// The artifact that carries it.
    pub(crate) carrier: String,
    /// Its own `.iar`; none inside a project.
    pub(crate) iar: Option<BlobId>,
    /// SHA-256 over its own files, what differs between two exports of the same left out.
    pub(crate) digest: String,
    pub(crate) created: Timestamp,
    pub(crate) updated: Timestamp,
}

impl Named for Integration {
    /// `CODE|VERSION`.
    fn id(&self) -> String {
        format!("{}|{}", self.code, self.version)
    }
}

impl Integration {
    /// Whether it runs, or is about to: such ones are neither replaced nor deleted (documented).
    pub(crate) fn is_active(&self) -> bool {
        matches!(
            self.status,
            Status::Activated | Status::ActivationInprogress
        )
    }

    pub(crate) fn is_scheduled(&self) -> bool {
        self.mep == "MEP07"
    }

    /// The first group of the version: only one version of a major may be active.
    pub(crate) fn major(&self) -> &str {
        self.version.split('.').next().unwrap_or_default()
    }
}

/// One property of a connection, in the shape of REST.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Property {
    #[serde(rename = "propertyName")]
    pub(crate) name: String,
    #[serde(rename = "propertyGroup")]
    pub(crate) group: String,
    #[serde(rename = "propertyType")]
    pub(crate) kind: String,
    #[serde(
        rename = "propertyValue",
        skip_serializing_if = "Option::is_none",
        default
    )]
    pub(crate) value: Option<String>,
    #[serde(default)]
    pub(crate) required: bool,
}

/// One connection of an instance.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Connection {
    pub(crate) id: String,
    pub(crate) name: String,
    pub(crate) description: String,
    pub(crate) adapter: String,
    pub(crate) role: String,
    pub(crate) policy: Option<String>,
    pub(crate) agent_group: Option<String>,
    pub(crate) properties: Vec<Property>,
    /// Credentials. Their values leave the emulator only encrypted.
    pub(crate) credentials: Vec<Credential>,
    /// Who has it open in an editor, so that nobody else may change it.
    pub(crate) locked: Option<String>,
    pub(crate) desk: Desk,
    pub(crate) created: Timestamp,
    pub(crate) updated: Timestamp,
}

/// What was done with a connection in its instance. None of it travels in an archive.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub(crate) struct Desk {
    pub(crate) locked_at: Option<Timestamp>,
    /// Files uploaded for properties, by the property's name.
    pub(crate) attachments: BTreeMap<String, Attachment>,
    /// How the last test ended, where nothing was changed since.
    pub(crate) tested: Option<String>,
    /// When its metadata was refreshed last.
    pub(crate) refreshed: Option<Timestamp>,
}

/// A file uploaded for a property.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Attachment {
    pub(crate) file: String,
    pub(crate) blob: BlobId,
}

/// One credential of a connection.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Credential {
    pub(crate) name: String,
    pub(crate) value: Option<Hidden>,
    /// Whether the connection is a draft without it: what a change of policy brings is.
    pub(crate) required: bool,
}

impl Named for Connection {
    fn id(&self) -> String {
        self.id.clone()
    }
}

impl Connection {
    /// The properties whose values are wanting. Of what came in an artifact, only placeholders and what had one are
    /// asked for: no artifact tells which credentials a policy needs (assumed).
    pub(crate) fn wanting(&self) -> Vec<&str> {
        let properties = self.properties.iter().filter(|p| match &p.value {
            Some(value) => value.starts_with("%%"),
            None => p.required,
        });
        let credentials = self.credentials.iter();
        properties
            .map(|p| p.name.as_str())
            .chain(
                credentials
                    .filter(|c| c.required && c.value.is_none())
                    .map(|c| c.name.as_str()),
            )
            .collect()
    }

    pub(crate) fn is_configured(&self) -> bool {
        self.wanting().is_empty()
    }

    /// The state's text in REST; `INPROGRESS` is what the console calls a draft.
    pub(crate) fn status(&self) -> &'static str {
        if self.is_configured() {
            "CONFIGURED"
        } else {
            "INPROGRESS"
        }
    }
}

impl Lookup {
    /// Whether it is a file of its own, and in no integration's.
    pub(crate) fn is_file(&self) -> bool {
        self.carrier.starts_with(Kind::Lookup.folder())
    }
}

/// A lookup and the bytes it can be exported as.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Lookup {
    pub(crate) name: String,
    pub(crate) description: String,
    pub(crate) columns: Vec<String>,
    pub(crate) rows: Vec<Vec<String>>,
    pub(crate) blob: BlobId,
    pub(crate) carrier: String,
}

impl Named for Lookup {
    fn id(&self) -> String {
        self.name.clone()
    }
}

/// A JavaScript library.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Library {
    pub(crate) code: String,
    pub(crate) version: String,
    pub(crate) name: String,
}

impl Named for Library {
    /// `CODE|VERSION`.
    fn id(&self) -> String {
        format!("{}|{}", self.code, self.version)
    }
}

/// A package.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Package {
    pub(crate) name: String,
    pub(crate) blob: BlobId,
    pub(crate) carrier: String,
}

/// A project of a Gen3 instance.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Project {
    pub(crate) code: String,
    pub(crate) name: String,
    pub(crate) description: String,
    pub(crate) status: String,
    /// In the order of their codes.
    #[serde(default)]
    pub(crate) deployments: Vec<DeploymentFacts>,
    pub(crate) blob: BlobId,
    pub(crate) carrier: String,
    pub(crate) updated: Timestamp,
}

/// One instance.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Instance {
    pub(crate) name: String,
    pub(crate) generation: Generation,
    pub(crate) protected: bool,
    pub(crate) storage: Storage,
    /// What jobs use that name no storage; none: reset.
    #[serde(default)]
    pub(crate) storage_settings: Option<StorageSettings>,
    pub(crate) agent_groups: BTreeSet<String>,
    /// Values for a target's connections that the environment's card offers.
    pub(crate) overrides: BTreeMap<String, BTreeMap<String, String>>,
    /// By path.
    pub(crate) artifacts: BTreeMap<String, Artifact>,
    pub(crate) integrations: Shelf<Integration>,
    pub(crate) connections: Shelf<Connection>,
    pub(crate) lookups: Shelf<Lookup>,
    pub(crate) libraries: Shelf<Library>,
    /// By name.
    pub(crate) packages: BTreeMap<String, Package>,
    /// By code.
    pub(crate) projects: BTreeMap<String, Project>,
    /// Activations under way: when each ends, its project, and its integration.
    pub(crate) activations: BTreeSet<(Timestamp, Option<String>, String)>,
    pub(crate) jobs: Vec<Job>,
    /// What loading had to say, oldest first.
    pub(crate) notes: Vec<String>,
}

impl Instance {
    /// Forgets everything that lies in a project.
    pub(crate) fn clear_project(&mut self, code: &str) {
        self.integrations.clear(code);
        self.connections.clear(code);
        self.lookups.clear(code);
        self.libraries.clear(code);
    }

    pub(crate) fn integration(&self, project: Option<&str>, id: &str) -> Option<&Integration> {
        self.integrations.get(project, id)
    }

    pub(crate) fn integration_mut(
        &mut self,
        project: Option<&str>,
        id: &str,
    ) -> Option<&mut Integration> {
        self.integrations.get_mut(project, id)
    }

    pub(crate) fn connection(&self, project: Option<&str>, id: &str) -> Option<&Connection> {
        self.connections.get(project, id)
    }

    pub(crate) fn connection_mut(
        &mut self,
        project: Option<&str>,
        id: &str,
    ) -> Option<&mut Connection> {
        self.connections.get_mut(project, id)
    }
}
