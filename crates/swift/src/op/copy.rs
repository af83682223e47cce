//! Copying on the server.

use ferry_core::ids::ObjectName;
use http::Method;

use crate::bucket::Bucket;
use crate::call::Call;
use crate::error::{Error, Subject};

impl Bucket {
    /// Lets the server copy an object into this bucket (upstream; not known of the service). A large object becomes one
    /// plain one.
    pub(crate) async fn copy_here(
        &self,
        from: &Bucket,
        name: &ObjectName,
        to: &ObjectName,
    ) -> Result<(), Error> {
        let subject = Subject {
            doing: "copying to",
            object: Some(to),
        };
        let bucket = from.url().bucket();
        let call = Call::of(Method::PUT, to)
            .header("x-copy-from", format!("/{bucket}/{}", name.encoded()));
        self.send(call, &subject).await.map(drop)
    }
}
