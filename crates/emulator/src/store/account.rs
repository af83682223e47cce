//! An account (a namespace): its buckets, its metadata.

use http::StatusCode;
use serde_json::json;

use super::access::Access;
use super::acl;
use super::dialect::Dialect;
use super::listing::{self, Page, Shown, answer, rows, typed};
use super::meta::{self, Kind};
use super::problem::{PAGE, Problem, bad, only, typed as body_of};
use super::reply::{listed, seconds, set, text};
use super::{Account, Bucket, Store};
use crate::body::{Reply, bare};
use crate::world::Call;

/// The one policy that there is.
pub(super) const POLICY: &str = "Policy-0";

/// How many bytes an account may hold.
const QUOTA: &str = "x-account-meta-quota-bytes";

/// Whether an object of this size still fits, or what upstream says where it does not.
pub(super) fn quota(account: &Account, length: u64) -> Result<(), Problem> {
    let most = account
        .meta
        .get(QUOTA)
        .and_then(|most| most.parse::<u64>().ok());
    let Some(most) = most else {
        return Ok(());
    };
    let held: u64 = account.buckets.values().map(|bucket| bucket.bytes).sum();
    if held.saturating_add(length) > most {
        let text = "Upload exceeds quota.";
        return Err(Problem::says(StatusCode::PAYLOAD_TOO_LARGE, text));
    }
    Ok(())
}

/// GET: the buckets.
pub(super) fn list(
    store: &Store,
    namespace: &str,
    call: &Call,
    access: &Access,
    dialect: Dialect,
) -> Result<Reply, Problem> {
    let form = listing::form(call, dialect)?;
    let page = Page::of(call, dialect)?;
    let none = Account::default();
    let account = store.accounts.get(namespace).unwrap_or(&none);
    let shown = Shown {
        root: "account",
        name: namespace,
        element: "container",
        order: &["name", "count", "bytes", "last_modified", "storage_policy"],
        fields: &|name: &str, bucket: &Bucket| {
            let mut fields = vec![
                ("name", json!(name)),
                ("count", json!(bucket.objects.len())),
                ("bytes", json!(bucket.bytes)),
                ("last_modified", json!(listed(bucket.changed()))),
            ];
            if dialect.upstream {
                fields.push(("storage_policy", json!(POLICY)));
            }
            fields
        },
    };
    let mut reply = answer(form, &rows(&account.buckets, &page), &shown);
    described(store, namespace, access, call, &mut reply);
    Ok(reply)
}

/// HEAD: the totals.
pub(super) fn head(
    store: &Store,
    namespace: &str,
    call: &Call,
    access: &Access,
    dialect: Dialect,
) -> Result<Reply, Problem> {
    let form = listing::form(call, dialect)?;
    let mut reply = bare(if store.accounts.contains_key(namespace) {
        StatusCode::NO_CONTENT
    } else {
        StatusCode::OK
    });
    typed(&mut reply, form);
    described(store, namespace, access, call, &mut reply);
    Ok(reply)
}

/// POST: metadata and who may use the account.
pub(super) fn post(
    store: &mut Store,
    namespace: &str,
    call: &Call,
    access: &Access,
) -> Result<Reply, Problem> {
    let quota = |name: &http::HeaderName| {
        let name = name.as_str().replacen("x-remove-", "x-", 1);
        name.starts_with("x-account-quota-") || name == QUOTA
    };
    if !access.reseller && call.headers.keys().any(quota) {
        let why = "quotas are set by who administers all accounts";
        return Err(Problem::page(StatusCode::FORBIDDEN, why));
    }
    let now = store.now;
    let account = store.account_mut(namespace, now);
    let merged = meta::merged(&account.meta, &call.headers, Kind::Account)?;
    if access.owner
        && let Some(list) = text(&call.headers, "x-account-access-control")
    {
        account.acl = acl::account(&list).map_err(bad)?;
    }
    account.meta = merged;
    let mut reply = body_of("", PAGE);
    *reply.status_mut() = StatusCode::NO_CONTENT;
    if access.owner
        && let Some(list) = acl::shown(&account.acl)
    {
        set(reply.headers_mut(), "x-account-access-control", &list);
    }
    Ok(reply)
}

/// PUT and DELETE: accounts come by being used, and stay. Metadata has upstream's alone.
pub(super) fn manage(dialect: Dialect) -> Problem {
    only(if dialect.upstream {
        "GET, HEAD, POST, OPTIONS"
    } else {
        "GET, HEAD"
    })
}

fn described(store: &Store, namespace: &str, access: &Access, call: &Call, reply: &mut Reply) {
    let none = Account {
        created: store.now,
        ..Account::default()
    };
    let there = store.accounts.get(namespace);
    let account = there.unwrap_or(&none);
    let objects: usize = account.buckets.values().map(|it| it.objects.len()).sum();
    let bytes: u64 = account.buckets.values().map(|it| it.bytes).sum();
    let containers = account.buckets.len().to_string();
    let headers = reply.headers_mut();
    let policy = POLICY.to_ascii_lowercase();
    for (name, value) in [
        ("container-count", &containers),
        ("object-count", &objects.to_string()),
        ("bytes-used", &bytes.to_string()),
    ] {
        set(headers, format!("x-account-{name}"), value);
        if !account.is_untouched() {
            let name = format!("x-account-storage-policy-{policy}-{name}");
            set(headers, name, value);
        }
    }
    set(headers, "x-timestamp", &seconds(account.created));
    if there.is_some() {
        set(headers, "accept-ranges", "bytes");
    } else {
        // Upstream makes one up for the answer.
        set(headers, "x-put-timestamp", &seconds(account.created));
    }
    vary(call, reply);
    let headers = reply.headers_mut();
    for (name, value) in &account.meta {
        if access.owner || !name.starts_with("x-account-meta-temp-url-key") {
            set(headers, name, value);
        }
    }
    if access.owner
        && let Some(list) = acl::shown(&account.acl)
    {
        set(headers, "x-account-access-control", &list);
    }
}

/// Says that the form depends on what is accepted, where it does.
pub(super) fn vary(call: &Call, reply: &mut Reply) {
    if call.query("format").is_none() {
        set(reply.headers_mut(), "vary", "Accept");
    }
}

impl Store {
    /// The account, made by being used.
    pub(super) fn account_mut(&mut self, namespace: &str, now: jiff::Timestamp) -> &mut Account {
        self.accounts
            .entry(namespace.to_owned())
            .or_insert_with(|| Account {
                created: now,
                ..Account::default()
            })
    }
}
