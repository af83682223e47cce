//! `POST …/exportServiceInstanceArchive`.

use crate::error::StartError;
use crate::instance::Instance;
use crate::model::job::{ExportOrder, Started};
use crate::op::start::{EXPORT, Order};
use crate::wire::order::ExportBody;

impl Instance {
    /// Starts an export of all design-time metadata. The order goes out once: see
    /// [`StartErrorKind`](crate::StartErrorKind) for what a failure proves.
    pub async fn start_export(&self, order: &ExportOrder) -> Result<Started, StartError> {
        self.start(&Order {
            operation: EXPORT,
            doing: "starting an export",
            body: ExportBody::of(order, self.generation()),
            storage: &order.storage,
            names: [order.name.as_str(), ""],
        })
        .await
    }
}
