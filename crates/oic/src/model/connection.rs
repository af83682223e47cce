//! Connections.

use std::fmt;

use ferry_core::ids::ConnectionId;
use secrecy::SecretString;

/// A connection as the instance tells of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Connection {
    /// Its id.
    pub id: ConnectionId,
    /// The id of the project it lives in (Gen3).
    pub project: Option<String>,
    /// The name that people see.
    pub name: String,
    /// The adapter's name, such as `rest`.
    pub adapter: Option<String>,
    /// `SOURCE`, `TARGET` or `SOURCE_AND_TARGET`.
    pub role: Option<String>,
    /// As it came: `CONFIGURED`, or `INPROGRESS` for what the console calls a draft.
    pub status: String,
    /// Someone has it open for editing.
    pub locked: bool,
    /// Who has it open.
    pub locked_by: Option<String>,
    /// How its last test ended, as it came.
    pub tested: Option<String>,
    /// Such as `BASIC_AUTH`; the adapter decides which there are.
    pub security_policy: Option<String>,
    /// The id of its agent group.
    pub agent_group: Option<String>,
    /// Where it leads.
    pub properties: Vec<Property>,
    /// How it signs in there. Secrets in it come masked, empty, or not at all (assumed).
    pub security_properties: Vec<Property>,
}

/// Which connection is meant.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ConnectionRef {
    /// Its id.
    pub id: ConnectionId,
    /// The id of its project, for one that lives in a project.
    pub project: Option<String>,
}

/// One property of a connection. `Debug` hides the value: some are secrets, and none says so reliably.
#[derive(Clone, PartialEq, Eq)]
pub struct Property {
    /// `propertyName`, such as `connectionUrl`.
    pub name: String,
    /// `propertyGroup`, such as `CONNECTION_PROPS`.
    pub group: Option<String>,
    /// `propertyType`, such as `URL`, `CHOICE`, `PASSWORD`.
    pub kind: Option<String>,
    /// `propertyValue`.
    pub value: Option<String>,
    /// Whether the connection is unfinished without it.
    pub required: bool,
    /// All other fields, under the names they came with. Not sent back: the service ignores them.
    pub extra: serde_json::Map<String, serde_json::Value>,
}

impl fmt::Debug for Property {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names: Vec<&String> = self.extra.keys().collect();
        f.debug_struct("Property")
            .field("name", &self.name)
            .field("group", &self.group)
            .field("kind", &self.kind)
            .field("value", &self.value.as_ref().map(|_| "[hidden]"))
            .field("required", &self.required)
            .field("extra", &names)
            .finish()
    }
}

/// What is to change at a connection. What is empty or `None` stays as it is.
#[derive(Debug, Clone, Default)]
pub struct ConnectionUpdate {
    /// Changed properties.
    pub properties: Vec<Property>,
    /// Another security policy.
    pub security_policy: Option<String>,
    /// Changed security properties.
    pub security_properties: Vec<SecretProperty>,
    /// Another agent group.
    pub agent_group: Option<String>,
}

/// A security property to be set. `Debug` hides the value.
#[derive(Debug, Clone)]
pub struct SecretProperty {
    /// `propertyName`.
    pub name: String,
    /// `propertyGroup`, such as `CREDENTIALS`.
    pub group: Option<String>,
    /// `propertyType`.
    pub kind: Option<String>,
    /// `propertyValue`.
    pub value: SecretString,
}

/// What the service found when it tried a connection.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TestResult {
    /// Whether it works.
    pub ok: bool,
    /// As it came; `SUCCESS` was seen.
    pub status: String,
    /// The service's explanation.
    pub details: Option<String>,
}
