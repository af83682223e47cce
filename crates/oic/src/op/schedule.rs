//! `GET /integrations/{id}/schedule`.

use crate::call::Call;
use crate::error::Error;
use crate::instance::Instance;
use crate::model::integration::IntegrationRef;
use crate::model::schedule::Schedule;
use crate::op::integration;
use crate::wire;

impl Instance {
    /// When an integration runs; [`ErrorKind::NotFound`](crate::ErrorKind::NotFound) where nothing says so.
    pub async fn schedule(&self, which: &IntegrationRef) -> Result<Schedule, Error> {
        let call = Call::get(path(which), format!("reading the schedule of {}", which.id));
        let (value, evidence) = self.ask(&call).await?;
        wire::schedule::schedule(&value)
            .ok_or_else(|| Error::answer(&call.doing, "the answer is no schedule", evidence))
    }
}

pub(super) fn path(which: &IntegrationRef) -> String {
    format!("{}/schedule", integration::path(which))
}
