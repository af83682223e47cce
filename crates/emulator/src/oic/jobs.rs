//! Jobs: what they are, and how their status is told.

use http::StatusCode;
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use super::answers::error;
use super::model::{Generation, Instance, Storage};
use super::order::Mode;
use super::report::Report;
use super::settings::StorageSettings;
use crate::blobs::BlobId;
use crate::body::Reply;
use crate::fault::JobEnd;
use crate::options::{JobIds, Switches};
use crate::store::{BucketKey, Store};

/// The two kinds of job, each with ids of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum JobKind {
    Export,
    Import,
}

impl JobKind {
    pub(super) fn shouted(self) -> &'static str {
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
    pub(crate) pending: Vec<(Timestamp, Step)>,
    pub(super) import: Option<Import>,
    pub(super) message: Option<String>,
    /// What became of each object.
    #[serde(default)]
    pub(super) report: Report,
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
        storage: &StorageSettings,
        store: &Store,
        switches: &Switches,
        begun_before: u32,
        now: Timestamp,
    ) -> Job {
        let opened = storage.open(store);
        let as_switched = switches.job_outcome_times.is_none_or(|n| begun_before < n);
        let pick = |text: &Option<String>| text.clone().filter(|_| as_switched);
        let mut job = Job {
            kind,
            id,
            name: None,
            description: None,
            started: now,
            ended: None,
            seconds: switches.job_seconds,
            security: false,
            storage_fault: opened.as_ref().err().map(ToString::to_string),
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
            report: Report::default(),
        };
        job.plan();
        job
    }

    /// Lets a fault decide how the job ends.
    pub(super) fn meet(&mut self, end: Option<&JobEnd>) {
        if let Some(end) = end {
            self.outcome.clone_from(&end.state);
            self.integration_outcome.clone_from(&end.integration);
            self.process_outcome.clone_from(&end.process);
        }
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

    /// An export that runs for a virtual year, so that an instance is busy.
    pub(crate) fn of_a_year(name: &str, storage: &Storage, store: &Store, now: Timestamp) -> Job {
        let storage = StorageSettings::of(storage);
        let switches = Switches::default();
        let id = "00000000-0000-4000-8000-000000000001".to_owned();
        let mut job = Job::new(JobKind::Export, id, &storage, store, &switches, 0, now);
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

/// A new id, in the form that the switch `job-ids` asks for.
pub(super) fn new_id(instance: &Instance, form: JobIds, rng: &mut fastrand::Rng) -> String {
    match (form, instance.generation) {
        (JobIds::Decimal, _) | (JobIds::Generation, Generation::Gen2) => {
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
        (JobIds::Uuid, _) | (JobIds::Generation, Generation::Gen3) => uuid(rng),
    }
}

/// The status that tells that a job was started. Any other than the two documented is taken for the default.
pub(super) fn start_status(switches: &Switches) -> StatusCode {
    match switches.start_status {
        200 => StatusCode::OK,
        _ => StatusCode::ACCEPTED,
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
    fn uuids_have_their_shape() {
        let id = uuid(&mut fastrand::Rng::with_seed(1));
        let groups: Vec<usize> = id.split('-').map(str::len).collect();
        assert_eq!(groups, [8, 4, 4, 4, 12]);
    }
}
