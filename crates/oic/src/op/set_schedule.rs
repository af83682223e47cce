//! `POST` and `PUT /integrations/{id}/schedule`.

use crate::call::Call;
use crate::error::Error;
use crate::instance::Instance;
use crate::model::integration::IntegrationRef;
use crate::model::schedule::Schedule;
use crate::op::schedule::path;
use crate::wire::schedule::ScheduleBody;

impl Instance {
    /// Defines the schedule of an integration that has none.
    pub async fn create_schedule(
        &self,
        which: &IntegrationRef,
        schedule: &Schedule,
    ) -> Result<(), Error> {
        let call = Call::post(path(which), format!("making the schedule of {}", which.id));
        self.tell(&call.json(&ScheduleBody::of(schedule), Vec::new()))
            .await
    }

    /// Puts a definition in the place of the one that is there, its parameters included (assumed).
    pub async fn replace_schedule(
        &self,
        which: &IntegrationRef,
        schedule: &Schedule,
    ) -> Result<(), Error> {
        let call = Call::put(
            path(which),
            format!("changing the schedule of {}", which.id),
        );
        self.tell(&call.json(&ScheduleBody::of(schedule), Vec::new()))
            .await
    }
}
