//! Looking at an object.

use ferry_core::ids::ObjectName;
use http::Method;

use crate::bucket::Bucket;
use crate::error::{Error, ErrorKind, Subject};
use crate::object::ObjectInfo;

impl Bucket {
    /// Size, `ETag` and time of an object.
    pub async fn head(&self, name: &ObjectName) -> Result<ObjectInfo, Error> {
        let subject = Subject {
            doing: "looking at",
            object: Some(name),
        };
        let request = self.request(Method::HEAD, Some(name), None);
        let response = self.send(request, &subject).await?;
        match ObjectInfo::from_response(&response) {
            Some((info, _)) => Ok(info),
            None => Err(Error::new(
                ErrorKind::Other,
                self,
                &subject,
                "the answer does not say how long it is",
            )),
        }
    }
}
