//! `GET /integrations/{id}/activationErrors`.

use crate::call::Call;
use crate::error::Error;
use crate::instance::Instance;
use crate::model::integration::IntegrationRef;
use crate::op::integration::path;
use crate::wire;

impl Instance {
    /// Why the last activation failed, as one line without markup; `None` where the service tells of no error.
    pub async fn activation_errors(&self, which: &IntegrationRef) -> Result<Option<String>, Error> {
        let call = Call::get(
            format!("{}/activationErrors", path(which)),
            format!("reading the activation errors of {}", which.id),
        );
        let (value, evidence) = self.ask(&call).await?;
        if value.is_object() {
            Ok(wire::integration::activation_errors(&value))
        } else {
            Err(Error::answer(
                &call.doing,
                "the answer is no report",
                evidence,
            ))
        }
    }
}
