//! `POST /connections/{id}` as a PATCH.

use serde_json::{Map, Value};

use super::policy;
use super::shown::{MASK, shown};
use super::{Place, found, unlocked};
use crate::body::{Refused, Reply};
use crate::oic::answers::{bad_request, ok};
use crate::oic::input;
use crate::oic::model::{Connection, Credential, Hidden};
use crate::oic::routes::Asked;
use crate::world::World;

pub(super) fn answer(
    world: &mut World,
    asked: &Asked<'_>,
    place: Place<'_>,
) -> Result<Reply, Refused> {
    let now = world.clock.now();
    let connection = found(world, asked, place)?;
    input::patches(asked.call, "GET, POST, DELETE")?;
    let body = input::object(asked.call)?;
    unlocked(connection)?;
    let mut changed = connection.clone();
    change(&mut changed, &body).map_err(|why| Refused::new(bad_request(why)))?;
    changed.updated = now;
    changed.desk.tested = None;
    *connection = changed;
    Ok(ok(&shown(asked.call, place.project, connection)))
}

/// Takes the four fields that take effect (documented); all others are passed over.
fn change(connection: &mut Connection, body: &Map<String, Value>) -> Result<(), String> {
    for (name, value) in pairs(body, "connectionProperties")? {
        let property = connection
            .properties
            .iter_mut()
            .find(|p| p.name == name)
            .ok_or_else(|| format!("the connection has no property {name}"))?;
        property.value = value;
    }
    match body.get("securityPolicy") {
        None | Some(Value::Null) => {}
        Some(Value::String(policy)) => take_policy(connection, policy)?,
        Some(_) => return Err("securityPolicy is no text".to_owned()),
    }
    for (name, value) in pairs(body, "securityProperties")? {
        // The mask sent back means: leave it.
        if value.as_deref() == Some(MASK) {
            continue;
        }
        let value = value.map(Hidden);
        let known = knows(connection, &name);
        match connection.credentials.iter_mut().find(|c| c.name == name) {
            Some(credential) => credential.value = value,
            None if known => connection.credentials.push(Credential {
                name,
                value,
                required: false,
            }),
            None => return Err(format!("the security policy has no property {name}")),
        }
    }
    match body.get("agentGroupId") {
        None => {}
        Some(Value::Null) => connection.agent_group = None,
        Some(Value::String(group)) => {
            connection.agent_group = Some(group.clone()).filter(|g| !g.is_empty());
        }
        Some(_) => return Err("agentGroupId is no text".to_owned()),
    }
    Ok(())
}

/// Whether a policy may have this property: where its properties are known, it is one of them.
fn knows(connection: &Connection, name: &str) -> bool {
    let policy = connection.policy.as_deref().unwrap_or_default();
    policy::properties(policy).is_none_or(|known| known.contains(&name))
}

/// Another policy brings its own properties; those of the same name keep their values.
fn take_policy(connection: &mut Connection, policy: &str) -> Result<(), String> {
    if connection.policy.as_deref() == Some(policy) {
        return Ok(());
    }
    policy::allowed(&connection.adapter, policy)?;
    connection.policy = Some(policy.to_owned());
    let Some(names) = policy::properties(policy) else {
        return Ok(());
    };
    let mut before = std::mem::take(&mut connection.credentials);
    let taken = names.iter().map(|name| Credential {
        name: (*name).to_owned(),
        value: before
            .iter_mut()
            .find(|c| c.name == *name)
            .and_then(|c| c.value.take()),
        required: true,
    });
    connection.credentials = taken.collect();
    Ok(())
}

/// Names and values of a list of properties. An empty value takes a value away.
fn pairs(body: &Map<String, Value>, field: &str) -> Result<Vec<(String, Option<String>)>, String> {
    let list = match body.get(field) {
        None | Some(Value::Null) => return Ok(Vec::new()),
        Some(list) => list
            .as_array()
            .ok_or_else(|| format!("{field} is no list"))?,
    };
    list.iter()
        .map(|item| {
            let name = item
                .get("propertyName")
                .and_then(Value::as_str)
                .ok_or_else(|| format!("a property of {field} has no propertyName"))?;
            let value = match item.get("propertyValue") {
                None | Some(Value::Null) => None,
                Some(Value::String(text)) => Some(text.clone()).filter(|text| !text.is_empty()),
                Some(value @ (Value::Number(_) | Value::Bool(_))) => Some(value.to_string()),
                Some(_) => return Err(format!("the propertyValue of {name} is no text")),
            };
            Ok((name.to_owned(), value))
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;
    use proptest::prelude::*;

    use super::super::shown::fields;
    use super::*;
    use crate::oic::model::Desk;

    fn connection() -> Connection {
        Connection {
            id: "API".to_owned(),
            name: "Api".to_owned(),
            description: String::new(),
            adapter: "rest".to_owned(),
            role: "TARGET".to_owned(),
            policy: Some("BASIC_AUTH".to_owned()),
            agent_group: None,
            properties: Vec::new(),
            credentials: Vec::new(),
            locked: None,
            desk: Desk::default(),
            created: Timestamp::UNIX_EPOCH,
            updated: Timestamp::UNIX_EPOCH,
        }
    }

    fn any_json() -> impl Strategy<Value = Value> {
        let leaf = prop_oneof![
            Just(Value::Null),
            any::<bool>().prop_map(Value::from),
            any::<i64>().prop_map(Value::from),
            "[a-zA-Z_]{0,12}".prop_map(Value::from),
        ];
        leaf.prop_recursive(3, 24, 4, |inner| {
            let name = prop_oneof![
                Just("propertyName".to_owned()),
                Just("propertyValue".to_owned()),
                "[a-z]{1,4}"
            ];
            prop_oneof![
                proptest::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
                proptest::collection::btree_map(name, inner, 0..4)
                    .prop_map(|fields| Value::Object(fields.into_iter().collect())),
            ]
        })
    }

    proptest! {
        #[test]
        fn no_values_panic_and_none_is_told(
            properties in any_json(), credentials in any_json(), policy in any_json(), group in any_json(),
        ) {
            let body = serde_json::json!({
                "connectionProperties": properties,
                "securityProperties": credentials,
                "securityPolicy": policy,
                "agentGroupId": group,
            });
            let _ = change(&mut connection(), body.as_object().unwrap());
        }

        #[test]
        fn a_secret_is_never_shown(secret in "[a-z0-9]{12,20}") {
            let mut it = connection();
            let body = serde_json::json!({"securityProperties": [
                {"propertyName": "password", "propertyValue": secret}, {"propertyName": "colour"},
            ]});
            let refused = change(&mut it, body.as_object().unwrap()).unwrap_err();
            prop_assert!(!refused.contains(&secret));
            prop_assert!(!fields(&it).to_string().contains(&secret));
            let told = format!("{it:?}");
            prop_assert!(!told.contains(&secret));
        }
    }
}
