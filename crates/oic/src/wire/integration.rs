//! Answers about integrations.

use ferry_core::ids::{ConnectionId, IntegrationId};
use ferry_core::model::Tracing;
use percent_encoding::percent_decode_str;
use serde_json::Value;

use crate::model::integration::Integration;
use crate::text;
use crate::wire::fields::Fields;

/// One integration; `project` is where it was found. `None` where the answer has no id that can be read.
pub(crate) fn integration(value: &Value, project: Option<&str>) -> Option<Integration> {
    let fields = Fields::of(value)?;
    let id = IntegrationId::parse(&id(fields)?).ok()?;
    let dependencies = fields.object(&["dependencies"]);
    let name = fields.text(&["name"]);
    Some(Integration {
        project: project
            .map(ToOwned::to_owned)
            .or_else(|| fields.text(&["projectid", "project"])),
        name: name.unwrap_or_else(|| id.code.to_string()),
        status: fields.text(&["status"]).unwrap_or_default(),
        locked: fields.flag(&["lockedflag", "locked"]).unwrap_or_default(),
        scheduled: fields
            .flag(&["scheduleapplicableflag", "scheduleapplicable"])
            .unwrap_or_default(),
        schedule_defined: fields
            .flag(&["scheduledefinedflag", "scheduledefined"])
            .unwrap_or_default(),
        tracing: tracing(fields),
        connections: connections(fields, dependencies),
        calls: calls(dependencies),
        package: fields.text(&["packagename", "package"]),
        style: fields.text(&["style"]),
        locked_by: fields.text(&["lockedby"]),
        updated: fields.time(&["lastupdated"]),
        id,
    })
}

fn tracing(fields: Fields<'_>) -> Tracing {
    let flag = |name| fields.flag(&[name]).unwrap_or_default();
    Tracing {
        tracing: flag("tracingenabledflag"),
        payload: flag("payloadtracingenabledflag"),
        record: flag("recordenabledflag"),
    }
}

/// `id`, or `code` and `version` put together.
fn id(fields: Fields<'_>) -> Option<String> {
    let id = fields.text(&["id"]).filter(|id| id.contains('|'));
    id.or_else(|| {
        let code = fields.text(&["code"])?;
        let version = fields.text(&["version"])?;
        Some(format!("{code}|{version}"))
    })
    .or_else(|| fields.text(&["id"]))
}

fn connections(fields: Fields<'_>, dependencies: Option<Fields<'_>>) -> Vec<ConnectionId> {
    let declared = dependencies
        .map(|dependencies| dependencies.list(&["connections"]))
        .unwrap_or_default()
        .iter()
        .filter_map(named);
    let used = fields
        .list(&["endpoints"])
        .iter()
        .filter_map(|end| named(Fields::of(end)?.value(&["connection"])?));
    let mut ids: Vec<ConnectionId> = Vec::new();
    for id in declared.chain(used) {
        if let Ok(id) = ConnectionId::try_from(id)
            && !ids.contains(&id)
        {
            ids.push(id);
        }
    }
    ids
}

fn calls(dependencies: Option<Fields<'_>>) -> Vec<String> {
    let listed = dependencies
        .map(|dependencies| dependencies.list(&["integrations"]))
        .unwrap_or_default();
    let mut calls: Vec<String> = Vec::new();
    for value in listed {
        let call = match value {
            Value::String(text) => Some(text.clone()),
            other => Fields::of(other).and_then(id),
        };
        if let Some(call) = call.filter(|call| !calls.contains(call)) {
            calls.push(call);
        }
    }
    calls
}

/// The id of something that is given as an object or by its id alone.
fn named(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        other => Fields::of(other)?.text(&["id", "code"]),
    }
}

/// The integration that a `Location` leads to: its last segment.
pub(crate) fn located(location: &str) -> Option<IntegrationId> {
    let path = location.split(['?', '#']).next()?;
    let last = path.trim_end_matches('/').rsplit('/').next()?;
    let id = percent_decode_str(last).decode_utf8().ok()?;
    IntegrationId::parse(&id).ok()
}

/// `{"activationStatus":"ACTIVATED"}`; some releases answer with the whole integration.
pub(crate) fn activation_status(value: &Value) -> Option<String> {
    Fields::of(value)?.text(&["activationstatus", "status"])
}

/// The message of the last failed activation without its markup; `None` where there is none.
pub(crate) fn activation_errors(value: &Value) -> Option<String> {
    let fields = Fields::of(value)?;
    if fields.flag(&["haserrors"]) == Some(false) {
        return None;
    }
    let said = [
        fields.text(&["errormessage"]),
        fields.text(&["shortsummarymessage"]),
    ];
    said.into_iter()
        .flatten()
        .map(|message| text::plain(&message))
        .find(|message| !message.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn an_integration_with_everything() {
        let value = json!({
            "id": "HELLO_WORLD|01.02.0000", "code": "HELLO_WORLD", "version": "01.02.0000", "name": "Hello World",
            "status": "ACTIVATED", "lockedFlag": true, "lockedBy": "jdoe", "packageName": "com.acme",
            "scheduleApplicableFlag": true, "scheduleDefinedFlag": "false", "percentageComplete": 100,
            "tracingEnabledFlag": true, "payloadTracingEnabledFlag": "true", "recordEnabledFlag": false,
            "endPoints": [
                {"name": "in", "role": "SOURCE", "connection": {"id": "REST_IN"}},
                {"name": "out", "role": "TARGET", "connection": {"id": "ERP"}},
            ],
            "dependencies": {
                "connections": [{"id": "ERP"}], "lookups": [{"name": "COUNTRIES"}],
                "integrations": [{"code": "SUB", "version": "01.00.0000"}, {"id": "OTHER|02.00.0001"}, "THIRD|01.00.0000"],
            },
        });
        let found = integration(&value, None).unwrap();
        assert_eq!(found.id.to_string(), "HELLO_WORLD|01.02.0000");
        assert_eq!(found.name, "Hello World");
        assert_eq!(found.status, "ACTIVATED");
        assert!(found.locked && found.scheduled && !found.schedule_defined);
        assert_eq!(found.tracing.to_string(), "tracing, payload");
        let connections: Vec<&str> = found.connections.iter().map(ConnectionId::as_str).collect();
        assert_eq!(connections, ["ERP", "REST_IN"]);
        assert_eq!(
            found.calls,
            ["SUB|01.00.0000", "OTHER|02.00.0001", "THIRD|01.00.0000"]
        );
        assert_eq!(found.package.as_deref(), Some("com.acme"));
        assert_eq!(found.project, None);
    }

    #[test]
    fn a_sparse_integration_in_hyphens() {
        let value = json!({"code": "A", "version": "01.00.0000", "locked-flag": "true", "package-name": "p",
            "schedule-applicable-flag": true, "end-points": [{"connection": {"id": "C"}}]});
        let found = integration(&value, Some("LAB-DEVOPS")).unwrap();
        assert_eq!(found.name, "A");
        assert!(found.locked && found.scheduled);
        assert_eq!(found.connections.len(), 1);
        assert!(found.tracing.is_off());
        assert_eq!(found.project.as_deref(), Some("LAB-DEVOPS"));
        assert!(integration(&json!({"name": "no id"}), None).is_none());
        assert!(integration(&json!("x"), None).is_none());
    }

    #[test]
    fn locations() {
        let path = "https://design.example.com/ic/api/integration/v1/integrations/A_B%7C01.00.0000";
        for location in [
            path.to_owned(),
            format!("{path}?integrationInstance=x"),
            "A_B|01.00.0000".to_owned(),
        ] {
            assert_eq!(located(&location).unwrap().to_string(), "A_B|01.00.0000");
        }
        assert!(located("https://example.com/").is_none());
    }

    #[test]
    fn activation() {
        assert_eq!(
            activation_status(&json!({"activationStatus": "ACTIVATED"})).as_deref(),
            Some("ACTIVATED")
        );
        let started: Value = serde_json::from_str(
            r#"{"apiDeploymentInprogress":false,"compatible":false,"links":[],"lockedFlag":false,
             "scheduleApplicableFlag":false,"scheduleDefinedFlag":false,"softDeactivated":false,
             "status":"ACTIVATION_INPROGRESS","tempCopyExists":false,"totalEndPoints":0}"#,
        )
        .unwrap();
        assert_eq!(
            activation_status(&started).as_deref(),
            Some("ACTIVATION_INPROGRESS")
        );
        assert_eq!(activation_status(&json!({})), None);

        let errors: Value = serde_json::from_str(
            r#"{"code":"HELLO_WORLD","version":"01.02.0000","hasErrors":true,"errorMessage":"<br> Integration HELLO_WORLD(1.2) cannot be activated.<br> ...","shortSummaryMessage":"..."}"#,
        )
        .unwrap();
        assert_eq!(
            activation_errors(&errors).as_deref(),
            Some("Integration HELLO_WORLD(1.2) cannot be activated. ...")
        );
        assert_eq!(
            activation_errors(&json!({"hasErrors": false, "errorMessage": "old"})),
            None
        );
        assert_eq!(
            activation_errors(&json!({"id": "A|01.00.0000", "status": "ACTIVATED"})),
            None
        );
        assert_eq!(
            activation_errors(&json!({"has-errors": true, "error-message": "<br>", "short-summary-message": "why"}))
                .as_deref(),
            Some("why")
        );
    }
}
