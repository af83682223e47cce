//! Telling a job's status: the fields, their spelling, the components.

use jiff::Timestamp;
use serde_json::{Map, Value, json};

use super::answers::{not_found, ok};
use super::dates;
use super::jobs::{Ending, Job, JobKind, ending};
use super::model::Generation;
use super::routes::Asked;
use crate::body::Reply;
use crate::options::FieldNames;
use crate::world::World;

impl Job {
    /// How much of the job's time has passed, in percent.
    fn progress(&self, now: Timestamp) -> u64 {
        let passed = now.duration_since(self.started).as_secs();
        let passed = u64::try_from(passed).unwrap_or(0);
        passed
            .saturating_mul(100)
            .checked_div(self.seconds)
            .unwrap_or(100)
            .min(99)
    }

    fn components(&self, generation: Generation, percentages: bool, now: Timestamp) -> Value {
        let component = |name: &str, from: u64, to: u64| {
            let progress = self.progress(now);
            let (state, percentage) = if self.ended.is_some() {
                let end = self.component_end(name);
                let percentage = (ending(&end) == Ending::Good).then_some(100);
                (end, percentage)
            } else if self.state == "NOT_STARTED" || progress < from {
                ("NOT_STARTED".to_owned(), None)
            } else if progress >= to && self.carries(name) && ending(&self.outcome) == Ending::Good
            {
                ("COMPLETED".to_owned(), Some(100))
            } else {
                let part = (progress - from) * 100 / (to - from).max(1);
                // Gen2 was seen to tell no percentage while a component runs.
                let told = generation == Generation::Gen3;
                ("RUNNING".to_owned(), told.then_some(part.min(99)))
            };
            let mut value = json!({"name": name, "status": state});
            let percentage = percentage.filter(|_| percentages);
            if let (Some(percentage), Some(map)) = (percentage, value.as_object_mut()) {
                map.insert("percentage".to_owned(), json!(percentage));
            }
            value
        };
        json!([
            component("Integration", 1, 95),
            component("Process", 20, 80)
        ])
    }
}

/// Renames an answer's fields as the switch `field-names` asks.
pub(super) fn dialect(fields: Map<String, Value>, names: FieldNames) -> Value {
    match names {
        // What is hyphenated is so everywhere, and not here alone.
        FieldNames::Documented | FieldNames::Hyphenated => Value::Object(fields),
        FieldNames::ArchiveFilename => rename(fields, "archiveName", "archiveFilename"),
        FieldNames::StatusOnly => {
            let mut fields = fields;
            let state = fields
                .remove("overallStatus")
                .or_else(|| fields.remove("status"));
            json!({"jobId": fields.remove("jobId"), "status": state})
        }
    }
}

fn rename(mut fields: Map<String, Value>, from: &str, to: &str) -> Value {
    if let Some(value) = fields.remove(from) {
        fields.insert(to.to_owned(), value);
    }
    Value::Object(fields)
}

/// `GET …ServiceInstanceArchive/{id}`.
pub(super) fn status(world: &mut World, asked: &Asked<'_>, kind: JobKind, id: &str) -> Reply {
    let now = world.clock.now();
    let Some(instance) = world.oic.instances.get(asked.at) else {
        return not_found("Service instance", "");
    };
    match instance.jobs.iter().find(|j| j.kind == kind && j.id == id) {
        Some(job) => {
            let switches = &world.switches;
            let fields = told(instance.generation, job, switches.percentages, now);
            ok(&dialect(fields, switches.field_names))
        }
        None => not_found("Job", id),
    }
}

/// `GET /icsapis/v2/clonepod/exportStatus`: of the job asked for, else of the last (assumed).
pub(super) fn legacy_status(world: &mut World, asked: &Asked<'_>) -> Reply {
    let now = world.clock.now();
    let Some(instance) = world.oic.instances.get(asked.at) else {
        return not_found("Service instance", "");
    };
    let mut exports = instance.jobs.iter().filter(|j| j.kind == JobKind::Export);
    let job = match asked.call.query("jobId") {
        Some(id) => exports.find(|j| j.id == id),
        None => exports.next_back(),
    };
    match job {
        Some(job) => {
            let fields = told(instance.generation, job, world.switches.percentages, now);
            ok(&dialect(fields, FieldNames::ArchiveFilename))
        }
        None => not_found("Job", asked.call.query("jobId").unwrap_or_default()),
    }
}

fn told(
    generation: Generation,
    job: &Job,
    percentages: bool,
    now: Timestamp,
) -> Map<String, Value> {
    let mut fields = Map::new();
    let mut set = |name: &str, value: Value| fields.insert(name.to_owned(), value);
    set("jobId", json!(job.id));
    set("jobType", json!(job.kind.shouted()));
    if generation == Generation::Gen3 {
        if percentages {
            let part = match job.ended {
                Some(_) if ending(&job.state) == Ending::Good => 100,
                ended => job.progress(ended.unwrap_or(now)),
            };
            set("percentageComplete", json!(part));
        }
        if let Some(name) = &job.name {
            set("jobName", json!(name));
        }
        if let Some(description) = &job.description {
            set("description", json!(description));
        }
    }
    if job.kind == JobKind::Export && ending(&job.state) == Ending::Good {
        set("archiveName", json!(job.archive));
    }
    set("includeSecurityArtifacts", json!(job.security));
    set("overallStatus", json!(job.state));
    set("startTime", json!(dates::job(job.started)));
    if let Some(ended) = job.ended {
        set("endTime", json!(dates::job(ended)));
    }
    if let Some(import) = &job.import {
        set("mode", json!(import.mode.answered()));
        set("importScheduleParams", json!(import.schedule_params));
        set("startSchedules", json!(import.start_schedules));
    }
    set("components", job.components(generation, percentages, now));
    if let Some(message) = &job.message {
        set("message", json!(message));
    }
    fields
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dialects_rename_fields() {
        let fields = || {
            let mut map = Map::new();
            map.insert("jobId".to_owned(), json!("1"));
            map.insert("archiveName".to_owned(), json!("a"));
            map.insert("overallStatus".to_owned(), json!("RUNNING"));
            map
        };
        assert_eq!(
            dialect(fields(), FieldNames::ArchiveFilename)["archiveFilename"],
            "a"
        );
        let least = dialect(fields(), FieldNames::StatusOnly);
        assert_eq!(least, json!({"jobId": "1", "status": "RUNNING"}));
    }
}
