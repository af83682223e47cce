//! `GET /integrations/{id}/archive`.

use crate::call::{Call, Content};
use crate::error::Error;
use crate::instance::Instance;
use crate::model::integration::IntegrationRef;
use crate::op::integration::path;

impl Instance {
    /// One integration as an `.iar`, to be read piece by piece. It carries no endpoints and no credentials of its
    /// connections (documented). One that is locked or of Oracle's own is [`ErrorKind::Locked`](crate::ErrorKind).
    pub async fn export_integration(&self, which: &IntegrationRef) -> Result<Content, Error> {
        let call = Call::get(
            format!("{}/archive", path(which)),
            format!("exporting integration {}", which.id),
        );
        self.content(call.accepts("application/octet-stream")).await
    }
}
