//! `/integrations`, globally and in projects.

use http::{Method, StatusCode};
use serde_json::{Value, json};

use super::answers::{archive, bad_request, error, method_not_allowed, not_found, ok};
use super::model::{Instance, Integration, Status};
use super::routes::Asked;
use super::shelf::Named;
use super::{activation, dates, paging};
use crate::body::Reply;
use crate::world::World;

pub(super) fn answer(
    world: &mut World,
    asked: &Asked<'_>,
    project: Option<&str>,
    path: &[&str],
) -> Reply {
    let method = &asked.call.method;
    if let ([id], true) = (path, method == Method::POST) {
        return change(world, asked, project, id);
    }
    if method != Method::GET {
        return method_not_allowed("a change is a POST with X-HTTP-Method-Override: PATCH");
    }
    let Some(instance) = world.oic.instances.get(asked.at) else {
        return not_found("Service instance", "");
    };
    let [id, rest @ ..] = path else {
        let items = instance
            .integrations
            .of(project)
            .map(|it| shown(asked, instance, project, it))
            .collect();
        return paging::list(asked.call, items);
    };
    let Some(integration) = instance.integration(project, id) else {
        return not_found("Integration", id);
    };
    match rest {
        [] => ok(&shown(asked, instance, project, integration)),
        ["activationStatus"] => ok(&json!({"activationStatus": integration.status.as_str()})),
        ["activationErrors"] => ok(&errors(integration)),
        ["archive"] => match &integration.iar {
            Some(blob) => {
                let name = format!("{}_{}.iar", integration.code, integration.version);
                archive(&world.blobs, blob, &name)
            }
            None => error(
                StatusCode::NOT_FOUND,
                format!("Integration {id} is in a project."),
                "an integration of a project is exported with its project",
            ),
        },
        _ => not_found("Resource", &asked.call.path),
    }
}

/// Activates or deactivates.
fn change(world: &mut World, asked: &Asked<'_>, project: Option<&str>, id: &str) -> Reply {
    if asked.call.header("x-http-method-override") != Some("PATCH") {
        return method_not_allowed("the header X-HTTP-Method-Override: PATCH is missing");
    }
    let body: Value = match serde_json::from_slice(&asked.call.body) {
        Ok(body) => body,
        Err(e) => return bad_request(format!("the body is no JSON: {e}")),
    };
    let now = world.clock.now();
    let seconds = world.switches.activation_seconds;
    let Some(instance) = world.oic.instances.get_mut(asked.at) else {
        return not_found("Service instance", "");
    };
    let Some(integration) = instance.integration_mut(project, id) else {
        return not_found("Integration", id);
    };
    match body.get("status").and_then(Value::as_str) {
        Some("ACTIVATED") => {
            let idle = matches!(
                integration.status,
                Status::Configured | Status::FailedActivation
            );
            if idle {
                activation::begin(instance, project, id, seconds, now);
            }
        }
        Some("CONFIGURED") => {
            let flag = body.get("stopScheduleForDeactivation");
            let stops = matches!(flag, Some(Value::Bool(true)))
                || flag.and_then(Value::as_str) == Some("true");
            if integration.schedule_running && !stops {
                return error(
                    StatusCode::PRECONDITION_FAILED,
                    format!("Integration {id} cannot be deactivated."),
                    "its schedule is running and stopScheduleForDeactivation is not set",
                );
            }
            integration.status = Status::Configured;
            integration.schedule_running = false;
            integration.updated = now;
            activation::forget(instance, project, id);
        }
        _ => return bad_request("status must be ACTIVATED or CONFIGURED"),
    }
    let Some(integration) = instance.integration(project, id) else {
        return not_found("Integration", id);
    };
    ok(&json!({
        "apiDeploymentInprogress": false,
        "compatible": false,
        "links": [],
        "lockedFlag": false,
        "scheduleApplicableFlag": integration.is_scheduled(),
        "scheduleDefinedFlag": integration.schedule_defined,
        "softDeactivated": false,
        "status": integration.status.as_str(),
        "tempCopyExists": false,
        "totalEndPoints": integration.connections.len(),
    }))
}

fn errors(integration: &Integration) -> Value {
    json!({
        "code": integration.code,
        "version": integration.version,
        "hasErrors": integration.errors.is_some(),
        "errorMessage": integration.errors.clone().unwrap_or_default(),
        "shortSummaryMessage": if integration.errors.is_some() { "Activation failed." } else { "" },
    })
}

/// The style by pattern (archive-format.md 2.2): name for tags and the text shown.
fn style(mep: &str) -> (&'static str, &'static str) {
    match mep {
        "MEP07" => ("SCHEDULED", "Scheduled Orchestration"),
        "MEP08" => ("SUBSCRIBED", "Subscribed Orchestration"),
        _ => ("FREEFORM", "App Driven Orchestration"),
    }
}

/// An integration as REST shows it.
fn shown(asked: &Asked<'_>, instance: &Instance, project: Option<&str>, it: &Integration) -> Value {
    let (style, style_text) = style(&it.mep);
    let end_points: Vec<Value> = it
        .connections
        .iter()
        .map(|id| {
            let connection = instance
                .connection(project, id)
                .or_else(|| instance.connection(None, id));
            json!({
                "name": id,
                "role": connection.map_or("TARGET", |c| c.role.as_str()),
                "connection": {"id": id, "name": connection.map_or(id, |c| &c.name)},
            })
        })
        .collect();
    let libraries: Vec<Value> = it
        .libraries
        .iter()
        .map(|id| json!({"code": id.split('|').next(), "id": id}))
        .collect();
    let calls: Vec<Value> = it
        .calls
        .iter()
        .map(|id| {
            let (code, version) = id.split_once('|').unwrap_or((id, ""));
            json!({"id": id, "code": code, "version": version})
        })
        .collect();
    let path = match project {
        None => format!("/ic/api/integration/v1/integrations/{}", encoded(&it.id())),
        Some(project) => format!(
            "/ic/api/integration/v1/projects/{}/integrations/{}",
            encoded(project),
            encoded(&it.id())
        ),
    };
    let mut value = json!({
        "id": it.id(),
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
        "projectType": "DEVELOPED",
        "keywords": it.keywords,
        "smartTags": it.tags,
        "lockedFlag": false,
        "scheduleApplicableFlag": it.is_scheduled(),
        "scheduleDefinedFlag": it.schedule_defined,
        "tracingEnabledFlag": false,
        "payloadTracingEnabledFlag": false,
        "recordEnabledFlag": false,
        "publishFlag": false,
        "eventSubscriptionFlag": it.mep == "MEP08",
        "isCloneAllowed": true,
        "isViewAllowed": true,
        "compatible": true,
        "lastUpdated": dates::design(it.updated),
        "endPoints": end_points,
        "dependencies": {
            "connections": ids("id", &it.connections),
            "lookups": ids("name", &it.lookups),
            "libraries": libraries,
            "certificates": [],
            "integrations": calls,
        },
        "links": [{"rel": "self", "href": paging::href(asked.call, &path)}],
    });
    let more = [
        ("packageName", it.package.as_ref().map(|p| json!(p))),
        ("projectId", project.map(|p| json!(p))),
        (
            "scheduleStatus",
            it.schedule_running.then(|| json!("ICS_SCHEDULE_ACTIVE")),
        ),
    ];
    if let Some(map) = value.as_object_mut() {
        for (name, found) in more {
            if let Some(found) = found {
                map.insert(name.to_owned(), found);
            }
        }
    }
    value
}

fn ids<'a>(key: &str, names: impl IntoIterator<Item = &'a String>) -> Value {
    names.into_iter().map(|name| json!({key: name})).collect()
}

/// A path segment.
pub(super) fn encoded(id: &str) -> String {
    percent_encoding::utf8_percent_encode(id, percent_encoding::NON_ALPHANUMERIC)
        .to_string()
        .replace("%2E", ".")
        .replace("%5F", "_")
        .replace("%2D", "-")
}
