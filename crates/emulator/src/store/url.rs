//! Storage URLs, as the integration service is given them.

use http::Uri;

use super::target::{Target, target};
use super::{BucketKey, StoreRefusal};
use crate::route::{is_loopback, is_store_host};

/// The bucket of `https://<host>/v1/<namespace>/<bucket>`, with or without a slash behind.
pub(super) fn bucket_of(storage_url: &str) -> Result<BucketKey, StoreRefusal> {
    let url: Uri = storage_url.parse().map_err(|_| StoreRefusal::BadUrl)?;
    if !matches!(url.scheme_str(), Some("http" | "https")) {
        return Err(StoreRefusal::BadUrl);
    }
    let host = url.host().ok_or(StoreRefusal::BadUrl)?.to_ascii_lowercase();
    let host = host.trim_start_matches('[').trim_end_matches(']');
    if !is_store_host(host) && !is_loopback(host) {
        return Err(StoreRefusal::NoSuchHost);
    }
    match target(url.path()) {
        Ok(Target::Bucket(key)) => Ok(key),
        _ => Err(StoreRefusal::BadUrl),
    }
}
