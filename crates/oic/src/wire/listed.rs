//! Answers about things that are only listed.

use serde_json::Value;

use crate::model::listed::{AgentGroup, Certificate, Library, Package, Project};
use crate::wire::fields::Fields;

/// One library; `project` is where it was found.
pub(crate) fn library(value: &Value, project: Option<&str>) -> Option<Library> {
    let fields = Fields::of(value)?;
    let id = fields.text(&["id"]).or_else(|| {
        let version = fields.text(&["version"])?;
        Some(format!("{}|{version}", fields.text(&["code"])?))
    });
    let id = id.or_else(|| fields.text(&["code"]))?;
    Some(Library {
        project: project.map(ToOwned::to_owned),
        name: fields.text(&["name"]).unwrap_or_else(|| id.clone()),
        status: fields.text(&["status"]),
        id,
    })
}

/// One package.
pub(crate) fn package(value: &Value) -> Option<Package> {
    let fields = Fields::of(value)?;
    let listed = match fields.value(&["integrations"]) {
        Some(Value::Array(listed)) => Some(listed.len() as u64),
        _ => None,
    };
    Some(Package {
        name: fields.text(&["name", "id"])?,
        integrations: fields.number(&["countofintegrations"]).or(listed),
    })
}

/// One project.
pub(crate) fn project(value: &Value) -> Option<Project> {
    let fields = Fields::of(value)?;
    let id = fields.text(&["id", "code"])?;
    let state = fields.object(&["state"]);
    let dated = state.and_then(|state| state.object(&["updated"])?.time(&["date"]));
    Some(Project {
        name: fields.text(&["name"]).unwrap_or_else(|| id.clone()),
        kind: fields.text(&["type"]),
        updated: fields.time(&["lastupdated"]).or(dated),
        id,
    })
}

/// One agent group.
pub(crate) fn agent_group(value: &Value) -> Option<AgentGroup> {
    let fields = Fields::of(value)?;
    let id = fields.text(&["id", "agentgroupid", "name"])?;
    Some(AgentGroup {
        name: fields.text(&["name"]).unwrap_or_else(|| id.clone()),
        status: fields.text(&["status", "agentstatus"]),
        id,
    })
}

/// One certificate.
pub(crate) fn certificate(value: &Value) -> Option<Certificate> {
    let fields = Fields::of(value)?;
    let id = fields.text(&["id", "name"])?;
    Some(Certificate {
        name: fields.text(&["name"]).unwrap_or_else(|| id.clone()),
        kind: fields.text(&["type"]),
        category: fields.text(&["category"]),
        status: fields.text(&["status"]),
        expires: fields.text(&["expirydate", "expiry", "expiration"]),
        id,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn each_in_its_spellings() {
        let found = library(&json!({"code": "L", "version": "1.0"}), Some("P")).unwrap();
        assert_eq!(
            (found.id.as_str(), found.project.as_deref()),
            ("L|1.0", Some("P"))
        );
        let found = package(&json!({"name": "p", "count-of-integrations": "3"})).unwrap();
        assert_eq!(found.integrations, Some(3));
        let found = package(&json!({"name": "p", "integrations": [{"id": "A"}]})).unwrap();
        assert_eq!(found.integrations, Some(1));
        assert_eq!(agent_group(&json!({"id": "G"})).unwrap().name, "G");
        let found =
            certificate(&json!({"id": "USER|PGP|PUBLIC|K", "name": "K", "type": "PGP"})).unwrap();
        assert_eq!(found.kind.as_deref(), Some("PGP"));
        for value in [json!({}), json!("x")] {
            assert!(library(&value, None).is_none() && package(&value).is_none());
            assert!(project(&value).is_none() && agent_group(&value).is_none());
            assert!(certificate(&value).is_none());
        }
    }

    #[test]
    fn a_project_as_it_was_seen() {
        let value: Value = serde_json::from_str(
            r#"{"cloneRestrict":"NONE","code":"LAB-DEVOPS","id":"LAB-DEVOPS","mcpEnabled":false,"name":"labDevOps",
             "state":{"created":{"by":"...","date":"2026-09-17T19:23:49.872+0000"},
             "updated":{"by":"...","date":"2026-09-17T19:23:50.872+0000"},"status":"DRAFT"},
             "type":"DEVELOPED","viewRestricted":false}"#,
        )
        .unwrap();
        let found = project(&value).unwrap();
        assert_eq!(
            (found.id.as_str(), found.name.as_str()),
            ("LAB-DEVOPS", "labDevOps")
        );
        assert_eq!(found.updated, "2026-09-17T19:23:50.872Z".parse().ok());
    }
}
