//! Integrations.

use ferry_core::ids::{ConnectionId, IntegrationId};
use ferry_core::model::Tracing;
use jiff::Timestamp;

/// An integration as the instance tells of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Integration {
    /// `CODE|VERSION`.
    pub id: IntegrationId,
    /// The id of the project it lives in (Gen3).
    pub project: Option<String>,
    /// The name that people see.
    pub name: String,
    /// As it came: `ACTIVATED`, `CONFIGURED`, `INPROGRESS`, `FAILEDACTIVATION` are documented.
    pub status: String,
    /// Someone has it open for editing.
    pub locked: bool,
    /// It can run by a schedule.
    pub scheduled: bool,
    /// A schedule is defined for it.
    pub schedule_defined: bool,
    /// What is recorded of its messages; nothing also where the answer does not tell.
    pub tracing: Tracing,
    /// The connections it uses, by id, each once; empty also where the answer does not tell.
    pub connections: Vec<ConnectionId>,
    /// Ids of integrations that it calls; empty also where the answer does not tell.
    pub calls: Vec<String>,
    /// The package it belongs to.
    pub package: Option<String>,
    /// Such as `SCHEDULED`.
    pub style: Option<String>,
    /// Who has it open.
    pub locked_by: Option<String>,
    /// When it was changed last.
    pub updated: Option<Timestamp>,
}

/// Which integration is meant.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct IntegrationRef {
    /// `CODE|VERSION`.
    pub id: IntegrationId,
    /// The id of its project, for one that lives in a project.
    pub project: Option<String>,
}
