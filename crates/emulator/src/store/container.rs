//! A bucket (a container): made, described, listed, removed.

use std::collections::BTreeMap;

use http::{HeaderMap, StatusCode};
use serde_json::{Value, json};

use super::access::Access;
use super::account::{POLICY, vary};
use super::dialect::Dialect;
use super::history::Entry;
use super::listing::{self, Fields, Form, Page, Row, Shown, View, answer, typed};
use super::meta::{self, Kind, Meta};
use super::problem::{PAGE, Problem, bad, no_bucket, page as page_of, typed as body_of};
use super::reply::{last_modified, listed, seconds, set, text};
use super::{Bucket, BucketKey, Object, Store, acl, before};
use crate::body::{Reply, bare};
use crate::fault::Past;
use crate::world::Call;

/// The longest name of a bucket.
const LONGEST_NAME: usize = 256;

/// Headers that only an owner sets and sees.
const OWNERS: [&str; 4] = [
    "x-container-read",
    "x-container-write",
    "x-container-sync-key",
    "x-container-sync-to",
];

/// PUT: 201 for a new bucket, 202 for one that is there.
pub(super) fn put(
    store: &mut Store,
    key: &BucketKey,
    call: &Call,
    access: &Access,
    dialect: Dialect,
) -> Result<Reply, Problem> {
    quotas(&call.headers)?;
    let allowed = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
    let own = store.bucket(key).map(|bucket| bucket.meta.clone());
    let merged = settings(&own.clone().unwrap_or_default(), &call.headers, access)?;
    if let Some(policy) = text(&call.headers, "x-storage-policy")
        && !policy.is_empty()
        && !policy.eq_ignore_ascii_case(POLICY)
    {
        return Err(bad(format!("Invalid X-Storage-Policy '{policy}'")));
    }
    if key.bucket.len() > LONGEST_NAME {
        let len = key.bucket.len();
        let text = format!("Container name length of {len} longer than {LONGEST_NAME}");
        return Err(Problem::says(StatusCode::BAD_REQUEST, text).coded("InvalidBucketName"));
    }
    if dialect.native_names && !key.bucket.chars().all(allowed) {
        let text = "A bucket's name holds letters, digits, '-', '_' and '.', at most 256.";
        return Err(Problem::says(StatusCode::BAD_REQUEST, text).coded("InvalidBucketName"));
    }
    let now = store.now;
    let account = store.account_mut(&key.namespace, now);
    let bucket = account
        .buckets
        .entry(key.bucket.clone())
        .or_insert_with(|| Bucket {
            created: now,
            ..Bucket::default()
        });
    bucket.meta = merged;
    bucket.changed = Some(now);
    bucket.members.extend(access.user.clone());
    Ok(match own {
        None => answered(StatusCode::CREATED, dialect),
        Some(_) => answered(StatusCode::ACCEPTED, dialect),
    })
}

/// POST: its settings.
pub(super) fn post(
    store: &mut Store,
    key: &BucketKey,
    call: &Call,
    access: &Access,
    dialect: Dialect,
) -> Result<Reply, Problem> {
    let now = store.now;
    quotas(&call.headers)?;
    let own = store.bucket(key).map(|bucket| bucket.meta.clone());
    let merged = settings(&own.unwrap_or_default(), &call.headers, access)?;
    let bucket = store.bucket_mut(key).ok_or_else(no_bucket)?;
    bucket.meta = merged;
    bucket.changed = Some(now);
    Ok(answered(StatusCode::NO_CONTENT, dialect))
}

/// The settings of a request merged into those that there are.
fn settings(own: &Meta, headers: &HeaderMap, access: &Access) -> Result<Meta, Problem> {
    let clean = |name: &str, value: String| match name {
        "x-container-read" | "x-container-write" => {
            acl::cleaned(name, &value).map_err(|why| Problem::says(StatusCode::BAD_REQUEST, why))
        }
        _ => Ok(value),
    };
    let mut given = Vec::new();
    for name in OWNERS {
        let remove = name.replacen("x-", "x-remove-", 1);
        if let Some(value) = text(headers, name) {
            given.push((name, clean(name, value)?));
        } else if headers.contains_key(&remove) {
            given.push((name, String::new()));
        }
    }
    let mut all = meta::merged(own, headers, Kind::Container)?;
    for (name, value) in given.into_iter().filter(|_| access.owner) {
        if value.is_empty() {
            all.remove(name);
        } else {
            all.insert(name.to_owned(), value);
        }
    }
    Ok(all)
}

/// Quotas are numbers.
pub(super) fn quotas(headers: &HeaderMap) -> Result<(), Problem> {
    for quota in ["bytes", "count"] {
        let value = text(headers, &format!("x-container-meta-quota-{quota}"));
        let digits = |value: &String| value.bytes().all(|byte| byte.is_ascii_digit());
        if value.is_some_and(|value| !digits(&value)) {
            let text = format!("Invalid {quota} quota.");
            return Err(Problem::says(StatusCode::BAD_REQUEST, text));
        }
    }
    Ok(())
}

/// An answer without content: upstream has a page even where nothing is told.
pub(super) fn answered(status: StatusCode, dialect: Dialect) -> Reply {
    if !dialect.upstream {
        return bare(status);
    }
    let mut reply = body_of(page_of(status), PAGE);
    *reply.status_mut() = status;
    reply
}

/// HEAD: the totals.
pub(super) fn head(
    store: &Store,
    key: &BucketKey,
    call: &Call,
    access: &Access,
    dialect: Dialect,
) -> Result<Reply, Problem> {
    let form = listing::form(call, dialect)?;
    let bucket = store.bucket(key).ok_or_else(no_bucket)?;
    let mut reply = bare(StatusCode::NO_CONTENT);
    typed(&mut reply, form);
    described(bucket, access, call, &mut reply);
    Ok(reply)
}

/// DELETE: of an empty bucket.
pub(super) fn delete(
    store: &mut Store,
    key: &BucketKey,
    dialect: Dialect,
) -> Result<Reply, Problem> {
    let bucket = store.bucket(key).ok_or_else(no_bucket)?;
    let awaited = store.late.iter().any(|late| late.key == *key);
    if !bucket.objects.is_empty() || awaited {
        let problem = Problem::page(StatusCode::CONFLICT, "the bucket is not empty");
        return Err(problem.coded("BucketNotEmpty"));
    }
    if let Some(account) = store.accounts.get_mut(&key.namespace) {
        account.buckets.remove(&key.bucket);
    }
    Ok(answered(StatusCode::NO_CONTENT, dialect))
}

/// GET: the objects.
pub(super) fn list(
    store: &Store,
    key: &BucketKey,
    call: &Call,
    view: View,
    access: &Access,
    dialect: Dialect,
) -> Result<Reply, Problem> {
    let form = listing::form(call, dialect)?;
    let page = Page::of(call, dialect)?;
    let bucket = store.bucket(key).ok_or_else(no_bucket)?;
    let mut reply = match view.past {
        Past::Empty => told(form, &key.bucket, &[]),
        Past::Ago(0) => {
            let rows = view.rows(&bucket.objects, &page);
            let shown = shown(&key.bucket, &|name: &str, object: &Object| {
                fields(name, &Entry::of(object))
            });
            answer(form, &rows, &shown)
        }
        Past::Ago(span) => {
            let past: BTreeMap<String, Entry> = bucket.as_of(before(store.now, span));
            told(form, &key.bucket, &view.rows(&past, &page))
        }
    };
    described(bucket, access, call, &mut reply);
    Ok(reply)
}

fn told(form: Form, name: &str, rows: &[Row<'_, Entry>]) -> Reply {
    answer(form, rows, &shown(name, &fields))
}

fn shown<'a, T>(name: &'a str, fields: &'a Fields<'a, T>) -> Shown<'a, T> {
    Shown {
        root: "container",
        name,
        element: "object",
        order: &["name", "hash", "bytes", "content_type", "last_modified"],
        fields,
    }
}

/// In the order of JSON.
fn fields(name: &str, entry: &Entry) -> Vec<(&'static str, Value)> {
    let mut fields = vec![
        ("bytes", json!(entry.bytes)),
        ("hash", json!(entry.hash)),
        ("name", json!(name)),
        ("content_type", json!(entry.content_type())),
        ("last_modified", json!(listed(entry.modified))),
    ];
    if let Some(etag) = &entry.joined {
        fields.push(("slo_etag", json!(format!("\"{etag}\""))));
    }
    fields
}

fn described(bucket: &Bucket, access: &Access, call: &Call, reply: &mut Reply) {
    let headers = reply.headers_mut();
    last_modified(headers, bucket.changed());
    set(headers, "x-timestamp", &seconds(bucket.created));
    let count = bucket.objects.len().to_string();
    set(headers, "x-container-object-count", &count);
    set(headers, "x-container-bytes-used", &bucket.bytes.to_string());
    set(headers, "accept-ranges", "bytes");
    set(headers, "x-storage-policy", POLICY);
    for (name, value) in &bucket.meta {
        let hidden =
            OWNERS.contains(&name.as_str()) || name.starts_with("x-container-meta-temp-url-key");
        if access.owner || !hidden {
            set(headers, name, value);
        }
    }
    vary(call, reply);
}

/// Whether an object of this size still fits, or what upstream says where it does not.
pub(super) fn quota(bucket: &Bucket, length: u64) -> Result<(), Problem> {
    let of = |name: &str| {
        let value = bucket.meta.get(&format!("x-container-meta-quota-{name}"))?;
        value.parse::<u64>().ok()
    };
    let full = of("bytes").is_some_and(|most| bucket.bytes.saturating_add(length) > most)
        || of("count").is_some_and(|most| bucket.objects.len() as u64 + 1 > most);
    if full {
        let text = "Upload exceeds quota.";
        return Err(Problem::says(StatusCode::PAYLOAD_TOO_LARGE, text));
    }
    Ok(())
}
