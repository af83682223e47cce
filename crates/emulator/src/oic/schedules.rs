//! `/integrations/{id}/schedule/start|stop|pause|resume`.

use http::{Method, StatusCode};
use serde_json::json;

use super::answers::{error, method_not_allowed, not_found, ok};
use super::model::Status;
use super::routes::Asked;
use crate::body::Reply;
use crate::world::World;

pub(super) fn answer(
    world: &mut World,
    asked: &Asked<'_>,
    project: Option<&str>,
    id: &str,
    verb: &str,
) -> Reply {
    if asked.call.method != Method::POST {
        return method_not_allowed("a schedule is started and stopped by POST");
    }
    let Some(instance) = world.oic.instances.get_mut(asked.at) else {
        return not_found("Service instance", "");
    };
    let Some(integration) = instance.integration_mut(project, id) else {
        return not_found("Integration", id);
    };
    if !(integration.is_scheduled() && integration.schedule_defined) {
        return not_found("Schedule", id);
    }
    let runs = match verb {
        "start" | "resume" => true,
        "stop" | "pause" => false,
        _ => return not_found("Resource", &asked.call.path),
    };
    if runs && integration.status != Status::Activated {
        return error(
            StatusCode::PRECONDITION_FAILED,
            format!("The schedule of {id} cannot be started."),
            "the integration is not active",
        );
    }
    integration.schedule_running = runs;
    ok(&json!({"id": id, "status": if runs { "STARTED" } else { "STOPPED" }}))
}
