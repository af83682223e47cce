//! `GET …/exportServiceInstanceArchive/{jobId}`, and the same for imports.

use ferry_core::ids::{JobId, JobKind};
use ferry_core::job::JobSnapshot;

use crate::call::{COMMON, Call};
use crate::error::Error;
use crate::instance::Instance;
use crate::op::start::{EXPORT, IMPORT};
use crate::wire;

impl Instance {
    /// What an export job does now.
    pub async fn export_status(&self, job: &JobId) -> Result<JobSnapshot, Error> {
        self.job_status(JobKind::Export, job).await
    }

    /// What an import job does now.
    pub async fn import_status(&self, job: &JobId) -> Result<JobSnapshot, Error> {
        self.job_status(JobKind::Import, job).await
    }

    /// What a job does now. The two kinds number their jobs apart.
    ///
    /// Tells what the answer says and no more: an archive is named only where the answer names it.
    pub async fn job_status(&self, kind: JobKind, job: &JobId) -> Result<JobSnapshot, Error> {
        let operation = match kind {
            JobKind::Export => EXPORT,
            JobKind::Import => IMPORT,
        };
        let call = Call::get(
            format!("{COMMON}/{operation}/{}", job.path_segment()),
            format!("reading the status of {kind} job {job}"),
        );
        let (value, evidence) = self.ask(&call).await?;
        wire::job::snapshot(&value).ok_or_else(|| {
            Error::answer(&call.doing, "the answer tells no state of a job", evidence)
        })
    }
}
