//! `/connections`, globally and in projects.

use http::{Method, StatusCode};
use serde_json::{Value, json};

use super::answers::{bad_request, error, method_not_allowed, not_found, ok};
use super::model::{Connection, Credential, Hidden};
use super::routes::Asked;
use super::{dates, paging};
use crate::body::Reply;
use crate::world::World;

/// What a credential's value is shown as.
const MASK: &str = "********";

/// The host that never answers, for tests of connection tests.
const UNREACHABLE: &str = "unreachable.example";

pub(super) fn answer(
    world: &mut World,
    asked: &Asked<'_>,
    project: Option<&str>,
    path: &[&str],
) -> Reply {
    let now = world.clock.now();
    let Some(instance) = world.oic.instances.get_mut(asked.at) else {
        return not_found("Service instance", "");
    };
    let method = &asked.call.method;
    let [id, rest @ ..] = path else {
        if method != Method::GET {
            return method_not_allowed("a connection is born by importing an integration");
        }
        let items = instance.connections.of(project).map(shown).collect();
        return paging::list(asked.call, items);
    };
    let Some(connection) = instance.connection_mut(project, id) else {
        return not_found("Connection", id);
    };
    match rest {
        [] if method == Method::GET => ok(&shown(connection)),
        [] if method == Method::POST => {
            if asked.call.header("x-http-method-override") != Some("PATCH") {
                return method_not_allowed("the header X-HTTP-Method-Override: PATCH is missing");
            }
            let mut changed = connection.clone();
            if let Err(why) = change(&mut changed, &asked.call.body) {
                return bad_request(why);
            }
            changed.updated = now;
            *connection = changed;
            ok(&shown(connection))
        }
        ["test"] if method == Method::POST => test(connection),
        [] | ["test"] => method_not_allowed("GET, POST as PATCH, and POST of test are known"),
        _ => not_found("Resource", &asked.call.path),
    }
}

/// Takes the four fields that take effect (documented); all others are passed over.
fn change(connection: &mut Connection, body: &[u8]) -> Result<(), String> {
    let body: Value =
        serde_json::from_slice(body).map_err(|e| format!("the body is no JSON: {e}"))?;
    let body = body.as_object().ok_or("the body is no JSON object")?;
    for (name, value) in pairs(body.get("connectionProperties"))? {
        let property = connection
            .properties
            .iter_mut()
            .find(|p| p.name == name)
            .ok_or_else(|| format!("the connection has no property {name}"))?;
        property.value = value;
    }
    for (name, value) in pairs(body.get("securityProperties"))? {
        // The mask sent back means: leave it.
        if value.as_deref() == Some(MASK) {
            continue;
        }
        let value = value.map(Hidden);
        match connection.credentials.iter_mut().find(|c| c.name == name) {
            Some(credential) => credential.value = value,
            // Another policy brings other properties.
            None => connection.credentials.push(Credential { name, value }),
        }
    }
    let text = |name: &str| body.get(name).and_then(Value::as_str).map(str::to_owned);
    if let Some(policy) = text("securityPolicy") {
        connection.policy = Some(policy);
    }
    if body.contains_key("agentGroupId") {
        connection.agent_group = text("agentGroupId").filter(|g| !g.is_empty());
    }
    Ok(())
}

fn pairs(list: Option<&Value>) -> Result<Vec<(String, Option<String>)>, String> {
    let Some(list) = list else {
        return Ok(Vec::new());
    };
    let list = list.as_array().ok_or("properties must be an array")?;
    list.iter()
        .map(|item| {
            let name = item
                .get("propertyName")
                .and_then(Value::as_str)
                .ok_or("a property has no propertyName")?;
            let value = item
                .get("propertyValue")
                .and_then(Value::as_str)
                .filter(|v| !v.is_empty());
            Ok((name.to_owned(), value.map(str::to_owned)))
        })
        .collect()
}

fn test(connection: &Connection) -> Reply {
    let id = &connection.id;
    if !connection.is_configured() {
        let missing: Vec<&str> = connection
            .properties
            .iter()
            .filter(|p| {
                p.value
                    .as_deref()
                    .map_or(p.required, |v| v.starts_with("%%"))
            })
            .map(|p| p.name.as_str())
            .collect();
        return error(
            StatusCode::CONFLICT,
            format!("Connection {id} is not configured."),
            format!("the properties {} have no value", missing.join(", ")),
        );
    }
    let dead = connection
        .properties
        .iter()
        .filter_map(|p| p.value.as_deref())
        .any(|value| value.contains(UNREACHABLE));
    let (status, outcome) = if dead {
        ("FAILED", "failed: the host cannot be reached")
    } else {
        ("SUCCESS", "succeeded")
    };
    ok(&json!({
        "id": id,
        "status": status,
        "details": format!("Test of {id} connection {outcome}."),
    }))
}

/// A connection as REST shows it. Credentials are masked.
fn shown(it: &Connection) -> Value {
    let credentials: Vec<Value> = it
        .credentials
        .iter()
        .map(|c| {
            let secret = ["pass", "secret", "token", "key"]
                .iter()
                .any(|word| c.name.to_lowercase().contains(word));
            json!({
                "propertyGroup": "CREDENTIALS",
                "propertyName": c.name,
                "propertyType": if secret { "PASSWORD" } else { "STRING" },
                "propertyValue": if c.value.is_some() { MASK } else { "" },
                "required": false,
            })
        })
        .collect();
    let configured = it.is_configured();
    let mut value = json!({
        "id": it.id,
        "name": it.name,
        "description": it.description,
        "status": it.status(),
        "role": it.role,
        "adapterType": {"name": it.adapter, "displayName": it.adapter},
        "agentRequired": false,
        "agentSupported": true,
        "percentageComplete": if configured { 100 } else { 85 },
        "lockedFlag": false,
        "connectionProperties": it.properties,
        "securityProperties": credentials,
        "lastUpdated": dates::design(it.updated),
    });
    if let Some(map) = value.as_object_mut() {
        let texts = [
            ("securityPolicy", &it.policy),
            ("agentGroupId", &it.agent_group),
        ];
        for (name, text) in texts {
            if let Some(text) = text {
                map.insert(name.to_owned(), json!(text));
            }
        }
    }
    value
}
