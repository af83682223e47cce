//! `POST /connections/{id}/attachments/{property}`.

use bytes::Bytes;

use crate::call::{Call, encoded};
use crate::error::Error;
use crate::instance::Instance;
use crate::model::connection::ConnectionRef;
use crate::multipart;
use crate::op::connection::path;

impl Instance {
    /// Uploads a file as the value of a property. That the form's part is called `file`, as in the other uploads, is
    /// assumed. The same file twice does no more than once, so a passing fault is repeated.
    pub async fn attach(
        &self,
        which: &ConnectionRef,
        property: &str,
        (name, content): (&str, &Bytes),
    ) -> Result<(), Error> {
        let (kind, form) = multipart::file("file", name, content);
        let call = Call::post(
            format!("{}/attachments/{}", path(which), encoded(property)),
            format!("uploading {property} of connection {}", which.id),
        )
        .body(kind, form)
        .repeatable();
        self.tell(&call).await
    }
}
