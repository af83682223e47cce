//! A connection as REST shows it. No credential is ever shown.

use serde_json::{Value, json};

use super::policy::{is_file, is_secret};
use crate::oic::dates;
use crate::oic::model::{AUTHOR, Connection, Credential, Property};
use crate::oic::paging::{encoded, href};
use crate::world::Call;

/// What a credential's value is shown as, and what a client sends back to leave it.
pub(super) const MASK: &str = "********";

pub(in crate::oic) fn adapter(it: &Connection) -> Value {
    json!({"name": it.adapter, "displayName": it.adapter})
}

/// A connection, with the link to it.
pub(in crate::oic) fn shown(call: &Call, project: Option<&str>, it: &Connection) -> Value {
    let home = project.map(|code| format!("projects/{}/", encoded(code)));
    let home = home.unwrap_or_default();
    let path = format!(
        "/ic/api/integration/v1/{home}connections/{}",
        encoded(&it.id)
    );
    let mut value = fields(it);
    if let Some(fields) = value.as_object_mut() {
        let links = json!([{"rel": "self", "href": href(call, &path)}]);
        fields.insert("links".to_owned(), links);
    }
    value
}

/// All that is shown but the link.
pub(super) fn fields(it: &Connection) -> Value {
    let properties: Value = it.properties.iter().map(|p| property(it, p)).collect();
    let credentials: Value = it.credentials.iter().map(|c| credential(it, c)).collect();
    let refreshed = it.desk.refreshed;
    let mut value = json!({
        "id": it.id,
        "name": it.name,
        "description": it.description,
        "status": it.status(),
        "role": it.role,
        "adapterType": adapter(it),
        "agentRequired": false,
        "agentSupported": true,
        "percentageComplete": if it.is_configured() { 100 } else { 85 },
        "lockedFlag": it.locked.is_some(),
        "metadataDownloadState": if refreshed.is_some() { "COMPLETE" } else { "NOT_STARTED" },
        "connectionProperties": properties,
        "securityProperties": credentials,
        "created": dates::design(it.created),
        "createdBy": AUTHOR,
        "lastUpdated": dates::design(it.updated),
        "lastUpdatedBy": AUTHOR,
    });
    let more = [
        ("securityPolicy", it.policy.clone()),
        ("agentGroupId", it.agent_group.clone()),
        ("lockedBy", it.locked.clone()),
        ("lockedDate", it.desk.locked_at.map(dates::design)),
        ("testStatus", it.desk.tested.clone()),
        ("lastRefreshedDate", refreshed.map(dates::design)),
    ];
    if let Some(fields) = value.as_object_mut() {
        for (name, text) in more {
            if let Some(text) = text {
                fields.insert(name.to_owned(), Value::String(text));
            }
        }
    }
    value
}

fn property(it: &Connection, property: &Property) -> Value {
    let mut value = json!(property);
    if let Some(fields) = value.as_object_mut() {
        let has = it.desk.attachments.contains_key(&property.name);
        fields.insert("hasAttachment".to_owned(), json!(has));
    }
    value
}

fn credential(it: &Connection, credential: &Credential) -> Value {
    let name = &credential.name;
    let kind = if is_file(name) {
        "FILE"
    } else if is_secret(name) {
        "PASSWORD"
    } else {
        "STRING"
    };
    json!({
        "propertyGroup": "CREDENTIALS",
        "propertyName": name,
        "propertyType": kind,
        "propertyValue": if credential.value.is_some() { MASK } else { "" },
        "required": credential.required,
        "hasAttachment": it.desk.attachments.contains_key(name),
    })
}
