//! `POST /integrations/{id}/schedule/start|stop|pause|resume`.

use serde_json::{Value, json};

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
        self.change_schedule(which, action, &json!({})).await
    }

    /// Starts a schedule, whose runs begin with these parameters. That the list holds names and values is assumed.
    pub async fn start_schedule(
        &self,
        which: &IntegrationRef,
        parameters: &[(String, String)],
    ) -> Result<(), Error> {
        let pair = |(name, value): &(String, String)| json!({"name": name, "value": value});
        let parameters: Vec<Value> = parameters.iter().map(pair).collect();
        let body = json!({"action": "NOW", "parameters": parameters});
        self.change_schedule(which, ScheduleAction::Start, &body)
            .await
    }

    async fn change_schedule(
        &self,
        which: &IntegrationRef,
        action: ScheduleAction,
        body: &Value,
    ) -> Result<(), Error> {
        let word = action.word();
        let call = Call::post(
            format!("{}/{word}", path(which)),
            format!("{word} of the schedule of {}", which.id),
        );
        // Optional, and seen empty.
        self.tell(&call.json(body, Vec::new())).await
    }
}
