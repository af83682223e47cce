//! `PATCH /integrations/{id}`: activating and deactivating.

use ferry_core::model::Tracing;
use serde::Serialize;

use crate::call::Call;
use crate::error::Error;
use crate::instance::Instance;
use crate::model::integration::IntegrationRef;
use crate::op::integration::path;
use crate::wire;

#[derive(Default, Serialize)]
#[serde(rename_all = "camelCase")]
struct Switch {
    status: &'static str,
    /// Text, not a flag (seen). Deactivating under a running schedule is a known way to fail.
    #[serde(skip_serializing_if = "Option::is_none")]
    stop_schedule_for_deactivation: Option<&'static str>,
    // The names are those of answers, that a request takes them is assumed; texts, as the one above.
    #[serde(skip_serializing_if = "Option::is_none")]
    tracing_enabled_flag: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    payload_tracing_enabled_flag: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    record_enabled_flag: Option<&'static str>,
}

impl Instance {
    /// Activates an integration, traced so, without waiting for it, and gives the status of the answer
    /// (`ACTIVATION_INPROGRESS` or `ACTIVATED`): go on with [`Instance::activation_status`].
    ///
    /// The service deactivates another version of the same major number by itself (documented).
    pub async fn activate(
        &self,
        which: &IntegrationRef,
        tracing: Tracing,
    ) -> Result<String, Error> {
        let on = |flag: bool| flag.then_some("true");
        let body = Switch {
            status: "ACTIVATED",
            tracing_enabled_flag: on(tracing.tracing),
            payload_tracing_enabled_flag: on(tracing.payload),
            record_enabled_flag: on(tracing.record),
            ..Switch::default()
        };
        let doing = format!("activating integration {}", which.id);
        let call = Call::patch(path(which), doing).query("enableAsyncActivationMode", "true");
        self.switch(&call.json(&body, Vec::new())).await
    }

    /// Deactivates an integration, its schedule included, and gives the status of the answer; there is no
    /// call that tells how far it is, so look at the integration until its status is `CONFIGURED`.
    pub async fn deactivate(&self, which: &IntegrationRef) -> Result<String, Error> {
        let body = Switch {
            status: "CONFIGURED",
            stop_schedule_for_deactivation: Some("true"),
            ..Switch::default()
        };
        let doing = format!("deactivating integration {}", which.id);
        let call = Call::patch(path(which), doing);
        self.switch(&call.json(&body, Vec::new())).await
    }

    async fn switch(&self, call: &Call<'_>) -> Result<String, Error> {
        let (value, evidence) = self.ask(call).await?;
        wire::integration::activation_status(&value)
            .ok_or_else(|| Error::answer(&call.doing, "the answer tells no status", evidence))
    }
}
