//! Removing many objects by one request.

use bytes::Bytes;
use ferry_core::ids::ObjectName;
use ferry_http::{Body, Repeat};
use http::Method;
use percent_encoding::percent_decode_str;

use super::report::Report;
use crate::bucket::Bucket;
use crate::call::Call;
use crate::error::{Error, ErrorKind, Subject};

/// So many names go into one request (upstream takes 10 000).
pub const MOST_REMOVED: usize = 1000;

impl Bucket {
    /// Removes up to [`MOST_REMOVED`] objects by one request (upstream's bulk delete; only where it was seen to work). Gives
    /// those that were not removed, each with the server's reason. One that is not there is removed.
    pub async fn delete_many(
        &self,
        names: &[ObjectName],
    ) -> Result<Vec<(ObjectName, String)>, Error> {
        let subject = Subject {
            doing: "removing many objects",
            object: None,
        };
        let bucket = self.url().bucket();
        let paths: Vec<String> = names
            .iter()
            .map(|name| format!("{bucket}/{}", name.encoded()))
            .collect();
        let call = Call::of_bucket(Method::POST)
            .query("bulk-delete")
            .header("content-type", "text/plain")
            .header("accept", "application/json")
            .repeat(Repeat::Always)
            .body(Body::Bytes(Bytes::from(paths.join("\n"))));
        let response = self.send(call, &subject).await?;
        let report = Report::of(response, self, &subject).await?;
        let mut left = Vec::new();
        for (path, reason) in report.errors {
            let told = percent_decode_str(path.trim_start_matches('/')).decode_utf8_lossy();
            let name = told
                .strip_prefix(bucket.as_str())
                .and_then(|name| name.strip_prefix('/'));
            let name = name.and_then(|told| names.iter().find(|name| name.as_str() == told));
            let Some(name) = name else {
                let why = format!("the server's report names {path}, which was not asked for");
                return Err(Error::new(ErrorKind::Other, self, &subject, &why));
            };
            left.push((name.clone(), reason));
        }
        Ok(left)
    }
}
