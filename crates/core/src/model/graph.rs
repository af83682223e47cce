use serde::Serialize;

use super::Identity;

/// Who needs whom.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Graph {
    /// Everything that the archive holds and everything that is named in it, sorted.
    pub nodes: Vec<Node>,
    /// Who needs whom, sorted; the numbers are places in `nodes`.
    pub edges: Vec<Edge>,
    /// Nodes that are named and not there. Agent groups are in no archive, and never missing.
    pub missing: Vec<usize>,
    /// Connections, lookups, libraries and certificates that are there and not named.
    pub unused: Vec<usize>,
}

/// An end of edges.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub struct Node {
    /// What it is.
    #[serde(flatten)]
    pub id: Identity,
    /// The code of the project that it belongs to.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub project: Option<String>,
}

/// One needs another.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub struct Edge {
    /// Who needs.
    pub from: usize,
    /// What is needed.
    pub to: usize,
    /// In what way.
    pub kind: EdgeKind,
}

/// In what way one needs another.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum EdgeKind {
    /// An integration is triggered or calls through a connection.
    Connection,
    /// An integration reads a lookup.
    Lookup,
    /// An integration calls a JavaScript library.
    Library,
    /// An integration calls another integration.
    Child,
    /// A connection names the alias of a certificate.
    Certificate,
    /// A connection goes through an agent group.
    AgentGroup,
}
