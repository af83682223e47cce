//! Starting an export.

use http::StatusCode;
use serde_json::{Map, json};

use super::answers::{error, not_found};
use super::jobs::{Job, JobKind, conflict, new_id, start_status, uuid};
use super::model::Generation;
use super::order::{Order, named};
use super::routes::Asked;
use super::told::dialect;
use crate::body::{Refused, Reply, json as json_reply};
use crate::options::FieldNames;
use crate::world::World;

/// Which of the two documented calls is made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Form {
    /// `exportServiceInstanceArchive`.
    Current,
    /// `clonepod/exportArtifacts`.
    Legacy,
}

/// `POST exportServiceInstanceArchive`: 202 with the job's id.
pub(super) fn start(world: &mut World, asked: &Asked<'_>, form: Form) -> Reply {
    begin(world, asked, form).unwrap_or_else(Refused::into_reply)
}

fn begin(world: &mut World, asked: &Asked<'_>, form: Form) -> Result<Reply, Refused> {
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
    // Gen2 knows storageInfo alone.
    let known = generation == Generation::Gen3;
    let text = |name| if known { order.text(name) } else { Ok(None) };
    let (name, description) = (text("jobName")?, text("description")?);
    named(name.as_deref())?;
    let security = !known || order.flag("exportSecurityArtifacts", switches.security_default)?;
    let overwrite = order.flag("overwrite", false)?;
    if let Some(reply) = conflict(instance, JobKind::Export, name.as_deref(), switches) {
        return Ok(reply);
    }
    let id = new_id(instance, switches.job_ids, rng);
    let archive = match (generation, form) {
        (_, Form::Legacy) => format!("archive_Local_Suite_Instance-{}.zip", uuid(rng)),
        (Generation::Gen2, Form::Current) => format!("Local_Suite_Instance-{id}.zip"),
        (Generation::Gen3, Form::Current) => {
            let stem = name
                .clone()
                .unwrap_or_else(|| format!("Service_Instance_Data-{id}"));
            match stem.strip_suffix(".zip") {
                None if switches.archive_has_zip_suffix => format!("{stem}.zip"),
                _ => stem,
            }
        }
    };
    let mut job = Job::new(
        JobKind::Export,
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
    let there = job
        .bucket
        .as_ref()
        .is_some_and(|key| store.head(key, &job.archive).is_some());
    if there && !overwrite {
        return Ok(error(
            StatusCode::CONFLICT,
            "Conflict",
            format!("Archive file {} already exists in the bucket.", job.archive),
        ));
    }
    let mut answer = Map::new();
    answer.insert("jobId".to_owned(), json!(job.id));
    if let Some(name) = &job.name {
        answer.insert("jobName".to_owned(), json!(name));
    }
    if form == Form::Legacy || switches.field_names == FieldNames::ArchiveFilename {
        answer.insert("archiveFilename".to_owned(), json!(job.archive));
    }
    answer.insert(
        "location".to_owned(),
        json!(order.storage.storage_url.trim_end_matches('/')),
    );
    answer.insert("status".to_owned(), json!(job.state));
    instance.jobs.push(job);
    oic.jobs_begun += 1;
    Ok(json_reply(
        start_status(switches),
        &dialect(answer, switches.field_names),
    ))
}
