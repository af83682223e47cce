//! Answers about connections, and the body of an update.

use ferry_core::ids::ConnectionId;
use secrecy::ExposeSecret as _;
use serde::Serialize;
use serde_json::Value;

use crate::model::connection::{Connection, ConnectionUpdate, Property, TestResult};
use crate::text;
use crate::wire::fields::Fields;

const NAME: &str = "propertyname";
const GROUP: &str = "propertygroup";
const TYPE: &str = "propertytype";
const VALUE: &str = "propertyvalue";
const REQUIRED: &str = "required";

/// One connection; `project` is where it was found. `None` where the answer has no id.
pub(crate) fn connection(value: &Value, project: Option<&str>) -> Option<Connection> {
    let fields = Fields::of(value)?;
    let id = ConnectionId::try_from(fields.text(&["id"])?).ok()?;
    Some(Connection {
        project: project
            .map(ToOwned::to_owned)
            .or_else(|| fields.text(&["projectid", "project"])),
        name: fields.text(&["name"]).unwrap_or_else(|| id.to_string()),
        adapter: named(
            fields,
            &["adaptertype", "adapter"],
            &["name", "displayname"],
        ),
        role: fields.text(&["role"]),
        status: fields.text(&["status"]).unwrap_or_default(),
        locked: fields.flag(&["lockedflag", "locked"]).unwrap_or_default(),
        locked_by: fields.text(&["lockedby"]),
        tested: fields.text(&["teststatus"]),
        security_policy: fields.text(&["securitypolicy"]),
        agent_group: named(fields, &["agentgroupid", "agentgroup"], &["id", "name"]),
        properties: properties(fields.list(&["connectionproperties"])),
        security_properties: properties(fields.list(&["securityproperties"])),
        id,
    })
}

/// Something that is given by its name, or as an object that has it.
fn named(fields: Fields<'_>, names: &[&str], inner: &[&str]) -> Option<String> {
    fields
        .text(names)
        .or_else(|| fields.object(names)?.text(inner))
}

fn properties(values: &[Value]) -> Vec<Property> {
    values.iter().filter_map(property).collect()
}

fn property(value: &Value) -> Option<Property> {
    let fields = Fields::of(value)?;
    Some(Property {
        name: fields.text(&[NAME])?,
        group: fields.text(&[GROUP]),
        kind: fields.text(&[TYPE]),
        value: fields.exact(&[VALUE]),
        required: fields.flag(&[REQUIRED]).unwrap_or_default(),
        extra: fields.others(&[NAME, GROUP, TYPE, VALUE, REQUIRED]),
    })
}

/// What a test answers. `None` where it does not say how it went.
pub(crate) fn tested(value: &Value) -> Option<TestResult> {
    let fields = Fields::of(value)?;
    let status = fields.text(&["status", "teststatus"])?;
    let good = [
        "SUCCESS",
        "SUCCESSFUL",
        "SUCCEEDED",
        "PASSED",
        "CONFIGURED",
        "OK",
    ];
    Some(TestResult {
        ok: good.iter().any(|good| status.eq_ignore_ascii_case(good)),
        details: fields
            .text(&["details", "detail", "message", "title"])
            .map(|details| text::plain(&details)),
        status,
    })
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct UpdateBody<'a> {
    #[serde(skip_serializing_if = "Vec::is_empty")]
    connection_properties: Vec<PropertyBody<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    security_policy: Option<&'a str>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    security_properties: Vec<PropertyBody<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    agent_group_id: Option<&'a str>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct PropertyBody<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    property_group: Option<&'a str>,
    property_name: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    property_type: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    property_value: Option<&'a str>,
}

impl<'a> UpdateBody<'a> {
    pub(crate) fn of(update: &'a ConnectionUpdate) -> Self {
        let open = update.properties.iter().map(|property| PropertyBody {
            property_group: property.group.as_deref(),
            property_name: &property.name,
            property_type: property.kind.as_deref(),
            property_value: property.value.as_deref(),
        });
        let secret = update.security_properties.iter();
        let secret = secret.map(|property| PropertyBody {
            property_group: property.group.as_deref(),
            property_name: &property.name,
            property_type: property.kind.as_deref(),
            property_value: Some(property.value.expose_secret()),
        });
        Self {
            connection_properties: open.collect(),
            security_policy: update.security_policy.as_deref(),
            security_properties: secret.collect(),
            agent_group_id: update.agent_group.as_deref(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::connection::SecretProperty;
    use serde_json::json;

    #[test]
    fn a_connection_with_everything() {
        let value = json!({
            "id": "ERP", "name": "Erp", "status": "CONFIGURED", "role": "SOURCE_AND_TARGET",
            "adapterType": {"name": "rest", "displayName": "REST"}, "securityPolicy": "BASIC_AUTH",
            "agentGroupId": "AGENTS", "lockedFlag": false, "percentageComplete": 100,
            "connectionProperties": [
                {"propertyGroup": "CONNECTION_PROPS", "propertyName": "connectionUrl", "propertyType": "URL",
                 "propertyValue": "https://test.example.com", "required": true, "hidden": false, "length": 0},
                {"propertyName": "empty", "propertyValue": ""},
                {"propertyName": "missing", "propertyValue": null},
            ],
            "securityProperties": [{"propertyGroup": "CREDENTIALS", "propertyName": "password",
                "propertyType": "PASSWORD", "propertyValue": "****"}],
        });
        let found = connection(&value, Some("P1")).unwrap();
        assert_eq!(found.id.as_str(), "ERP");
        assert_eq!(found.adapter.as_deref(), Some("rest"));
        assert_eq!(found.agent_group.as_deref(), Some("AGENTS"));
        assert_eq!(found.project.as_deref(), Some("P1"));
        let url = &found.properties[0];
        assert_eq!(url.value.as_deref(), Some("https://test.example.com"));
        assert!(url.required);
        let extra: Vec<&String> = url.extra.keys().collect();
        assert_eq!(extra, ["hidden", "length"]);
        assert_eq!(found.properties[1].value.as_deref(), Some(""));
        assert_eq!(found.properties[2].value, None);
        assert_eq!(
            found.security_properties[0].kind.as_deref(),
            Some("PASSWORD")
        );
    }

    #[test]
    fn a_connection_in_hyphens() {
        let value = json!({"id": "ERP", "adapter-type": "rest", "security-policy": "NONE", "locked-flag": "true",
            "agent-group-id": "G", "connection-properties": [{"property-name": "targetWSDLURL", "property-value": 7}]});
        let found = connection(&value, None).unwrap();
        assert_eq!(found.adapter.as_deref(), Some("rest"));
        assert_eq!(found.agent_group.as_deref(), Some("G"));
        assert!(found.locked);
        assert_eq!(found.properties[0].name, "targetWSDLURL");
        assert_eq!(found.properties[0].value.as_deref(), Some("7"));
        assert!(connection(&json!({"name": "no id"}), None).is_none());
    }

    #[test]
    fn tests() {
        let value: Value = serde_json::from_str(
            r#"{"details":"Test of BUCKET connection succeeded.","id":"BUCKET","status":"SUCCESS"}"#,
        )
        .unwrap();
        let result = tested(&value).unwrap();
        assert!(result.ok);
        assert_eq!(
            result.details.as_deref(),
            Some("Test of BUCKET connection succeeded.")
        );
        assert!(!tested(&json!({"status": "FAILED"})).unwrap().ok);
        assert!(!tested(&json!({"status": "UNSUCCESSFUL"})).unwrap().ok);
        assert!(tested(&json!({"status": "success"})).unwrap().ok);
        assert!(tested(&json!({"id": "X"})).is_none());
    }

    #[test]
    fn an_update_as_it_was_seen_to_work() {
        let property = |name: &str, kind: &str, value: &str| Property {
            name: name.to_owned(),
            group: Some("CONNECTION_PROPS".to_owned()),
            kind: Some(kind.to_owned()),
            value: Some(value.to_owned()),
            required: true,
            extra: serde_json::Map::new(),
        };
        let update = ConnectionUpdate {
            properties: vec![
                property("connectionType", "CHOICE", "restUrl"),
                property("connectionUrl", "URL", "https://prod.example.com"),
            ],
            security_policy: Some("BASIC_AUTH".to_owned()),
            security_properties: vec![SecretProperty {
                name: "password".to_owned(),
                group: Some("CREDENTIALS".to_owned()),
                kind: Some("PASSWORD".to_owned()),
                value: "hidden value".into(),
            }],
            agent_group: None,
        };
        assert_eq!(
            serde_json::to_value(UpdateBody::of(&update)).unwrap(),
            json!({
                "connectionProperties": [
                    {"propertyGroup":"CONNECTION_PROPS","propertyName":"connectionType","propertyType":"CHOICE","propertyValue":"restUrl"},
                    {"propertyGroup":"CONNECTION_PROPS","propertyName":"connectionUrl","propertyType":"URL","propertyValue":"https://prod.example.com"}
                ],
                "securityPolicy": "BASIC_AUTH",
                "securityProperties": [
                    {"propertyGroup":"CREDENTIALS","propertyName":"password","propertyType":"PASSWORD","propertyValue":"hidden value"}
                ]
            })
        );
        let empty = serde_json::to_value(UpdateBody::of(&ConnectionUpdate::default())).unwrap();
        assert_eq!(empty, json!({}));
    }
}
