//! Starting an import.

use http::StatusCode;
use serde_json::{Map, json};

use super::answers::{bad_request, not_found};
use super::jobs::{Import, Job, JobKind, conflict, new_id};
use super::model::Generation;
use super::order::{Mode, Order};
use super::routes::Asked;
use super::told::dialect;
use crate::body::{Reply, json as json_reply};
use crate::world::World;

/// `POST importServiceInstanceArchive`: 202 with the job's id. The answer holds no `location`.
pub(super) fn start(world: &mut World, asked: &Asked<'_>) -> Reply {
    let order = match Order::read(asked.call) {
        Ok(order) => order,
        Err(reply) => return *reply,
    };
    let now = world.clock.now();
    let World {
        oic,
        store,
        switches,
        rng,
        ..
    } = world;
    let Some(instance) = oic.instances.get_mut(asked.at) else {
        return not_found("Service instance", "");
    };
    let generation = instance.generation;
    let Some(archive) = order.text("archiveFile") else {
        return bad_request("archiveFile is missing");
    };
    let Some(mode) = order.text("importActivateMode") else {
        return bad_request("importActivateMode is missing");
    };
    let Some(mode) = Mode::read(&mode, generation, switches.strict_mode_case) else {
        return bad_request(format!("importActivateMode {mode} is not known"));
    };
    let name = order
        .text("jobName")
        .filter(|_| generation == Generation::Gen3);
    if let Some(reply) = conflict(instance, JobKind::Import, name.as_deref(), switches) {
        return reply;
    }
    let id = new_id(instance, rng);
    let mut job = Job::new(
        JobKind::Import,
        id,
        &order,
        store,
        switches,
        oic.jobs_begun,
        now,
    );
    job.archive = archive;
    job.name = name;
    match generation {
        Generation::Gen2 => {
            job.description = None;
            job.security = true;
        }
        Generation::Gen3 => job.security = order.flag("importSecurityArtifacts"),
    }
    job.import = Some(Import {
        mode,
        start_schedules: order.flag("startSchedules"),
        schedule_params: order.flag("importScheduleParams"),
    });
    let mut answer = Map::new();
    answer.insert("jobId".to_owned(), json!(job.id));
    if let Some(name) = &job.name {
        answer.insert("jobName".to_owned(), json!(name));
    }
    answer.insert("status".to_owned(), json!(job.state));
    instance.jobs.push(job);
    oic.jobs_begun += 1;
    json_reply(StatusCode::ACCEPTED, &dialect(answer, switches.field_names))
}
