//! Removing an object.

use ferry_core::ids::ObjectName;
use http::Method;

use crate::bucket::Bucket;
use crate::error::{Error, Subject};

impl Bucket {
    /// Removes an object. One that is not there is removed: after a lost answer, 404 is success.
    pub async fn delete(&self, name: &ObjectName) -> Result<(), Error> {
        let subject = Subject {
            doing: "removing",
            object: Some(name),
        };
        let request = self.request(Method::DELETE, Some(name), None);
        match self.send(request, &subject).await {
            Err(error) if !error.is_not_found() => Err(error),
            _ => Ok(()),
        }
    }
}
