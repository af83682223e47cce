//! What the flows answer. Field names are part of `-o json` and never change their meaning.

use ferry_core::exit::Exit;
use ferry_core::flow::{ActivationOutcome, ConnectionOutcome, LookupOutcome, ScheduleOutcome};
use ferry_core::job::{Component, JobSnapshot, Listed};
use ferry_core::plan::Saved;
use serde::Serialize;

/// An archive in a bucket.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct ArchiveReport {
    /// The bucket's Swift URL.
    pub bucket: String,
    /// The object's name.
    pub name: String,
    /// Its size.
    pub bytes: u64,
    /// SHA-256 of its bytes, lower-case hex.
    pub sha256: String,
    /// Entries of the zip, where it was opened.
    pub entries: Option<u64>,
}

/// What an export came to.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct ExportReport {
    /// The exit code's meaning.
    #[serde(skip)]
    pub exit: Exit,
    /// The run.
    pub run: Option<String>,
    /// The environment.
    pub environment: String,
    /// The job's name.
    pub job_name: Option<String>,
    /// The job's id; `None` when only its archive is known.
    pub job: Option<String>,
    /// The job's state as it came; `None` when it is not known.
    pub job_state: Option<String>,
    /// Its components.
    pub components: Vec<Component>,
    /// The verified archive; `None` with `--no-wait` and `--dry-run`.
    pub archive: Option<ArchiveReport>,
    /// Where it was downloaded to.
    pub downloaded: Option<String>,
    /// What would be done (`--dry-run`), or how to go on (`--no-wait`).
    pub next: Vec<String>,
    /// What is worth knowing.
    pub notes: Vec<String>,
}

/// What an import came to.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct ImportReport {
    /// The exit code's meaning.
    #[serde(skip)]
    pub exit: Exit,
    /// The run.
    pub run: Option<String>,
    /// The environment.
    pub environment: String,
    /// The import mode.
    pub mode: String,
    /// The job's name.
    pub job_name: Option<String>,
    /// The job's id.
    pub job: Option<String>,
    /// The job's state as it came.
    pub job_state: Option<String>,
    /// Its components.
    pub components: Vec<Component>,
    /// The archive in the target's bucket.
    pub archive: Option<ArchiveReport>,
    /// What the target holds now, where it could be read.
    pub target: Option<TargetReport>,
    /// What would be done (`--dry-run`), or how to go on (`--no-wait`).
    pub next: Vec<String>,
    /// What is worth knowing.
    pub notes: Vec<String>,
}

/// What a target holds, from its REST inventory.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct TargetReport {
    /// Its integrations.
    pub integrations: Vec<IntegrationRow>,
    /// Its connections.
    pub connections: Vec<ConnectionRow>,
}

/// One integration.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct IntegrationRow {
    /// `CODE|VERSION`.
    pub id: String,
    /// The project it lives in.
    pub project: Option<String>,
    /// Status as it came.
    pub status: String,
}

/// One connection.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct ConnectionRow {
    /// Its id.
    pub id: String,
    /// The project it lives in.
    pub project: Option<String>,
    /// The adapter's name.
    pub adapter: Option<String>,
    /// Status as it came.
    pub status: String,
}

/// What a promotion came to.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct PromoteReport {
    /// The exit code's meaning.
    #[serde(skip)]
    pub exit: Exit,
    /// The run.
    pub run: Option<String>,
    /// The source.
    pub from: String,
    /// The target.
    pub to: String,
    /// The export; `None` before it was done, and where an archive was given.
    pub export: Option<ExportReport>,
    /// The plan that waits for an approval.
    pub plan: Option<Saved>,
    /// The target's export, made before anything was changed there.
    pub safety_copy: Option<ExportReport>,
    /// What was live and was stopped meanwhile, `[PROJECT/]CODE|VERSION`.
    pub stopped: Vec<String>,
    /// The import; `None` before it was done.
    pub import: Option<ImportReport>,
    /// The connections that were re-pointed and tested.
    pub connections: Vec<ConnectionOutcome>,
    /// The lookups that were given rows.
    pub lookups: Vec<LookupOutcome>,
    /// The integrations that were to be active.
    pub activations: Vec<ActivationOutcome>,
    /// The schedules that were set, or that were to run.
    pub schedules: Vec<ScheduleOutcome>,
    /// What the plan promised and the target does not hold at the end.
    pub missed: Vec<String>,
    /// What would be done (`--dry-run`), or how to go on (`--no-wait`).
    pub next: Vec<String>,
    /// What is worth knowing.
    pub notes: Vec<String>,
}

/// What is known of one job: built from job, archive and target, since no call for a report is documented.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct JobReport {
    /// The exit code's meaning.
    #[serde(skip)]
    pub exit: Exit,
    /// The environment.
    pub environment: String,
    /// `export` or `import`.
    pub kind: String,
    /// The job's id.
    pub job: String,
    /// Its last answer.
    pub snapshot: JobSnapshot,
    /// The archive as the bucket lists it, for an export.
    pub archive: Option<Listed>,
    /// What the target holds now, for an import.
    pub target: Option<TargetReport>,
    /// What is worth knowing.
    pub notes: Vec<String>,
}
