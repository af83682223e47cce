//! Jobs: what they are, and how their status is told.

use http::StatusCode;
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use super::answers::{bad_request, error, not_found, ok};
use super::dates;
use super::model::{Generation, Instance, Storage};
use super::order::{Mode, Order};
use super::routes::Asked;
use crate::blobs::BlobId;
use crate::body::Reply;
use crate::options::{FieldNames, Switches};
use crate::store::{BucketKey, Store, StoreRefusal};
use crate::world::World;

/// The two kinds of job, each with ids of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum JobKind {
    Export,
    Import,
}

impl JobKind {
    fn shouted(self) -> &'static str {
        match self {
            JobKind::Export => "EXPORT",
            JobKind::Import => "IMPORT",
        }
    }

    fn spoken(self) -> &'static str {
        match self {
            JobKind::Export => "export",
            JobKind::Import => "import",
        }
    }
}

/// What a job does at a moment of its life.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Step {
    /// Opens the bucket, and for an import the archive.
    Begin,
    /// Writes its nth temporary object.
    Temporary(u8),
    /// Installs what the archive holds.
    Install,
    /// Removes its temporary objects.
    CleanUp,
    /// Comes to its end.
    End,
}

/// An object that a job wrote and expects to find again.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Temporary {
    pub(super) name: String,
    pub(super) blob: BlobId,
}

/// What only an import has.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Import {
    pub(super) mode: Mode,
    pub(super) start_schedules: bool,
    pub(super) schedule_params: bool,
}

/// One job of an instance.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Job {
    pub(crate) kind: JobKind,
    pub(crate) id: String,
    pub(crate) name: Option<String>,
    pub(super) description: Option<String>,
    pub(super) started: Timestamp,
    pub(super) ended: Option<Timestamp>,
    /// Virtual length.
    pub(super) seconds: u64,
    pub(super) security: bool,
    /// None when the storage was not to be opened.
    pub(super) bucket: Option<BucketKey>,
    /// Why it was not.
    pub(super) storage_fault: Option<String>,
    /// The archive's object name, for an import as it was asked for.
    pub(super) archive: String,
    /// The state in which it is to end.
    pub(super) outcome: String,
    pub(super) integration_outcome: Option<String>,
    pub(super) process_outcome: Option<String>,
    /// The overall state, as it is told.
    pub(crate) state: String,
    pub(super) temporaries: Vec<Temporary>,
    /// The archive's bytes.
    pub(super) content: Option<BlobId>,
    /// What is still to come, in order.
    pub(super) pending: Vec<(Timestamp, Step)>,
    pub(super) import: Option<Import>,
    pub(super) message: Option<String>,
}

/// How a state text ends a job, by the same rule as the documentation's examples suggest.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Ending {
    Good,
    Bad,
    /// A state that nobody knows: the job stays in it.
    Never,
}

pub(super) fn ending(state: &str) -> Ending {
    let upper = state.to_uppercase();
    if upper.starts_with("COMPLETED") {
        Ending::Good
    } else if ["FAIL", "ERROR", "ABORT", "CANCEL"]
        .iter()
        .any(|w| upper.contains(w))
    {
        Ending::Bad
    } else {
        Ending::Never
    }
}

impl Job {
    /// A job that starts now. Its end is decided here, by the switches.
    pub(super) fn new(
        kind: JobKind,
        id: String,
        order: &Order,
        store: &Store,
        switches: &Switches,
        begun_before: u32,
        now: Timestamp,
    ) -> Job {
        let opened = store.open(
            &order.storage_url,
            &order.storage_user,
            &order.storage_password.0,
        );
        let as_switched = switches.job_outcome_times.is_none_or(|n| begun_before < n);
        let pick = |text: &Option<String>| text.clone().filter(|_| as_switched);
        let mut job = Job {
            kind,
            id,
            name: order.text("jobName"),
            description: order.text("description"),
            started: now,
            ended: None,
            seconds: switches.job_seconds,
            security: false,
            storage_fault: opened.as_ref().err().map(|why| refusal(*why).to_owned()),
            bucket: opened.ok(),
            archive: String::new(),
            outcome: if as_switched {
                switches.job_outcome.clone()
            } else {
                "COMPLETED".to_owned()
            },
            integration_outcome: pick(&switches.integration_component),
            process_outcome: pick(&switches.process_component),
            state: "NOT_STARTED".to_owned(),
            temporaries: Vec::new(),
            content: None,
            pending: Vec::new(),
            import: None,
            message: None,
        };
        job.plan();
        job
    }

    /// Lays the steps out over the job's length.
    pub(super) fn plan(&mut self) {
        let steps: &[(u64, Step)] = match self.kind {
            JobKind::Export => &[
                (1, Step::Begin),
                (10, Step::Temporary(1)),
                (40, Step::Temporary(2)),
                (70, Step::Temporary(3)),
                (100, Step::End),
            ],
            JobKind::Import => &[
                (1, Step::Begin),
                (20, Step::Temporary(1)),
                (50, Step::Install),
                (90, Step::CleanUp),
                (100, Step::End),
            ],
        };
        self.pending = steps
            .iter()
            .map(|(percent, step)| (self.at(*percent), *step))
            .collect();
    }

    fn at(&self, percent: u64) -> Timestamp {
        let millis = self.seconds.saturating_mul(percent).saturating_mul(10);
        let span = SignedDuration::from_millis(i64::try_from(millis).unwrap_or(i64::MAX));
        self.started.saturating_add(span).unwrap_or(Timestamp::MAX)
    }

    pub(super) fn is_running(&self) -> bool {
        self.ended.is_none()
    }

    /// The state in which the component named so ends.
    pub(super) fn component_end(&self, name: &str) -> String {
        let own = match name {
            "Integration" => &self.integration_outcome,
            _ => &self.process_outcome,
        };
        own.clone().unwrap_or_else(|| match ending(&self.state) {
            Ending::Bad => "FAILED".to_owned(),
            _ => "COMPLETED".to_owned(),
        })
    }

    /// Whether what belongs to the component is carried.
    pub(super) fn carries(&self, name: &str) -> bool {
        let own = match name {
            "Integration" => &self.integration_outcome,
            _ => &self.process_outcome,
        };
        own.as_deref()
            .is_none_or(|state| ending(state) == Ending::Good)
    }

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

    fn components(&self, generation: Generation, now: Timestamp) -> Value {
        let component = |name: &str, from: u64, to: u64| {
            let progress = self.progress(now);
            let (state, percentage) = if self.ended.is_some() {
                let end = self.component_end(name);
                let percentage = (ending(&end) == Ending::Good).then_some(100);
                (end, percentage)
            } else if self.state == "NOT_STARTED" || progress < from {
                ("NOT_STARTED".to_owned(), None)
            } else if progress >= to && self.carries(name) {
                ("COMPLETED".to_owned(), Some(100))
            } else {
                let part = (progress - from) * 100 / (to - from).max(1);
                // Gen2 was seen to tell no percentage while a component runs.
                let told = generation == Generation::Gen3;
                ("RUNNING".to_owned(), told.then_some(part.min(99)))
            };
            let mut value = json!({"name": name, "status": state});
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

impl Job {
    /// An export that runs for a virtual year, so that an instance is busy.
    pub(crate) fn of_a_year(name: &str, storage: &Storage, store: &Store, now: Timestamp) -> Job {
        let url = format!(
            "https://swiftobjectstorage.eu-frankfurt-1.oraclecloud.com/v1/{}/{}",
            storage.namespace, storage.bucket
        );
        let order = Order::new(url, storage.user.clone(), storage.token.clone());
        let switches = Switches::default();
        let id = "00000000-0000-4000-8000-000000000001".to_owned();
        let mut job = Job::new(JobKind::Export, id, &order, store, &switches, 0, now);
        job.name = Some(name.to_owned());
        job.archive = format!("{name}.zip");
        job.seconds = 365 * 24 * 3600;
        // It began some days ago: its waiting is over.
        let days = SignedDuration::from_hours(5 * 24);
        job.started = now.saturating_sub(days).unwrap_or(now);
        job.plan();
        job
    }
}

fn refusal(why: StoreRefusal) -> &'static str {
    match why {
        StoreRefusal::NoSuchHost => "the storage URL's host is not Object Storage",
        StoreRefusal::Unauthorized => "the storage user or the auth token was refused",
        StoreRefusal::NoSuchBucket => "there is no such bucket",
        StoreRefusal::BadUrl => "the storage URL is not that of a bucket",
    }
}

/// A new id: decimal on Gen2, as seen; like a UUID on Gen3, as assumed.
pub(super) fn new_id(instance: &Instance, rng: &mut fastrand::Rng) -> String {
    match instance.generation {
        Generation::Gen2 => {
            let last = instance
                .jobs
                .iter()
                .filter_map(|j| j.id.parse::<u64>().ok())
                .max();
            let id = match last {
                None => rng.u64(100_000..200_000),
                Some(last) => last + rng.u64(1..40),
            };
            id.to_string()
        }
        Generation::Gen3 => uuid(rng),
    }
}

/// A random UUID.
pub(crate) fn uuid(rng: &mut fastrand::Rng) -> String {
    let bits = rng.u128(..);
    let text = format!("{bits:032x}");
    let mut groups = Vec::new();
    let mut rest = text.as_str();
    for len in [8, 4, 4, 4, 12] {
        let (group, tail) = rest.split_at_checked(len).unwrap_or((rest, ""));
        groups.push(group);
        rest = tail;
    }
    groups.join("-")
}

/// Why no job of this kind may start now, as the 409 to answer.
pub(super) fn conflict(
    instance: &Instance,
    kind: JobKind,
    name: Option<&str>,
    switches: &Switches,
) -> Option<Reply> {
    let running = instance
        .jobs
        .iter()
        .find(|j| j.is_running() && (j.kind == kind || !switches.overlap));
    if let Some(job) = running {
        let spoken = job.kind.spoken();
        return Some(error(
            StatusCode::CONFLICT,
            "Conflict",
            format!("An {spoken} job is already in progress."),
        ));
    }
    let taken = instance.jobs.iter().any(|j| {
        let freed = switches.failed_frees_name && ending(&j.state) == Ending::Bad;
        j.kind == kind && j.name.is_some() && j.name.as_deref() == name && !freed
    });
    taken.then(|| {
        error(
            StatusCode::CONFLICT,
            "Conflict",
            format!("Job name {} already exists.", name.unwrap_or_default()),
        )
    })
}

/// Renames an answer's fields as the switch `field-names` asks.
pub(super) fn dialect(fields: Map<String, Value>, names: FieldNames) -> Value {
    match names {
        FieldNames::Documented => Value::Object(fields),
        FieldNames::ArchiveFilename => rename(fields, "archiveName", "archiveFilename"),
        FieldNames::Hyphenated => hyphenated(Value::Object(fields)),
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

fn hyphenated(value: Value) -> Value {
    match value {
        Value::Object(fields) => fields
            .into_iter()
            .map(|(key, value)| {
                let mut name = String::new();
                for c in key.chars() {
                    if c.is_ascii_uppercase() {
                        name.push('-');
                    }
                    name.push(c.to_ascii_lowercase());
                }
                (name, hyphenated(value))
            })
            .collect(),
        Value::Array(items) => items.into_iter().map(hyphenated).collect(),
        other => other,
    }
}

/// Every job of every instance, for `GET /_ferry/jobs`.
pub(crate) fn jobs(world: &World) -> Value {
    let of = |instance: &Instance| -> Vec<Value> {
        let jobs = instance.jobs.iter();
        jobs.map(|job| {
            json!({
                "instance": instance.name,
                "kind": job.kind,
                "id": job.id,
                "name": job.name,
                "state": job.state,
                "message": job.message,
            })
        })
        .collect()
    };
    world.oic.instances.iter().flat_map(of).collect()
}

/// `GET …ServiceInstanceArchive/{id}`.
pub(super) fn status(world: &mut World, asked: &Asked<'_>, kind: JobKind, id: &str) -> Reply {
    let now = world.clock.now();
    let Some(instance) = world.oic.instances.get(asked.at) else {
        return not_found("Service instance", "");
    };
    match instance.jobs.iter().find(|j| j.kind == kind && j.id == id) {
        Some(job) => ok(&told(
            instance.generation,
            job,
            world.switches.field_names,
            now,
        )),
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
        Some(job) => ok(&told(
            instance.generation,
            job,
            FieldNames::ArchiveFilename,
            now,
        )),
        None => bad_request("there is no such export job"),
    }
}

fn told(generation: Generation, job: &Job, names: FieldNames, now: Timestamp) -> Value {
    let mut fields = Map::new();
    let mut set = |name: &str, value: Value| fields.insert(name.to_owned(), value);
    set("jobId", json!(job.id));
    set("jobType", json!(job.kind.shouted()));
    if generation == Generation::Gen3 {
        set(
            "percentageComplete",
            json!(if job.ended.is_some() {
                100
            } else {
                job.progress(now)
            }),
        );
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
    set("components", job.components(generation, now));
    if let Some(message) = &job.message {
        set("message", json!(message));
    }
    dialect(fields, names)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn endings() {
        assert_eq!(ending("COMPLETED_WITH_ERRORS"), Ending::Good);
        assert_eq!(ending("failed"), Ending::Bad);
        assert_eq!(ending("MYSTERY"), Ending::Never);
    }

    #[test]
    fn dialects_rename_every_level() {
        let fields = || {
            let mut map = Map::new();
            map.insert("jobId".to_owned(), json!("1"));
            map.insert("archiveName".to_owned(), json!("a"));
            map.insert("overallStatus".to_owned(), json!("RUNNING"));
            map.insert("components".to_owned(), json!([{"subName": 1}]));
            map
        };
        let hyphens = dialect(fields(), FieldNames::Hyphenated);
        assert_eq!(hyphens["overall-status"], "RUNNING");
        assert_eq!(hyphens["components"][0]["sub-name"], 1);
        assert_eq!(
            dialect(fields(), FieldNames::ArchiveFilename)["archiveFilename"],
            "a"
        );
        let least = dialect(fields(), FieldNames::StatusOnly);
        assert_eq!(least, json!({"jobId": "1", "status": "RUNNING"}));
    }

    #[test]
    fn uuids_have_their_shape() {
        let id = uuid(&mut fastrand::Rng::with_seed(1));
        let groups: Vec<usize> = id.split('-').map(str::len).collect();
        assert_eq!(groups, [8, 4, 4, 4, 12]);
    }
}
