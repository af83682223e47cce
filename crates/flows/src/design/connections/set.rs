//! Giving a connection other values.

use std::collections::BTreeMap;

use ferry_core::exit::Exit;
use ferry_oic::{Connection, Property};
use secrecy::{ExposeSecret as _, SecretString};

use super::{looks_secret, reference};
use crate::design::SetReport;
use crate::design::named::shown;
use crate::import::refuse_protected;
use crate::new_values::{NewValues, update};
use crate::{Context, Environment, Failure};

/// What a connection is to be given. What is empty or `None` stays as it is.
#[derive(Debug, Clone, Default)]
pub struct ConnectionValues {
    /// By the property's name, credentials among them.
    pub values: BTreeMap<String, SecretString>,
    /// Another security policy.
    pub security_policy: Option<String>,
    /// Another agent group.
    pub agent_group: Option<String>,
}

/// How a value is to be given.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Giving {
    /// It may be written out.
    Plainly,
    /// It is a secret: by a reference.
    ByReference,
    /// The connection does not show such a property; another security policy may bring it.
    Unknown,
}

/// How the value of a property is to be given: a credential by a reference, but for one whose type and name say that it
/// is no secret, such as a user name.
pub fn giving(connection: &Connection, name: &str) -> Giving {
    let is = |property: &&Property| property.name == name;
    let secret = if let Some(open) = connection.properties.iter().find(is) {
        looks_secret(open)
    } else if let Some(credential) = connection.security_properties.iter().find(is) {
        let kind = credential.kind.as_deref().unwrap_or_default();
        let is_open = ["STRING", "TEXT", "URL", "CHOICE"]
            .iter()
            .any(|open| kind.eq_ignore_ascii_case(open));
        !is_open || looks_secret(credential)
    } else {
        return Giving::Unknown;
    };
    if secret {
        Giving::ByReference
    } else {
        Giving::Plainly
    }
}

/// Changes what differs. Where nothing does, nothing is sent but secrets, which no answer shows.
pub async fn set(
    context: &Context,
    environment: &Environment,
    connection: &Connection,
    given: ConnectionValues,
) -> Result<SetReport, Failure> {
    refuse_protected(environment)?;
    let name = shown(connection.project.as_deref(), connection.id.as_str());
    let (update, changed) = update(connection, &sorted(connection, given)).map_err(|unknown| {
        let known = connection.properties.iter();
        let known = known.chain(&connection.security_properties);
        let known: Vec<&str> = known.map(|property| property.name.as_str()).collect();
        Failure::new(
            Exit::Usage,
            format!("{name} has no property {}", unknown.join(", ")),
        )
        .evidence(format!("it has {}", known.join(", ")))
        .next("what another security policy brings is set along with it: --policy POLICY")
    })?;
    if !changed.is_empty() {
        context.step(format!("changing {name} on {}", environment.name));
        let which = reference(connection);
        let sent = environment.instance.update_connection(&which, &update);
        let sent = context.unless_stopped(sent).await?;
        sent.map_err(|error| Failure::instance(error, format!("cannot change {name}")))?;
    }
    Ok(SetReport {
        exit: Exit::Done,
        environment: environment.name.to_string(),
        id: connection.id.to_string(),
        project: connection.project.clone(),
        created: false,
        changed,
    })
}

/// The values apart: what the connection has among its properties, and the rest.
fn sorted(connection: &Connection, given: ConnectionValues) -> NewValues {
    let is_open = |name: &String| connection.properties.iter().any(|it| it.name == *name);
    let (open, security): (BTreeMap<_, _>, BTreeMap<_, _>) = given
        .values
        .into_iter()
        .partition(|(name, _)| is_open(name));
    let open = open.into_iter();
    NewValues {
        properties: open
            .map(|(name, value)| (name, value.expose_secret().to_owned()))
            .collect(),
        credentials: security,
        policy: given.security_policy,
        agent_group: given.agent_group,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_surely_open_may_be_written_out() {
        let property = |name: &str, kind: Option<&str>| Property {
            name: name.to_owned(),
            group: None,
            kind: kind.map(str::to_owned),
            value: None,
            required: false,
            extra: serde_json::Map::new(),
        };
        let connection = Connection {
            id: "C".parse().unwrap(),
            project: None,
            name: "C".to_owned(),
            adapter: None,
            role: None,
            status: "CONFIGURED".to_owned(),
            locked: false,
            locked_by: None,
            tested: None,
            security_policy: None,
            agent_group: None,
            properties: vec![
                property("connectionUrl", Some("URL")),
                property("apiToken", Some("STRING")),
                property("pin", Some("PASSWORD")),
            ],
            security_properties: vec![
                property("username", Some("STRING")),
                property("password", Some("PASSWORD")),
                property("client_secret", Some("STRING")),
                property("what", None),
            ],
        };
        for (name, expected) in [
            ("connectionUrl", Giving::Plainly),
            ("apiToken", Giving::ByReference),
            ("pin", Giving::ByReference),
            ("username", Giving::Plainly),
            ("password", Giving::ByReference),
            ("client_secret", Giving::ByReference),
            ("what", Giving::ByReference),
            ("not_there", Giving::Unknown),
        ] {
            assert_eq!(giving(&connection, name), expected, "{name}");
        }
    }
}
