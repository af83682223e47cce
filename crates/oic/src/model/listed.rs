//! Things that are listed and no more: libraries, packages, projects, agent groups, certificates.

use jiff::Timestamp;

/// A JavaScript library.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Library {
    /// Its id, `CODE|VERSION`.
    pub id: String,
    /// The id of the project it lives in (Gen3).
    pub project: Option<String>,
    /// The name that people see.
    pub name: String,
    /// As it came.
    pub status: Option<String>,
}

/// A package: integrations that travel together.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Package {
    /// Its name.
    pub name: String,
    /// How many integrations are in it, where the answer tells.
    pub integrations: Option<u64>,
}

/// A project of a Gen3 instance.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Project {
    /// Its id.
    pub id: String,
    /// The name that people see.
    pub name: String,
    /// Such as `DEVELOPED` or `ACCELERATOR`.
    pub kind: Option<String>,
    /// When it was changed last.
    pub updated: Option<Timestamp>,
}

/// A group of connectivity agents.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AgentGroup {
    /// Its id.
    pub id: String,
    /// The name that people see.
    pub name: String,
    /// As it came.
    pub status: Option<String>,
}

/// A certificate. Its content is never asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Certificate {
    /// `installedType|type|category|name` (documented).
    pub id: String,
    /// Its name.
    pub name: String,
    /// Such as `X509`.
    pub kind: Option<String>,
    /// Such as `TRUST`.
    pub category: Option<String>,
    /// As it came.
    pub status: Option<String>,
    /// When it is valid no more, as it came.
    pub expires: Option<String>,
}
