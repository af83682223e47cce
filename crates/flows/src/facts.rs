//! What an instance brings that overrides may be about.

use ferry_core::model::{Origin, PropertyValue, secret_like, without_user};
use ferry_core::overrides::{ConnectionFacts, Fact, Facts, ScheduleFacts};
use ferry_oic::{Connection, ConnectionRef, Property};
use futures_util::stream::{self, StreamExt as _, TryStreamExt as _};

use crate::inventory::Inventory;
use crate::lanes::LANES;
use crate::{Context, Environment, Failure};

/// Reads the connections and the schedules of an instance. No credential is among them.
pub async fn facts(context: &Context, environment: &Environment) -> Result<Facts, Failure> {
    let inventory = Inventory::read(context, environment).await?;
    of_inventory(context, environment, &inventory).await
}

/// The same from what was listed already.
pub(crate) async fn of_inventory(
    context: &Context,
    environment: &Environment,
    inventory: &Inventory,
) -> Result<Facts, Failure> {
    let told = async |listed: &Connection| {
        // A listing may leave the properties out.
        let is_bare = listed.properties.is_empty() && listed.security_properties.is_empty();
        Ok::<_, Failure>(if is_bare {
            connection(&read(context, environment, listed).await?)
        } else {
            connection(listed)
        })
    };
    let connections = stream::iter(&inventory.connections)
        .map(told)
        .buffered(LANES)
        .try_collect()
        .await?;
    let scheduled = inventory.integrations.iter();
    let scheduled = scheduled.filter(|one| one.scheduled && one.schedule_defined);
    let schedules = scheduled.map(|one| ScheduleFacts {
        project: one.project.clone(),
        code: one.id.code.to_string(),
        version: one.id.version.to_string(),
        rule: String::new(),
    });
    Ok(Facts {
        origin: Origin::Live,
        connections,
        lookups: None,
        schedules: schedules.collect(),
    })
}

async fn read(
    context: &Context,
    environment: &Environment,
    listed: &Connection,
) -> Result<Connection, Failure> {
    let which = ConnectionRef {
        id: listed.id.clone(),
        project: listed.project.clone(),
    };
    let read = context
        .unless_stopped(environment.instance.connection(&which))
        .await?;
    read.map_err(|error| {
        let what = format!(
            "cannot read the connection {} of {}",
            which.id, environment.name
        );
        Failure::instance(error, what)
    })
}

fn connection(one: &Connection) -> ConnectionFacts {
    let properties = one.properties.iter().map(|property| Fact {
        name: property.name.clone(),
        value: shown(property),
        credential: false,
        required: Some(property.required),
    });
    let credentials = one.security_properties.iter().map(|property| Fact {
        name: property.name.clone(),
        value: match shown(property) {
            PropertyValue::Empty => PropertyValue::Empty,
            _ => PropertyValue::Hidden,
        },
        credential: true,
        required: Some(property.required),
    });
    let all = one.properties.iter().chain(&one.security_properties);
    ConnectionFacts {
        project: one.project.clone(),
        code: one.id.to_string(),
        name: one.name.clone(),
        adapter: one.adapter.clone().unwrap_or_default(),
        policy: one.security_policy.clone().unwrap_or_default(),
        agent_group: one.agent_group.clone(),
        values: properties.chain(credentials).collect(),
        attachments: all
            .filter(|property| is_file(property))
            .map(|property| property.name.clone())
            .collect(),
    }
}

/// Only an open property shows its value.
fn shown(property: &Property) -> PropertyValue {
    match property.value.as_deref() {
        None | Some("") => PropertyValue::Empty,
        Some(_) if secret_like(&property.name) || property.kind.as_deref() == Some("PASSWORD") => {
            PropertyValue::Hidden
        }
        Some(value) => PropertyValue::Literal(without_user(value)),
    }
}

/// Whether its value is a file: by its kind, or because one was uploaded.
fn is_file(property: &Property) -> bool {
    let uploaded = property.extra.iter().any(|(name, value)| {
        let name: String = name.chars().filter(|c| c.is_alphanumeric()).collect();
        name.eq_ignore_ascii_case("hasattachment") && value.as_bool() == Some(true)
    });
    uploaded || property.kind.as_deref() == Some("FILE")
}
