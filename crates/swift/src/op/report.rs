//! The report on many removals.

use ferry_http::Response;
use serde::Deserialize;

use crate::bucket::Bucket;
use crate::error::{Error, ErrorKind, Subject};

/// Its own status is the truth: the answer's is always 200 (documented).
#[derive(Deserialize)]
pub(super) struct Report {
    #[serde(rename = "Response Status")]
    status: String,
    /// What was not removed, and why.
    #[serde(rename = "Errors")]
    pub(super) errors: Vec<(String, String)>,
}

const LONGEST: usize = 16 << 20;

impl Report {
    /// Reads it. One that names no errors must be of success.
    pub(super) async fn of(
        response: Response,
        bucket: &Bucket,
        subject: &Subject<'_>,
    ) -> Result<Self, Error> {
        let report: Self = response
            .json(LONGEST)
            .await
            .map_err(|error| Error::http(error, bucket, subject))?;
        // "404 Not Found" of things that were all gone already.
        let fine = report.status.starts_with("200") || report.status.starts_with("404");
        if report.errors.is_empty() && !fine {
            let why = format!("the server's report says {}", report.status);
            return Err(Error::new(ErrorKind::Other, bucket, subject, &why));
        }
        Ok(report)
    }
}
