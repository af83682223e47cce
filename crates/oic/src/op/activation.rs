//! `GET /integrations/{id}/activationStatus`.

use crate::call::Call;
use crate::error::Error;
use crate::instance::Instance;
use crate::model::integration::IntegrationRef;
use crate::op::integration::path;
use crate::wire;

impl Instance {
    /// How far an activation is: `CONFIGURED` (not started), `ACTIVATION_INPROGRESS`, `ACTIVATED` and
    /// `FAILEDACTIVATION` are documented; it comes as the service spells it.
    pub async fn activation_status(&self, which: &IntegrationRef) -> Result<String, Error> {
        let call = Call::get(
            format!("{}/activationStatus", path(which)),
            format!("reading the activation status of {}", which.id),
        );
        let (value, evidence) = self.ask(&call).await?;
        wire::integration::activation_status(&value)
            .ok_or_else(|| Error::answer(&call.doing, "the answer tells no status", evidence))
    }
}
