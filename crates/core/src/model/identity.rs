//! What an artifact is, and which one.

use std::fmt;

use serde::{Deserialize, Serialize};

/// What kind of thing an artifact is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ArtifactKind {
    /// A flow, by code and version.
    Integration,
    /// A connection, by its code.
    Connection,
    /// A lookup, by its name.
    Lookup,
    /// A JavaScript library, by code and version.
    Library,
    /// A schedule, by code and version of its integration, or else by its own name.
    Schedule,
    /// A package, by its name.
    Package,
    /// A project, by its code.
    Project,
    /// A deployment of a project, by its code.
    Deployment,
    /// A certificate, by the name of its file.
    Certificate,
    /// A part of a process application.
    Process,
    /// A Visual Builder application.
    VisualBuilder,
    /// A skill of a digital assistant.
    Skill,
    /// A type of events, by its code and its revision as the version.
    EventType,
    /// A document or schema of trade with partners, by what it is and its identifier.
    B2b,
    /// Settings that an archive of an instance holds beside artifacts, by what they are of.
    Settings,
    /// A group of connectivity agents. No archive holds one; connections name it.
    AgentGroup,
    /// Nothing that is known, by its path.
    Unknown,
}

/// The kind in words.
impl fmt::Display for ArtifactKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Integration => "integration",
            Self::Connection => "connection",
            Self::Lookup => "lookup",
            Self::Library => "library",
            Self::Schedule => "schedule",
            Self::Package => "package",
            Self::Project => "project",
            Self::Deployment => "deployment",
            Self::Certificate => "certificate",
            Self::Process => "process application",
            Self::VisualBuilder => "Visual Builder application",
            Self::Skill => "assistant skill",
            Self::EventType => "event type",
            Self::B2b => "B2B artifact",
            Self::Settings => "settings",
            Self::AgentGroup => "agent group",
            Self::Unknown => "unknown",
        })
    }
}

/// What an artifact is, and which one.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Identity {
    /// The kind.
    pub kind: ArtifactKind,
    /// The code, where the kind has one, or else the name; unsafe to print as it is.
    pub name: String,
    /// The version, where the kind has one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub version: Option<String>,
}

impl Identity {
    /// An identity without a version.
    pub fn new(kind: ArtifactKind, name: impl Into<String>) -> Self {
        Self {
            kind,
            name: name.into(),
            version: None,
        }
    }

    /// An identity with a version.
    pub fn versioned(
        kind: ArtifactKind,
        name: impl Into<String>,
        version: impl Into<String>,
    ) -> Self {
        Self {
            version: Some(version.into()),
            ..Self::new(kind, name)
        }
    }
}

/// `integration ORDERS|01.00.0000`, `lookup Countries`.
impl fmt::Display for Identity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.kind, self.name)?;
        match &self.version {
            Some(version) => write!(f, "|{version}"),
            None => Ok(()),
        }
    }
}
