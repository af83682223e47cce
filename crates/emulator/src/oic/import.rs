//! Starting an import.

use serde_json::{Map, json};

use super::answers::{bad_request, not_found};
use super::jobs::{Import, Job, JobKind, conflict, new_id, start_status};
use super::model::Generation;
use super::order::{Mode, Order, named};
use super::routes::Asked;
use super::told::dialect;
use crate::body::{Refused, Reply, json as json_reply};
use crate::world::World;

/// `POST importServiceInstanceArchive`: 202 with the job's id. The answer holds no `location`.
pub(super) fn start(world: &mut World, asked: &Asked<'_>) -> Reply {
    begin(world, asked).unwrap_or_else(Refused::into_reply)
}

fn begin(world: &mut World, asked: &Asked<'_>) -> Result<Reply, Refused> {
    let now = world.clock.now();
    let World {
        oic,
        store,
        switches,
        rng,
        ..
    } = world;
    let Some(instance) = oic.instances.get_mut(asked.at) else {
        return Ok(not_found("Service instance", ""));
    };
    let order = Order::read(asked.call, instance, switches)?;
    let generation = instance.generation;
    let Some(archive) = order.text("archiveFile")? else {
        return Ok(bad_request("archiveFile is missing"));
    };
    let Some(mode) = order.text("importActivateMode")? else {
        return Ok(bad_request("importActivateMode is missing"));
    };
    let Some(mode) = Mode::read(&mode, generation, switches.strict_mode_case) else {
        return Ok(bad_request(format!(
            "importActivateMode {mode} is not known"
        )));
    };
    let import = Import {
        mode,
        start_schedules: order.flag(&switches.start_schedules_field, false)?,
        schedule_params: order.flag("importScheduleParams", false)?,
    };
    // Gen2 knows none of these.
    let known = generation == Generation::Gen3;
    let text = |name| if known { order.text(name) } else { Ok(None) };
    let (name, description) = (text("jobName")?, text("description")?);
    named(name.as_deref())?;
    let security = !known || order.flag("importSecurityArtifacts", switches.security_default)?;
    if let Some(reply) = conflict(instance, JobKind::Import, name.as_deref(), switches) {
        return Ok(reply);
    }
    let id = new_id(instance, switches.job_ids, rng);
    let mut job = Job::new(
        JobKind::Import,
        id,
        &order.storage,
        store,
        switches,
        oic.jobs_begun,
        now,
    );
    job.archive = archive;
    job.name = name;
    job.description = description;
    job.security = security;
    job.meet(asked.call.job_end.as_ref());
    job.import = Some(import);
    let mut answer = Map::new();
    answer.insert("jobId".to_owned(), json!(job.id));
    if let Some(name) = &job.name {
        answer.insert("jobName".to_owned(), json!(name));
    }
    answer.insert("status".to_owned(), json!(job.state));
    instance.jobs.push(job);
    oic.jobs_begun += 1;
    Ok(json_reply(
        start_status(switches),
        &dialect(answer, switches.field_names),
    ))
}
