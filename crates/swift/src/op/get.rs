//! Opening an object for reading.

use std::sync::Arc;

use ferry_core::ids::ObjectName;
use ferry_http::Response;
use http::Method;

use crate::bucket::Bucket;
use crate::call::Call;
use crate::download::Download;
use crate::error::{Error, Subject};
use crate::object::ObjectInfo;
use crate::reading::Pinned;

impl Bucket {
    /// Opens an object. With `if_match` (an `ETag` without quotes) another object under that name is
    /// refused as [`ErrorKind::Precondition`](crate::ErrorKind::Precondition).
    pub async fn get(&self, name: &ObjectName, if_match: Option<&str>) -> Result<Download, Error> {
        let (pinned, response) = self.open(name, if_match).await?;
        Ok(Download::new(pinned, response))
    }

    /// The facts of an object and the answer whose body it is.
    pub(crate) async fn open(
        &self,
        name: &ObjectName,
        if_match: Option<&str>,
    ) -> Result<(Arc<Pinned>, Response), Error> {
        let subject = Subject {
            doing: "reading",
            object: Some(name),
        };
        let mut call = Call::of(Method::GET, name);
        if let Some(etag) = if_match {
            // Upstream takes both forms; whether the service takes quotes is not known, its native API
            // does without.
            call = call.header("if-match", etag);
        }
        let response = self.send(call, &subject).await?;
        let (info, tags) =
            ObjectInfo::from_response(&response).ok_or_else(|| Error::no_length(self, &subject))?;
        let pinned = Pinned {
            bucket: self.clone(),
            name: name.clone(),
            info,
            tags,
        };
        Ok((Arc::new(pinned), response))
    }
}
