use serde::Serialize;

use super::{
    Certificate, Connection, Integration, Library, Lookup, Package, Part, Project, Schedule,
};

/// All that an archive holds, each list in the order of its identities.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Inventory {
    /// The integrations.
    pub integrations: Vec<Integration>,
    /// The connections.
    pub connections: Vec<Connection>,
    /// The lookups.
    pub lookups: Vec<Lookup>,
    /// The JavaScript libraries.
    pub libraries: Vec<Library>,
    /// The schedules.
    pub schedules: Vec<Schedule>,
    /// The packages.
    pub packages: Vec<Package>,
    /// The projects.
    pub projects: Vec<Project>,
    /// The certificates.
    pub certificates: Vec<Certificate>,
    /// Process applications, Visual Builder applications and assistant skills.
    pub applications: Vec<Part>,
    /// Event types, artifacts of trade with partners, and settings: known, and not read into the model.
    pub others: Vec<Part>,
    /// What nobody recognised.
    pub unknown: Vec<Part>,
}
