//! Removing an object.

use ferry_core::ids::ObjectName;
use http::Method;

use crate::bucket::Bucket;
use crate::call::Call;
use crate::error::{Error, Subject};

impl Bucket {
    /// Removes an object. One that is not there is removed: after a lost answer, 404 is success. Of a large object the
    /// segments stay; [`remove`](crate::remove) takes them along.
    pub async fn delete(&self, name: &ObjectName) -> Result<(), Error> {
        let subject = Subject {
            doing: "removing",
            object: Some(name),
        };
        match self.send(Call::of(Method::DELETE, name), &subject).await {
            Err(error) if !error.is_not_found() => Err(error),
            _ => Ok(()),
        }
    }
}
