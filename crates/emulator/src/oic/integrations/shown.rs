//! An integration as REST shows it.

use serde_json::{Map, Value, json};

use super::list::Expand;
use crate::oic::model::{AUTHOR, Connection, Instance, Integration, Status};
use crate::oic::paging::{encoded, href};
use crate::oic::routes::Asked;
use crate::oic::shelf::Named;
use crate::oic::{connections, dates, schedules};

/// The style by pattern (archive-format.md 2.2): its name, and the text shown.
pub(super) fn style(mep: &str) -> (&'static str, &'static str) {
    match mep {
        "MEP07" => ("SCHEDULED", "Scheduled Orchestration"),
        "MEP08" => ("SUBSCRIBED", "Subscribed Orchestration"),
        _ => ("FREEFORM", "App Driven Orchestration"),
    }
}

/// The path of an integration.
pub(in crate::oic) fn path(project: Option<&str>, id: &str) -> String {
    let home = project
        .map(|code| format!("projects/{}/", encoded(code)))
        .unwrap_or_default();
    format!("/ic/api/integration/v1/{home}integrations/{}", encoded(id))
}

pub(super) fn shown(
    asked: &Asked<'_>,
    instance: &Instance,
    project: Option<&str>,
    it: &Integration,
    expand: Expand,
) -> Value {
    let (style, style_text) = style(&it.mep);
    let id = it.id();
    let mut value = json!({
        "id": id,
        "code": it.code,
        "version": it.version,
        "name": it.name,
        "description": it.description,
        "status": it.status.as_str(),
        "style": style,
        "styleDescription": style_text,
        "pattern": "Orchestration",
        "patternDescription": "Map Data",
        "mepType": it.mep,
        "percentageComplete": 100,
        "projectType": it.origin,
        "keywords": it.keywords,
        "smartTags": it.tags,
        "lockedFlag": it.locked.is_some(),
        "scheduleApplicableFlag": it.is_scheduled(),
        "scheduleDefinedFlag": it.schedule_defined,
        "tracingEnabledFlag": it.tracing.tracing,
        "payloadTracingEnabledFlag": it.tracing.payload,
        "recordEnabledFlag": it.tracing.record,
        "publishFlag": false,
        "eventSubscriptionFlag": it.mep == "MEP08",
        "isCloneAllowed": true,
        "isViewAllowed": true,
        "compatible": true,
        "created": dates::design(it.created),
        "createdBy": AUTHOR,
        "lastUpdated": dates::design(it.updated),
        "lastUpdatedBy": AUTHOR,
        "links": [{"rel": "self", "href": href(asked.call, &path(project, &id))}],
    });
    let more = [
        ("endPointURI", end_point_uri(asked, instance, project, it)),
        ("packageName", it.package.clone()),
        ("projectId", project.map(str::to_owned)),
        ("lockedBy", it.locked.clone()),
        ("lockedDate", it.locked_at.map(dates::design)),
        ("scheduleStatus", schedules::status(it).map(str::to_owned)),
    ];
    if let Some(fields) = value.as_object_mut() {
        add(fields, more);
        // Put in as they are: `json!` would copy them, and a page holds a hundred.
        let ends = end_points(asked, instance, project, it, expand);
        fields.insert("endPoints".to_owned(), ends);
        fields.insert("dependencies".to_owned(), dependencies(it));
    }
    value
}

/// Where an active integration with a REST trigger is called (its form is assumed).
fn end_point_uri(
    asked: &Asked<'_>,
    instance: &Instance,
    project: Option<&str>,
    it: &Integration,
) -> Option<String> {
    let triggered = it.status == Status::Activated
        && it.connections.iter().any(|id| {
            let found = instance
                .connection(project, id)
                .or_else(|| instance.connection(None, id));
            found.is_some_and(|c| c.adapter == "rest" && c.role == "SOURCE")
        });
    let scheme = if asked.call.secure { "https" } else { "http" };
    triggered.then(|| {
        format!(
            "{scheme}://{}/ic/api/integration/v1/flows/rest/{}/{}/",
            asked.call.authority, it.code, it.version
        )
    })
}

/// Adds the texts that there are.
fn add<const N: usize>(fields: &mut Map<String, Value>, more: [(&str, Option<String>); N]) {
    for (name, text) in more {
        if let Some(text) = text {
            fields.insert(name.to_owned(), Value::String(text));
        }
    }
}

fn end_points(
    asked: &Asked<'_>,
    instance: &Instance,
    project: Option<&str>,
    it: &Integration,
    expand: Expand,
) -> Value {
    it.connections
        .iter()
        .map(|id| {
            let found = instance
                .connection(project, id)
                .or_else(|| instance.connection(None, id));
            let mut value = json!({
                "name": id,
                "role": found.map_or("TARGET", |c| c.role.as_str()),
            });
            if let Some(fields) = value.as_object_mut() {
                let end = end(asked, project, id, found, expand);
                fields.insert("connection".to_owned(), end);
            }
            value
        })
        .collect()
}

/// The connection of an end point: its name, or as much of it as is asked for.
fn end(
    asked: &Asked<'_>,
    project: Option<&str>,
    id: &str,
    found: Option<&Connection>,
    expand: Expand,
) -> Value {
    let Some(found) = found else {
        return json!({"id": id, "name": id});
    };
    if expand.connection {
        return connections::shown(asked.call, project, found);
    }
    let mut value = json!({"id": id, "name": found.name});
    if let (true, Some(fields)) = (expand.adapter, value.as_object_mut()) {
        fields.insert("adapterType".to_owned(), connections::adapter(found));
    }
    value
}

fn dependencies(it: &Integration) -> Value {
    let all = |key: &str, names: &std::collections::BTreeSet<String>| -> Value {
        names.iter().map(|name| json!({key: name})).collect()
    };
    let libraries: Value = it
        .libraries
        .iter()
        .map(|id| json!({"code": id.split('|').next(), "id": id}))
        .collect();
    let calls: Value = it
        .calls
        .iter()
        .map(|id| {
            let (code, version) = id.split_once('|').unwrap_or((id, ""));
            json!({"id": id, "code": code, "version": version})
        })
        .collect();
    json!({
        "connections": all("id", &it.connections),
        "lookups": all("name", &it.lookups),
        "libraries": libraries,
        "certificates": [],
        "integrations": calls,
    })
}
