//! New values for a connection, and what is sent to give it them.

use std::collections::BTreeMap;

use ferry_oic::{Connection, ConnectionUpdate, Property, SecretProperty};
use secrecy::SecretString;

/// What one connection is to have.
#[derive(Debug, Default)]
pub(crate) struct NewValues {
    /// Property name to value.
    pub(crate) properties: BTreeMap<String, String>,
    /// The security policy.
    pub(crate) policy: Option<String>,
    /// Security property name to value.
    pub(crate) credentials: BTreeMap<String, SecretString>,
    /// The agent group's id.
    pub(crate) agent_group: Option<String>,
}

/// What to send, and the names of what gets a new value; or the names that the connection does not have.
pub(crate) fn update(
    connection: &Connection,
    values: &NewValues,
) -> Result<(ConnectionUpdate, Vec<String>), Vec<String>> {
    let mut changed = Vec::new();
    let mut unknown = Vec::new();
    let mut properties = Vec::new();
    for (name, value) in &values.properties {
        match find(&connection.properties, name) {
            Some(property) if property.value.as_ref() == Some(value) => {}
            Some(property) => {
                changed.push(name.clone());
                properties.push(Property {
                    value: Some(value.clone()),
                    ..property.clone()
                });
            }
            None => unknown.push(name.clone()),
        }
    }
    let mut security_properties = Vec::new();
    for (name, value) in &values.credentials {
        let known = find(&connection.security_properties, name);
        // A policy that is about to change brings properties that the connection does not show yet.
        if known.is_none() && values.policy.is_none() {
            unknown.push(name.clone());
            continue;
        }
        changed.push(name.clone());
        security_properties.push(SecretProperty {
            name: name.clone(),
            group: known.and_then(|property| property.group.clone()),
            kind: known.and_then(|property| property.kind.clone()),
            value: value.clone(),
        });
    }
    if !unknown.is_empty() {
        return Err(unknown);
    }
    let new = |value: &Option<String>, now: &Option<String>| value.clone().filter(|_| value != now);
    let security_policy = new(&values.policy, &connection.security_policy);
    if security_policy.is_some() {
        changed.push("security policy".to_owned());
    }
    let agent_group = new(&values.agent_group, &connection.agent_group);
    if agent_group.is_some() {
        changed.push("agent group".to_owned());
    }
    Ok((
        ConnectionUpdate {
            properties,
            security_policy,
            security_properties,
            agent_group,
        },
        changed,
    ))
}

fn find<'a>(all: &'a [Property], name: &str) -> Option<&'a Property> {
    all.iter().find(|property| property.name == name)
}
