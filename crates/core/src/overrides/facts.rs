//! What there is to be overridden.

use serde::{Deserialize, Serialize};

use super::needs::is_credential;
use crate::model::{Address, Connection, Inventory, Origin, PropertyValue};

/// What an archive or an instance brings, as far as overrides are about it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Facts {
    /// Where it is known from.
    pub origin: Origin,
    /// The connections.
    pub connections: Vec<ConnectionFacts>,
    /// The lookups; `None` where they were not read.
    pub lookups: Option<Vec<LookupFacts>>,
    /// The schedules.
    pub schedules: Vec<ScheduleFacts>,
}

/// A connection.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct ConnectionFacts {
    /// The project it lives in, where it does.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub project: Option<String>,
    /// The code.
    pub code: String,
    /// The name that people see.
    pub name: String,
    /// The adapter.
    pub adapter: String,
    /// The security policy; empty where there is none.
    pub policy: String,
    /// The group of connectivity agents.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub agent_group: Option<String>,
    /// The properties and the credentials, in their order; names may repeat.
    pub values: Vec<Fact>,
    /// Properties whose value is a file.
    pub attachments: Vec<String>,
}

/// A property or a credential.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct Fact {
    /// The name.
    pub name: String,
    /// What its value is like.
    pub value: PropertyValue,
    /// Whether it is a credential: of those no value is known, and none travels.
    pub credential: bool,
    /// Whether the connection is unfinished without it; `None` where nobody tells.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub required: Option<bool>,
}

/// A lookup.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LookupFacts {
    /// The project it lives in, where it does.
    pub project: Option<String>,
    /// The name.
    pub name: String,
    /// The names of the columns, in their order.
    pub columns: Vec<String>,
    /// The cells that name places.
    pub addresses: Vec<Address>,
}

/// A schedule.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ScheduleFacts {
    /// The project it lives in, where it does.
    pub project: Option<String>,
    /// The code of its integration.
    pub code: String,
    /// The version of its integration.
    pub version: String,
    /// When it runs, in the words of the source; empty where they are not known.
    pub rule: String,
}

impl Facts {
    /// What an archive brings.
    pub fn of_archive(inventory: &Inventory) -> Self {
        let lookups = inventory.lookups.iter().map(|lookup| LookupFacts {
            project: lookup.project.clone(),
            name: lookup.name.clone(),
            columns: lookup.columns.clone(),
            addresses: lookup.addresses.clone(),
        });
        let schedules = inventory.schedules.iter().filter_map(|schedule| {
            let (code, version) = schedule.integration.clone()?;
            Some(ScheduleFacts {
                project: schedule.project.clone(),
                code,
                version,
                rule: schedule.rule.clone(),
            })
        });
        Self {
            origin: Origin::Archive,
            connections: inventory.connections.iter().map(connection).collect(),
            lookups: Some(lookups.collect()),
            schedules: schedules.collect(),
        }
    }
}

fn connection(connection: &Connection) -> ConnectionFacts {
    let values = connection.properties.iter().map(|property| Fact {
        name: property.name.clone(),
        value: property.value.clone(),
        credential: is_credential(&property.name),
        required: None,
    });
    let attachments = connection.attachments.iter();
    ConnectionFacts {
        project: connection.project.clone(),
        code: connection.code.clone(),
        name: connection.name.clone(),
        adapter: connection.adapter.clone(),
        policy: connection.policy.clone(),
        agent_group: connection.agent_group.clone(),
        values: values.collect(),
        attachments: attachments.map(|file| file.property.clone()).collect(),
    }
}

impl ConnectionFacts {
    /// `CODE`, or `PROJECT/CODE`.
    pub fn label(&self) -> String {
        label(self.project.as_deref(), &self.code)
    }

    /// Whether nothing but the project and the name that people see is different.
    pub(super) fn is_like(&self, other: &Self) -> bool {
        let without = |one: &Self| Self {
            project: None,
            name: String::new(),
            ..one.clone()
        };
        without(self) == without(other)
    }

    /// The first value of this name.
    pub fn value(&self, name: &str) -> Option<&Fact> {
        self.values.iter().find(|fact| fact.name == name)
    }
}

impl LookupFacts {
    /// `NAME`, or `PROJECT/NAME`.
    pub fn label(&self) -> String {
        label(self.project.as_deref(), &self.name)
    }
}

impl ScheduleFacts {
    /// `CODE|VERSION`, or `PROJECT/CODE|VERSION`.
    pub fn label(&self) -> String {
        label(
            self.project.as_deref(),
            &format!("{}|{}", self.code, self.version),
        )
    }
}

/// `CODE`, or `PROJECT/CODE`.
pub(super) fn label(project: Option<&str>, code: &str) -> String {
    project.map_or_else(|| code.to_owned(), |project| format!("{project}/{code}"))
}
