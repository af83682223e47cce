//! A namespace: its buckets.

use http::StatusCode;
use serde_json::json;

use super::listing::{Format, Page, answer, rows};
use super::reply::set;
use super::{Bucket, Store};
use crate::body::{Refused, Reply, bare};
use crate::world::Call;

/// GET: the buckets.
pub(super) fn list(store: &Store, namespace: &str, call: &Call) -> Result<Reply, Refused> {
    let format = Format::of(call)?;
    let page = Page::of(call)?;
    let buckets = store
        .accounts
        .get(namespace)
        .map(|account| &account.buckets);
    let named = buckets
        .into_iter()
        .flatten()
        .map(|(name, bucket)| (name.clone(), bucket));
    let mut reply = answer(
        format,
        &rows(named, &page),
        |name, bucket| json!({"name": name, "count": bucket.objects.len(), "bytes": bucket.bytes()}),
    );
    totals(store, namespace, &mut reply);
    Ok(reply)
}

/// HEAD: the totals.
pub(super) fn head(store: &Store, namespace: &str) -> Reply {
    let mut reply = bare(StatusCode::NO_CONTENT);
    totals(store, namespace, &mut reply);
    reply
}

fn totals(store: &Store, namespace: &str, reply: &mut Reply) {
    let Some(account) = store.accounts.get(namespace) else {
        return;
    };
    let objects: usize = account
        .buckets
        .values()
        .map(|bucket| bucket.objects.len())
        .sum();
    let bytes: u64 = account.buckets.values().map(Bucket::bytes).sum();
    let headers = reply.headers_mut();
    set(
        headers,
        "x-account-container-count",
        &account.buckets.len().to_string(),
    );
    set(headers, "x-account-object-count", &objects.to_string());
    set(headers, "x-account-bytes-used", &bytes.to_string());
}
