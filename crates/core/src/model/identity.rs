//! What an artifact is, and which one.

use std::fmt;

use serde::{Deserialize, Serialize};

/// What an artifact is, and which one: the same flow has the same identity in an `.iar`, a `.par`, a `.car` and an
/// archive of the whole instance.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Identity {
    /// What it is.
    pub kind: ArtifactKind,
    /// An integration's code, a connection's `instanceCode`, a lookup's name, a library's code, the code of a
    /// schedule's integration, and so on.
    pub name: String,
    /// The version of what has versions: integrations and libraries.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub version: Option<String>,
}

impl fmt::Display for Identity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.kind, self.name)?;
        match &self.version {
            Some(version) => write!(f, " {version}"),
            None => Ok(()),
        }
    }
}

/// The kinds of artifact that an archive is made of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ArtifactKind {
    /// A flow with all that it is made of.
    Integration,
    /// An `ApplicationInstance`.
    Connection,
    /// A table of values, as `.dvm` or `.csv`.
    Lookup,
    /// A library of JavaScript functions.
    Library,
    /// When a scheduled integration runs.
    Schedule,
    /// Integrations that are exported together.
    Package,
    /// A project of the third generation.
    Project,
    /// A deployment of a project.
    Deployment,
    /// A certificate.
    Certificate,
    /// A process application.
    Process,
    /// A Visual Builder application.
    VisualBuilder,
    /// A skill of a digital assistant.
    Skill,
    /// Whatever nothing is known about.
    Unknown,
}

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
            Self::Process => "process",
            Self::VisualBuilder => "visual-builder",
            Self::Skill => "skill",
            Self::Unknown => "unknown",
        })
    }
}
