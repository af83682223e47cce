//! What a journal holds: one record a line, oldest first.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::exit::Exit;
use crate::ids::{JobId, JobName, ObjectName};
use crate::job::{JobSnapshot, Listed};
use crate::model::Tracing;
use crate::plan::Plan;
use crate::storage::StorageUrl;

/// One line of a journal.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Record {
    /// When it was written, by the wall clock of the machine that ran the flow.
    pub at: Timestamp,
    /// What happened.
    pub event: Event,
}

/// What happened in a run. Names in the journal are kebab-case and never change their meaning.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "part", content = "what", rename_all = "kebab-case")]
pub enum Event {
    /// Of the export of the source.
    Export(ExportEvent),
    /// Of the import into the target.
    Import(ImportEvent),
    /// What is carried out. From now on the target is changed.
    Planned {
        /// The plan.
        plan: Box<Plan>,
        /// Whether what is live today is stopped meanwhile.
        stop: bool,
    },
    /// Of the export of the target, made before anything is changed there.
    SafetyCopy(ExportEvent),
    /// Of what is live today in the target.
    Live(LiveEvent),
    /// An import follows: from now on connections of the target may point at the source.
    ConnectionsDirty,
    /// A lookup of the target was given its rows, or could not be.
    Lookup(LookupOutcome),
    /// Of a schedule of the target.
    Schedule(ScheduleEvent),
    /// A connection of the target was re-pointed and tested, or could not be.
    Connection(ConnectionOutcome),
    /// An integration of the target was activated, or could not be.
    Activation(ActivationOutcome),
    /// The run ended; nothing of it is left to do.
    Finished {
        /// The exit code that the command answered.
        exit: Exit,
        /// One line for `ferry runs list`.
        note: String,
    },
    /// The operator closed the run by `ferry runs abandon`.
    Abandoned,
}

/// What happened on the way to a job: shared by export and import.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum StartEvent {
    /// A POST follows. Synced to disk before it is sent.
    Intent {
        /// When, by the local wall clock.
        at: Timestamp,
        /// The bucket as it was listed just before.
        before: Vec<Listed>,
        /// Which bucket; journals of an earlier version do not tell.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        bucket: Option<StorageUrl>,
    },
    /// The service has started (or is known to have started) the job.
    Accepted {
        /// Its id.
        job: JobId,
        /// The archive's name, where the service told it.
        archive: Option<String>,
        /// How it is known that the job is ours, where the POST's answer did not say so.
        adopted: Option<String>,
    },
    /// It is certain that no job was started.
    NotStarted {
        /// Why.
        why: String,
    },
    /// The request may have been carried out; no answer tells.
    Unknown {
        /// What was seen instead of an answer.
        why: String,
    },
    /// Another job of the kind runs (409).
    Busy {
        /// The service's words.
        why: String,
    },
    /// The job name is taken (409).
    NameExists {
        /// The service's words.
        why: String,
    },
    /// An object of the job's archive name is in the bucket, and it is ours.
    FoundByName {
        /// As listed.
        object: Listed,
    },
    /// Nothing in the bucket tells that the job was started.
    LookedInVain,
    /// The operator says what became of a POST whose answer is lost.
    Assumed {
        /// Whether it started a job.
        started: bool,
    },
}

/// What happened in an export.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ExportEvent {
    /// The name was fixed.
    Named {
        /// The job's name.
        name: JobName,
        /// Whether the operator gave it (`--name`).
        given: bool,
        /// Whether an archive of that name is to be replaced.
        overwrite: bool,
    },
    /// On the way to a job.
    Start(StartEvent),
    /// The job ended well enough to look for its archive.
    JobEnded {
        /// The last answer.
        snapshot: JobSnapshot,
    },
    /// The finished zip was found, read and verified.
    Verified {
        /// As listed.
        object: Listed,
        /// SHA-256 of its bytes, lower-case hex.
        sha256: String,
        /// MD5 of its bytes, lower-case hex.
        md5: String,
        /// Entries of the zip.
        entries: u64,
    },
}

/// What happened in an import.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ImportEvent {
    /// The archive is in the target's bucket, whole.
    Placed {
        /// Its name there.
        object: ObjectName,
        /// Bytes.
        bytes: u64,
        /// SHA-256, lower-case hex.
        sha256: String,
    },
    /// The name was fixed.
    Named {
        /// The job's name.
        name: JobName,
    },
    /// On the way to a job.
    Start(StartEvent),
    /// The job ended.
    JobEnded {
        /// The last answer.
        snapshot: JobSnapshot,
    },
    /// The job's id is not known: what it was to bring was looked for instead.
    Unseen {
        /// What is not there, `[PROJECT/]CODE|VERSION`.
        missing: Vec<String>,
    },
}

/// What became of one connection of the target.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct ConnectionOutcome {
    /// Its id.
    pub id: String,
    /// The project it lives in, where it does.
    pub project: Option<String>,
    /// Names of the properties that got a new value.
    pub changed: Vec<String>,
    /// The test's status as it came; `None` when it was not tested.
    pub test: Option<String>,
    /// Why it could not be re-pointed or tested.
    pub problem: Option<String>,
}

/// What became of one integration of the target.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct ActivationOutcome {
    /// `CODE|VERSION`.
    pub id: String,
    /// The project it lives in, where it does.
    pub project: Option<String>,
    /// The status as it came at the end.
    pub status: String,
    /// Why it is not active.
    pub problem: Option<String>,
    /// Whether a safety rail stopped it.
    pub stopped: bool,
}

/// What happened to an integration of the target that was live.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum LiveEvent {
    /// The requests that turn it off follow.
    Stopping {
        /// `CODE|VERSION`.
        id: String,
        /// The project it lives in, where it does.
        project: Option<String>,
        /// The status of its schedule, where it had one.
        schedule: Option<String>,
        /// What was recorded of its messages; journals of an earlier version do not tell.
        #[serde(default, skip_serializing_if = "Tracing::is_off")]
        tracing: Tracing,
    },
    /// It is off.
    Stopped {
        /// `CODE|VERSION`.
        id: String,
        /// The project it lives in, where it does.
        project: Option<String>,
    },
    /// Before anything was imported it was made live again, or could not be.
    BroughtBack {
        /// `CODE|VERSION`.
        id: String,
        /// The project it lives in, where it does.
        project: Option<String>,
        /// Why it is not as it was.
        problem: Option<String>,
    },
}

/// What became of one lookup of the target.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct LookupOutcome {
    /// Its name.
    pub name: String,
    /// The project it lives in, where it does.
    pub project: Option<String>,
    /// How many rows are other than they came.
    pub changed: usize,
    /// Why it could not be given its rows.
    pub problem: Option<String>,
}

/// What happened to a schedule.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ScheduleEvent {
    /// The request that starts it follows.
    Starting {
        /// The integration, `CODE|VERSION`.
        id: String,
        /// The project it lives in, where it does.
        project: Option<String>,
    },
    /// What became of it.
    Ended(ScheduleOutcome),
}

/// What became of one schedule of the target.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct ScheduleOutcome {
    /// The integration, `CODE|VERSION`.
    pub id: String,
    /// The project it lives in, where it does.
    pub project: Option<String>,
    /// Its status as it came at the end.
    pub status: String,
    /// Names of the parameters that got a new value.
    pub changed: Vec<String>,
    /// Why it does not run.
    pub problem: Option<String>,
}
