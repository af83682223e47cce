//! A bucket: made, looked at, listed, removed.

use http::StatusCode;
use serde_json::json;

use super::history::Entry;
use super::listing::{Format, Page, View, answer, rows};
use super::reply::{last_modified, refuse, seconds, set};
use super::serve::forbidden;
use super::{Bucket, BucketKey, Store, before};
use crate::body::{Refused, Reply, bare};
use crate::world::Call;

/// The longest name of a bucket.
const LONGEST_NAME: usize = 256;

/// PUT: 201 for a new bucket, 202 for one that is there.
pub(super) fn put(
    store: &mut Store,
    key: &BucketKey,
    user: &str,
    forbidden_status: u16,
) -> Result<Reply, Refused> {
    if let Some(bucket) = store.bucket(key) {
        return if bucket.members.contains(user) {
            Ok(bare(StatusCode::ACCEPTED))
        } else {
            Err(forbidden(forbidden_status))
        };
    }
    let allowed = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
    if key.bucket.len() > LONGEST_NAME || !key.bucket.chars().all(allowed) {
        return Err(refuse(
            StatusCode::BAD_REQUEST,
            "InvalidBucketName",
            "A bucket's name holds letters, digits, '-', '_' and '.', at most 256.",
            "not a bucket's name",
        ));
    }
    store.create_bucket(&key.namespace, &key.bucket, user, &[]);
    Ok(bare(StatusCode::CREATED))
}

/// HEAD: the totals.
pub(super) fn head(store: &Store, key: &BucketKey) -> Result<Reply, Refused> {
    let mut reply = bare(StatusCode::NO_CONTENT);
    totals(store.need(key)?, &mut reply);
    Ok(reply)
}

/// DELETE: of an empty bucket.
pub(super) fn delete(store: &mut Store, key: &BucketKey) -> Result<Reply, Refused> {
    let bucket = store.need(key)?;
    if !bucket.objects.is_empty() || !bucket.late.is_empty() {
        return Err(refuse(
            StatusCode::CONFLICT,
            "BucketNotEmpty",
            "The bucket is not empty.",
            "the bucket is not empty",
        ));
    }
    if let Some(account) = store.accounts.get_mut(&key.namespace) {
        account.buckets.remove(&key.bucket);
    }
    Ok(bare(StatusCode::NO_CONTENT))
}

/// GET: the objects.
pub(super) fn list(
    store: &Store,
    key: &BucketKey,
    call: &Call,
    view: View,
) -> Result<Reply, Refused> {
    let format = Format::of(call)?;
    let page = Page::of(call)?;
    let bucket = store.need(key)?;
    let rows = match view {
        View::Empty => Vec::new(),
        View::Ago(0) => {
            let from = bucket.objects.range::<str, _>(page.bounds());
            rows(
                from.map(|(name, object)| (name.clone(), Entry::of(object))),
                &page,
            )
        }
        View::Ago(span) => rows(bucket.as_of(before(store.now, span)).into_iter(), &page),
    };
    let mut reply = answer(format, &rows, |name, entry: &Entry| {
        json!({
            "name": name,
            "bytes": entry.bytes,
            "hash": entry.hash,
            "content_type": entry.content_type(),
            "last_modified": entry.modified.strftime("%Y-%m-%dT%H:%M:%S%.6f").to_string(),
        })
    });
    totals(bucket, &mut reply);
    Ok(reply)
}

fn totals(bucket: &Bucket, reply: &mut Reply) {
    let headers = reply.headers_mut();
    last_modified(headers, bucket.created);
    set(headers, "x-timestamp", &seconds(bucket.created));
    set(
        headers,
        "x-container-object-count",
        &bucket.objects.len().to_string(),
    );
    set(
        headers,
        "x-container-bytes-used",
        &bucket.bytes().to_string(),
    );
    set(headers, "accept-ranges", "bytes");
}
