//! `GET /connections/{id}`.

use crate::call::Call;
use crate::error::Error;
use crate::instance::Instance;
use crate::model::connection::{Connection, ConnectionRef};
use crate::paging::within;
use crate::wire;

impl Instance {
    /// One connection.
    pub async fn connection(&self, which: &ConnectionRef) -> Result<Connection, Error> {
        let call = Call::get(path(which), format!("reading connection {}", which.id));
        let (value, evidence) = self.ask(&call).await?;
        wire::connection::connection(&value, which.project.as_deref())
            .ok_or_else(|| Error::answer(&call.doing, "the answer is no connection", evidence))
    }
}

pub(super) fn path(which: &ConnectionRef) -> String {
    let all = within(which.project.as_deref(), "connections");
    format!("{all}/{}", which.id.path_segment())
}
