//! `PATCH /connections/{id}`.

use crate::call::Call;
use crate::error::Error;
use crate::instance::Instance;
use crate::model::connection::{ConnectionRef, ConnectionUpdate};
use crate::op::connection::path;
use crate::wire::connection::UpdateBody;

impl Instance {
    /// Changes properties, security policy, credentials or agent group of a connection; the service ignores
    /// everything else (documented). Setting the same values twice does no more than once, so a passing
    /// fault is repeated.
    pub async fn update_connection(
        &self,
        which: &ConnectionRef,
        update: &ConnectionUpdate,
    ) -> Result<(), Error> {
        let secrets = update.security_properties.iter();
        let secrets = secrets.map(|property| &property.value).collect();
        let call = Call::patch(path(which), format!("updating connection {}", which.id))
            .json(&UpdateBody::of(update), secrets)
            .repeatable();
        self.tell(&call).await
    }
}
