//! Connections: which is meant, what is set there, whether it works.

mod probe;
mod set;

pub use probe::test;
pub use set::{ConnectionValues, Giving, giving, set};

use ferry_core::ids::ConnectionId;
use ferry_core::model::secret_like;
use ferry_oic::{Connection, ConnectionRef, Property};
use serde::Serialize;

use super::list::{all, unlisted};
use super::named::{Named, meant};
use crate::import::refuse_protected;
use crate::{Context, Environment, Failure};

/// A connection as it is listed.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct ConnectionFacts {
    /// Its id.
    pub id: String,
    /// The project it lives in.
    pub project: Option<String>,
    /// The name that people see.
    pub name: String,
    /// The adapter's name.
    pub adapter: Option<String>,
    /// `SOURCE`, `TARGET` or `SOURCE_AND_TARGET`.
    pub role: Option<String>,
    /// As it came.
    pub status: String,
    /// How its last test ended, as it came.
    pub tested: Option<String>,
    /// Somebody has it open.
    pub locked: bool,
    /// Who.
    pub locked_by: Option<String>,
    /// Such as `BASIC_AUTH`.
    pub security_policy: Option<String>,
    /// The id of its agent group.
    pub agent_group: Option<String>,
}

/// A connection as it is shown. No value of a credential is in it.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct ConnectionDetails {
    /// What a list tells.
    #[serde(flatten)]
    pub facts: ConnectionFacts,
    /// Where it leads.
    pub properties: Vec<PropertyFacts>,
    /// How it signs in there.
    pub security_properties: Vec<PropertyFacts>,
}

/// One property.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct PropertyFacts {
    /// Its name.
    pub name: String,
    /// Such as `URL`, as it came.
    pub kind: Option<String>,
    /// Whether the connection is unfinished without it.
    pub required: bool,
    /// Whether it has a value, as far as the service tells.
    pub is_set: bool,
    /// Whether its value is not told here.
    pub hidden: bool,
    /// Its value, where it is no secret.
    pub value: Option<String>,
}

impl From<&Connection> for ConnectionFacts {
    fn from(one: &Connection) -> Self {
        Self {
            id: one.id.to_string(),
            project: one.project.clone(),
            name: one.name.clone(),
            adapter: one.adapter.clone(),
            role: one.role.clone(),
            status: one.status.clone(),
            tested: one.tested.clone(),
            locked: one.locked,
            locked_by: one.locked_by.clone(),
            security_policy: one.security_policy.clone(),
            agent_group: one.agent_group.clone(),
        }
    }
}

impl From<&Connection> for ConnectionDetails {
    fn from(one: &Connection) -> Self {
        let facts = |property: &Property, hidden: bool| {
            let value = property.value.clone().filter(|value| !value.is_empty());
            PropertyFacts {
                name: property.name.clone(),
                kind: property.kind.clone(),
                required: property.required,
                is_set: value.is_some(),
                hidden,
                value: value.filter(|_| !hidden),
            }
        };
        let open = one.properties.iter();
        let secret = one.security_properties.iter();
        Self {
            facts: one.into(),
            properties: open
                .map(|property| facts(property, looks_secret(property)))
                .collect(),
            security_properties: secret.map(|property| facts(property, true)).collect(),
        }
    }
}

/// By its type or by its name.
fn looks_secret(property: &Property) -> bool {
    let kind = property.kind.as_deref().unwrap_or_default();
    kind.to_ascii_uppercase().contains("PASSWORD") || secret_like(&property.name)
}

/// The same as [`find`], where it may be changed.
pub async fn find_to_change(
    context: &Context,
    environment: &Environment,
    named: &Named,
) -> Result<Connection, Failure> {
    refuse_protected(environment)?;
    find(context, environment, named).await
}

/// The connection that is meant, `[PROJECT/]ID`, as the instance shows it by itself.
pub async fn find(
    context: &Context,
    environment: &Environment,
    named: &Named,
) -> Result<Connection, Failure> {
    let ask = async |which: &ConnectionRef| {
        let asked = environment.instance.connection(which);
        context.unless_stopped(asked).await
    };
    let unread = |error| unlisted(environment, error);
    if let Ok(id) = ConnectionId::try_from(named.name.clone()) {
        let which = ConnectionRef {
            id,
            project: named.project.clone(),
        };
        match ask(&which).await? {
            Err(error) if error.is_not_found() => {}
            found => return found.map_err(unread),
        }
    }
    let all = all(
        context,
        environment,
        environment.instance.connection_pages(),
    )
    .await?;
    // A listing may leave properties out.
    ask(&reference(among(environment, named, &all)?))
        .await?
        .map_err(unread)
}

fn among<'a>(
    environment: &Environment,
    named: &Named,
    all: &'a [Connection],
) -> Result<&'a Connection, Failure> {
    meant(
        environment,
        "connection",
        named,
        all,
        |one| (one.project.as_deref(), one.id.to_string()),
        |one| one.id.as_str() == named.name,
    )
}

fn reference(one: &Connection) -> ConnectionRef {
    ConnectionRef {
        id: one.id.clone(),
        project: one.project.clone(),
    }
}
