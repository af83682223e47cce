//! What a plan is made of.

use std::collections::BTreeSet;

use crate::ids::IntegrationId;
use crate::overrides::{ConnectionFacts, Facts};

/// What is to come.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Source {
    /// What it is called: the reference of an archive, or an environment.
    pub name: String,
    /// The environment that it comes from, where that is known.
    pub from: Option<String>,
    /// SHA-256 of the archive's bytes, hex in lower case; `None` where an instance was read.
    pub sha256: Option<String>,
    /// The integrations.
    pub integrations: Vec<Arriving>,
    /// Connections, lookups and schedules, and where all of this is known from.
    pub facts: Facts,
    /// Names of the certificates that travel along.
    pub certificates: BTreeSet<String>,
}

/// An integration of the source.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Arriving {
    /// The project it lives in, where it does.
    pub project: Option<String>,
    /// `CODE|VERSION`.
    pub id: IntegrationId,
    /// Whether it is active in the source.
    pub active: bool,
    /// The fingerprint of its meaning, with the version of its rules; `None` where that is not known.
    pub meaning: Option<String>,
    /// Whether its schedule runs in the source; `None` where nobody tells.
    pub schedule_runs: Option<bool>,
}

/// What there is, as the target tells.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Target {
    /// The environment.
    pub name: String,
    /// The integrations.
    pub integrations: Vec<Present>,
    /// The connections.
    pub connections: Vec<ConnectionFacts>,
    /// The ids of the agent groups; `None` where they were not read.
    pub agent_groups: Option<BTreeSet<String>>,
    /// The names of the certificates; `None` where they were not read.
    pub certificates: Option<BTreeSet<String>>,
}

/// An integration of the target.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Present {
    /// The project it lives in, where it does.
    pub project: Option<String>,
    /// `CODE|VERSION`.
    pub id: IntegrationId,
    /// The status as it came.
    pub status: String,
    /// Whether somebody has it open.
    pub locked: bool,
    /// The fingerprint of its meaning, with the version of its rules; `None` where that is not known.
    pub meaning: Option<String>,
    /// The codes of the connections that it uses.
    pub connections: Vec<String>,
    /// The status of its schedule as it came; `None` where it has none, or none that runs.
    pub schedule: Option<String>,
}

/// Whether a schedule of this status runs. Only `ICS_SCHEDULE_ACTIVE` was seen; a word that is not known is not taken for
/// it.
pub fn schedule_runs(status: &str) -> bool {
    status.ends_with("_ACTIVE")
}

impl Present {
    /// Whether it is active (documented, oic-api 2.1).
    pub fn is_active(&self) -> bool {
        self.status == "ACTIVATED"
    }
}
