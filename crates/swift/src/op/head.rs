//! Looking at an object.

use ferry_core::ids::ObjectName;
use http::Method;

use crate::bucket::Bucket;
use crate::call::Call;
use crate::error::{Error, Subject};
use crate::object::{ObjectInfo, Tags};

impl Bucket {
    /// Size, `ETag` and time of an object.
    pub async fn head(&self, name: &ObjectName) -> Result<ObjectInfo, Error> {
        self.look(name).await.map(|(info, _)| info)
    }

    pub(crate) async fn look(&self, name: &ObjectName) -> Result<(ObjectInfo, Tags), Error> {
        let subject = Subject {
            doing: "looking at",
            object: Some(name),
        };
        let response = self.send(Call::of(Method::HEAD, name), &subject).await?;
        ObjectInfo::from_response(&response).ok_or_else(|| Error::no_length(self, &subject))
    }
}
