//! `POST` and `PUT /integrations/archive`.

use bytes::Bytes;
use ferry_core::ids::IntegrationId;
use http::Method;

use crate::call::Call;
use crate::error::Error;
use crate::instance::Instance;
use crate::multipart;
use crate::paging::within;
use crate::wire;

impl Instance {
    /// Imports an `.iar` as a new integration, or `replaces` the one that is there; tells which it is, where the answer
    /// does. A new one that is there already is [`ErrorKind::Conflict`](crate::ErrorKind::Conflict); one to be replaced
    /// that is active or locked is [`ErrorKind::Locked`](crate::ErrorKind::Locked).
    pub async fn import_integration(
        &self,
        project: Option<&str>,
        (name, content): (&str, &Bytes),
        replaces: bool,
    ) -> Result<Option<IntegrationId>, Error> {
        let path = format!("{}/archive", within(project, "integrations"));
        let (method, doing) = if replaces {
            (Method::PUT, format!("replacing an integration by {name}"))
        } else {
            (Method::POST, format!("importing {name}"))
        };
        let (kind, form) = multipart::file("file", name, content);
        let (location, body) = self
            .told(&Call::new(method, path, doing).body(kind, form))
            .await?;
        let located = location.and_then(|location| wire::integration::located(&location));
        Ok(located.or_else(|| {
            let found = wire::integration::integration(&body?, project)?;
            Some(found.id)
        }))
    }
}
