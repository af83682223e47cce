//! `GET /integrations/{id}`.

use crate::call::Call;
use crate::error::Error;
use crate::instance::Instance;
use crate::model::integration::{Integration, IntegrationRef};
use crate::paging::within;
use crate::wire;

impl Instance {
    /// One integration.
    pub async fn integration(&self, which: &IntegrationRef) -> Result<Integration, Error> {
        let call = Call::get(path(which), format!("reading integration {}", which.id));
        let (value, evidence) = self.ask(&call).await?;
        wire::integration::integration(&value, which.project.as_deref())
            .ok_or_else(|| Error::answer(&call.doing, "the answer is no integration", evidence))
    }
}

/// `…/integrations/CODE%7CVERSION`.
pub(super) fn path(which: &IntegrationRef) -> String {
    let all = within(which.project.as_deref(), "integrations");
    format!("{all}/{}", which.id.path_segment())
}
