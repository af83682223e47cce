//! Opening an object for reading.

use ferry_core::ids::ObjectName;
use http::Method;

use crate::bucket::Bucket;
use crate::download::Download;
use crate::error::{Error, ErrorKind, Subject};
use crate::object::ObjectInfo;

impl Bucket {
    /// Opens an object. With `if_match` (an `ETag` without quotes) another object under that name is
    /// refused as [`ErrorKind::Precondition`].
    pub async fn get(&self, name: &ObjectName, if_match: Option<&str>) -> Result<Download, Error> {
        let subject = Subject {
            doing: "reading",
            object: Some(name),
        };
        let mut request = self.request(Method::GET, Some(name), None);
        if let Some(etag) = if_match {
            // Upstream takes both forms; whether the service takes quotes is not known, its native API
            // does without.
            request = request.map(|request| request.header("if-match", etag));
        }
        let response = self.send(request, &subject).await?;
        match ObjectInfo::from_response(&response) {
            Some((info, tags)) => Ok(Download::new(self, name, response, info, tags)),
            None => Err(Error::new(
                ErrorKind::Other,
                self,
                &subject,
                "the answer does not say how long it is",
            )),
        }
    }
}
