//! `POST /integrations/{id}/schedule/start|stop|pause|resume`.

use serde_json::json;

use crate::call::Call;
use crate::error::Error;
use crate::instance::Instance;
use crate::model::integration::IntegrationRef;
use crate::model::schedule::ScheduleAction;
use crate::op::schedule::path;

impl Instance {
    /// Starts, stops, pauses or resumes a schedule. Stopping cancels runs that are under way, pausing lets them end
    /// (documented).
    pub async fn switch_schedule(
        &self,
        which: &IntegrationRef,
        action: ScheduleAction,
    ) -> Result<(), Error> {
        let word = action.word();
        let call = Call::post(
            format!("{}/{word}", path(which)),
            format!("{word} of the schedule of {}", which.id),
        );
        // Optional, and seen empty.
        self.tell(&call.json(&json!({}), Vec::new())).await
    }
}
