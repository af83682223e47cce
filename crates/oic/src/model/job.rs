//! Orders for the two kinds of job.

use ferry_core::ids::{JobId, JobName};
use ferry_core::job::{ImportMode, JobState};
use ferry_core::storage::{StorageUrl, SwiftUser};
use secrecy::SecretString;

/// The bucket that the *service* is to use, and the sign-in it gets for it.
///
/// The password goes in the request's body, to the instance's own origin, over `https` or loopback only:
/// checked before anything is sent. `Debug` hides it.
#[derive(Debug, Clone)]
pub struct StorageInfo {
    /// The bucket's Swift URL.
    pub url: StorageUrl,
    /// The Swift user.
    pub user: SwiftUser,
    /// An *auth token* of that user.
    pub password: SecretString,
}

/// What an export is asked to do. A Gen2 instance is sent `storage` only: its call has no other field.
#[derive(Debug, Clone)]
pub struct ExportOrder {
    /// Names the job and, on Gen3, the archive.
    pub name: JobName,
    /// Free text.
    pub description: Option<String>,
    /// Whether credentials and certificates travel; always sent on Gen3, as the default is not documented.
    pub security_artifacts: bool,
    /// Whether an archive of that name is replaced; sent when true (false is the documented default).
    pub overwrite: bool,
    /// Where the archive goes.
    pub storage: StorageInfo,
}

/// What an import is asked to do. A Gen2 instance is sent archive, mode, storage and the two schedule
/// switches only.
#[derive(Debug, Clone)]
pub struct ImportOrder {
    /// The object's name in the bucket, exactly as the export reported it.
    pub archive: String,
    /// Import, activate, or both.
    pub mode: ImportMode,
    /// Names the job.
    pub name: JobName,
    /// Free text.
    pub description: Option<String>,
    /// Whether credentials and certificates in the archive are taken over; always sent on Gen3.
    pub security_artifacts: bool,
    /// Starts schedules. The request's field name is assumed from the answer's; sent when true.
    pub start_schedules: bool,
    /// Takes schedule parameters over. The field name is assumed likewise; sent when true.
    pub schedule_params: bool,
    /// Where the archive is.
    pub storage: StorageInfo,
}

/// A job that the service has accepted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Started {
    /// Its id.
    pub job: JobId,
    /// The archive's name, where the answer tells it already.
    pub archive: Option<String>,
    /// Its state at once; `NOT_STARTED` was seen.
    pub state: Option<JobState>,
}
