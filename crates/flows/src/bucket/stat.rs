//! Looking at one object.

use ferry_core::ids::ObjectName;
use jiff::Timestamp;
use serde::Serialize;

use super::NamedBucket;
use super::card::Card;
use crate::{Context, Failure};

/// One object.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct ObjectReport {
    /// The bucket's Swift URL.
    pub bucket: String,
    /// Its name.
    pub name: String,
    /// Its size.
    pub bytes: u64,
    /// Its `ETag`: an MD5 of the content on some servers.
    pub etag: Option<String>,
    /// When it was written.
    pub modified: Option<Timestamp>,
    /// Its media type.
    pub content_type: Option<String>,
    /// SHA-256 by its card, where it has one.
    pub sha256: Option<String>,
}

/// Looks at an object; one that is not there is exit 1.
pub async fn stat(
    context: &Context,
    bucket: &NamedBucket,
    name: &ObjectName,
) -> Result<ObjectReport, Failure> {
    let info = context
        .unless_stopped(bucket.bucket.head(name))
        .await?
        .map_err(|error| Failure::bucket(error, format!("cannot look at {name}")))?;
    let card = Card::read(context, &bucket.bucket, name).await?;
    Ok(ObjectReport {
        bucket: bucket.url().to_string(),
        name: name.to_string(),
        bytes: info.bytes,
        etag: info.etag,
        modified: info.modified,
        content_type: info.content_type,
        // The card of an earlier object of this name tells nothing of this one.
        sha256: card
            .filter(|card| card.bytes == info.bytes)
            .map(|card| card.sha256),
    })
}
