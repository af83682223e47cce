//! `POST …/importServiceInstanceArchive`.

use crate::error::StartError;
use crate::instance::Instance;
use crate::model::job::{ImportOrder, Started};
use crate::op::start::{IMPORT, Order};
use crate::wire::order::ImportBody;

impl Instance {
    /// Starts an import of an archive. The order goes out once: see
    /// [`StartErrorKind`](crate::StartErrorKind) for what a failure proves.
    pub async fn start_import(&self, order: &ImportOrder) -> Result<Started, StartError> {
        self.start(&Order {
            operation: IMPORT,
            doing: "starting an import",
            body: ImportBody::of(order, self.generation()),
            storage: &order.storage,
            names: [order.name.as_str(), &order.archive],
        })
        .await
    }
}
