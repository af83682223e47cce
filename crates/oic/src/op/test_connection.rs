//! `POST /connections/{id}/test`.

use crate::call::Call;
use crate::error::{Error, ErrorKind};
use crate::instance::Instance;
use crate::model::connection::{ConnectionRef, TestResult};
use crate::op::connection::path;
use crate::wire;

impl Instance {
    /// Lets the service try a connection. A connection that lacks something is
    /// [`ErrorKind::NotConfigured`] (409), one that is open in an editor [`ErrorKind::Locked`] (412).
    pub async fn test_connection(&self, which: &ConnectionRef) -> Result<TestResult, Error> {
        let call = Call::post(
            format!("{}/test", path(which)),
            format!("testing connection {}", which.id),
        )
        .repeatable();
        let (value, evidence) = self.ask(&call).await.map_err(|error| match error.kind() {
            ErrorKind::Conflict => error.seen_as(ErrorKind::NotConfigured),
            _ => error,
        })?;
        wire::connection::tested(&value).ok_or_else(|| {
            Error::answer(
                &call.doing,
                "the answer does not tell how it went",
                evidence,
            )
        })
    }
}
