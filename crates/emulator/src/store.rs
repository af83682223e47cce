//! Object Storage as its Swift API shows it, in the dialect of OCI, or OpenStack Swift's own.
//!
//! What is known and what is assumed of OCI's: Basic authentication on every request (documented), bucket listings,
//! PUT, GET, HEAD and DELETE of objects (documented or seen), their statuses and headers as upstream's (assumed), JSON
//! bodies of errors as the native API's (assumed). Upstream's is as a genuine one was seen to answer; a
//! [`Dialect`](dialect::Dialect) says where they differ.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::blobs::BlobId;
use crate::oic::Hidden;
use history::{Entry, History};
use large::Manifest;
use meta::Meta;

mod accept;
mod access;
mod account;
mod acl;
mod bulk;
mod condition;
mod container;
mod content;
mod copy;
mod cors;
mod dialect;
mod early;
mod history;
mod info;
mod json;
mod large;
mod listing;
mod meta;
mod object;
mod problem;
mod put;
mod range;
mod reply;
mod report;
mod serve;
mod target;
mod tempauth;
mod url;

pub(crate) use bulk::is_bulk;
pub(crate) use put::{check_put, is_upload, publish, refused_as_too_long, refused_by_disk};
pub(crate) use serve::answer;

/// Every namespace, with its users and buckets.
#[derive(Debug, Default, Serialize, Deserialize)]
pub(crate) struct Store {
    accounts: BTreeMap<String, Account>,
    /// Upstream's tokens.
    #[serde(default)]
    tokens: tempauth::Tokens,
    /// Objects that expire, by the second from which on they are gone.
    #[serde(default)]
    expiring: BTreeSet<(i64, BucketKey, String)>,
    /// Objects that are stored and not seen yet, in the order in which they come to be.
    #[serde(default)]
    late: VecDeque<Late>,
    /// The virtual time of the request at hand.
    #[serde(skip)]
    now: Timestamp,
}

/// A namespace.
#[derive(Debug, Default, Serialize, Deserialize)]
struct Account {
    users: BTreeMap<String, Vec<AuthToken>>,
    buckets: BTreeMap<String, Bucket>,
    /// `X-Account-Meta-*`.
    #[serde(default)]
    meta: Meta,
    /// `X-Account-Access-Control`; null where there is none.
    #[serde(default)]
    acl: Value,
    #[serde(default)]
    created: Timestamp,
}

/// An auth token of a user, who has two at most (documented). It never expires, but may be revoked.
#[derive(Debug, Serialize, Deserialize)]
struct AuthToken {
    value: Hidden,
    revoked: bool,
}

/// A bucket.
#[derive(Debug, Default, Serialize, Deserialize)]
struct Bucket {
    created: Timestamp,
    /// When its settings were put or posted last, where that was later.
    #[serde(default)]
    changed: Option<Timestamp>,
    members: BTreeSet<String>,
    /// `X-Container-Meta-*`, and the headers that say who may use it.
    #[serde(default)]
    meta: Meta,
    objects: BTreeMap<String, Object>,
    /// The sum of the objects' sizes.
    #[serde(default)]
    bytes: u64,
    history: History,
}

/// An object.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Object {
    /// Its content.
    pub(crate) blob: BlobId,
    /// When it was stored, or its metadata last replaced, in virtual time.
    pub(crate) modified: Timestamp,
    /// The content type it was stored with.
    pub(crate) content_type: Option<String>,
    /// `X-Object-Meta-*`, and the headers that are stored with an object, by lower-case name.
    #[serde(default)]
    meta: Meta,
    /// The second from which on it is gone.
    #[serde(default)]
    delete_at: Option<i64>,
    /// What joins other objects to this one.
    #[serde(default)]
    manifest: Option<Manifest>,
}

#[derive(Debug, Serialize, Deserialize)]
struct Late {
    key: BucketKey,
    name: String,
    object: Object,
    visible: Timestamp,
}

/// A bucket that was opened with credentials.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub(crate) struct BucketKey {
    /// The namespace.
    pub(crate) namespace: String,
    /// The bucket's name.
    pub(crate) bucket: String,
}

/// Why a storage URL with credentials opens no bucket.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(crate) enum StoreRefusal {
    /// The URL's host is neither Object Storage nor this machine.
    #[error("the storage URL's host is not Object Storage")]
    NoSuchHost,
    /// Unknown user, or a wrong token.
    #[error("the storage user or the auth token was refused")]
    Unauthorized,
    /// No such bucket, or not this user's.
    #[error("there is no such bucket")]
    NoSuchBucket,
    /// Not a URL of a bucket.
    #[error("the storage URL is not that of a bucket")]
    BadUrl,
}

impl Store {
    /// Makes a bucket, or adds a user to it. `tokens` are the user's auth tokens.
    pub(crate) fn create_bucket(&mut self, ns: &str, bucket: &str, user: &str, tokens: &[String]) {
        let now = self.now;
        let account = self.accounts.entry(ns.to_owned()).or_default();
        let known = account.users.entry(user.to_owned()).or_default();
        for token in tokens {
            if !known.iter().any(|it| it.value.0 == *token) {
                known.push(AuthToken {
                    value: Hidden(token.clone()),
                    revoked: false,
                });
            }
        }
        let bucket = account
            .buckets
            .entry(bucket.to_owned())
            .or_insert_with(|| Bucket {
                created: now,
                ..Bucket::default()
            });
        bucket.members.insert(user.to_owned());
    }

    /// Revokes an auth token of a user: it is known still, and opens nothing.
    pub(crate) fn revoke(&mut self, ns: &str, user: &str, token: &str) {
        let account = self.accounts.get_mut(ns);
        let tokens = account.and_then(|account| account.users.get_mut(user));
        for it in tokens.into_iter().flatten() {
            it.revoked |= it.value.0 == token;
        }
    }

    /// Opens the bucket of a storage URL, as the integration service does. Any host of Object Storage and any
    /// loopback host is this store: the emulator never calls out.
    pub(crate) fn open(
        &self,
        storage_url: &str,
        user: &str,
        token: &str,
    ) -> Result<BucketKey, StoreRefusal> {
        let key = url::bucket_of(storage_url)?;
        let account = self
            .accounts
            .get(&key.namespace)
            .ok_or(StoreRefusal::Unauthorized)?;
        account
            .admit(user, token)
            .map_err(|_| StoreRefusal::Unauthorized)?;
        match account.buckets.get(&key.bucket) {
            Some(bucket) if bucket.members.contains(user) => Ok(key),
            _ => Err(StoreRefusal::NoSuchBucket),
        }
    }

    /// The object of this name, where it is seen.
    pub(crate) fn head(&self, key: &BucketKey, name: &str) -> Option<&Object> {
        let now = self.now.as_second();
        let object = self.bucket(key)?.objects.get(name)?;
        Some(object).filter(|object| object.delete_at.is_none_or(|at| at > now))
    }

    /// Stores an object, over what was there.
    pub(crate) fn put(
        &mut self,
        key: &BucketKey,
        name: &str,
        blob: BlobId,
        content_type: Option<&str>,
        now: Timestamp,
    ) {
        self.set(key, name, Object::new(blob, content_type, now), now);
    }

    /// Stores an object that is whole, over what was there.
    fn set(&mut self, key: &BucketKey, name: &str, object: Object, now: Timestamp) {
        let delete_at = object.delete_at;
        let Some(bucket) = self.bucket_mut(key) else {
            return;
        };
        let before = bucket.set(name, object, now);
        self.forget_expiry(key, name, before.as_ref());
        if let Some(at) = delete_at {
            self.expiring.insert((at, key.clone(), name.to_owned()));
        }
    }

    /// Stores an object that listings, HEAD and GET show from `visible` on; what was there is seen until then.
    pub(crate) fn put_visible_from(
        &mut self,
        key: &BucketKey,
        name: &str,
        blob: BlobId,
        content_type: Option<&str>,
        now: Timestamp,
        visible: Timestamp,
    ) {
        if visible <= now {
            return self.put(key, name, blob, content_type, now);
        }
        // Its date is that of its coming, as was seen.
        let object = Object::new(blob, content_type, visible);
        let late = Late {
            key: key.clone(),
            name: name.to_owned(),
            object,
            visible,
        };
        // Of two that come to be seen at once, the later one stays.
        let at = self.late.partition_point(|it| it.visible <= visible);
        self.late.insert(at, late);
    }

    /// The names of all contents.
    pub(crate) fn contents(&self) -> impl Iterator<Item = &str> {
        let buckets = self.accounts.values().flat_map(|it| it.buckets.values());
        let seen = buckets.flat_map(|bucket| bucket.objects.values());
        let late = self.late.iter().map(|late| &late.object);
        seen.chain(late).map(|object| object.blob.sha256.as_str())
    }

    /// Removes an object; whether it was there.
    pub(crate) fn remove(&mut self, key: &BucketKey, name: &str) -> bool {
        let now = self.now;
        let before = self.bucket_mut(key).and_then(|it| it.remove(name, now));
        self.forget_expiry(key, name, before.as_ref());
        before.is_some()
    }

    /// An object that is gone expires no more.
    fn forget_expiry(&mut self, key: &BucketKey, name: &str, gone: Option<&Object>) {
        if let Some(at) = gone.and_then(|object| object.delete_at) {
            self.expiring.remove(&(at, key.clone(), name.to_owned()));
        }
    }

    /// Ends every token that was given out.
    pub(crate) fn expire_tokens(&mut self) {
        self.tokens.clear();
    }

    /// The time of the request at hand.
    pub(crate) fn now(&self) -> Timestamp {
        self.now
    }

    /// Sets the time of the request at hand.
    pub(crate) fn set_now(&mut self, now: Timestamp) {
        self.now = now;
    }

    /// When the next late object comes to be seen.
    pub(crate) fn due(&self) -> Option<Timestamp> {
        let seen = self.late.front().map(|late| late.visible);
        let expires = self.expiring.first();
        let expires = expires.and_then(|(at, ..)| Timestamp::from_second(*at).ok());
        seen.into_iter().chain(expires).min()
    }

    /// Moves the store to `now`: late objects come to be seen, and what has expired goes.
    pub(crate) fn advance(&mut self, now: Timestamp) {
        self.now = now;
        while let Some((at, key, name)) = self.expiring.pop_first() {
            if at > now.as_second() {
                self.expiring.insert((at, key, name));
                break;
            }
            // It may have been replaced since, by one that lives longer.
            if let Some(bucket) = self.bucket_mut(&key)
                && let Some(object) = bucket.objects.get(&name)
                && object.delete_at == Some(at)
            {
                bucket.remove(&name, now);
            }
        }
        while self.late.front().is_some_and(|late| late.visible <= now)
            && let Some(late) = self.late.pop_front()
        {
            self.set(&late.key, &late.name, late.object, late.visible);
        }
    }

    fn bucket(&self, key: &BucketKey) -> Option<&Bucket> {
        self.accounts.get(&key.namespace)?.buckets.get(&key.bucket)
    }

    fn bucket_mut(&mut self, key: &BucketKey) -> Option<&mut Bucket> {
        self.accounts
            .get_mut(&key.namespace)?
            .buckets
            .get_mut(&key.bucket)
    }
}

impl Account {
    /// Whether a user comes in by this auth token, or why not.
    fn admit(&self, user: &str, token: &str) -> Result<(), &'static str> {
        let tokens = self.users.get(user).ok_or("unknown user")?;
        let token = tokens.iter().find(|it| it.value.0 == token);
        if token.ok_or("wrong auth token")?.revoked {
            return Err("the auth token was revoked");
        }
        Ok(())
    }
}

impl Bucket {
    /// When it was made, or its settings last changed.
    fn changed(&self) -> Timestamp {
        self.changed.unwrap_or(self.created)
    }

    /// Puts an object in its place; what was there.
    fn set(&mut self, name: &str, object: Object, at: Timestamp) -> Option<Object> {
        self.bytes += object.size();
        let before = self.objects.insert(name.to_owned(), object);
        self.bytes -= before.as_ref().map_or(0, Object::size);
        self.history.note(at, name, before.as_ref().map(Entry::of));
        before
    }

    /// Takes an object away.
    fn remove(&mut self, name: &str, at: Timestamp) -> Option<Object> {
        let before = self.objects.remove(name);
        if let Some(before) = &before {
            self.bytes -= before.size();
            self.history.note(at, name, Some(Entry::of(before)));
        }
        before
    }
}

impl Object {
    fn new(blob: BlobId, content_type: Option<&str>, modified: Timestamp) -> Self {
        Self {
            blob,
            modified: micros(modified),
            content_type: content_type.map(str::to_owned),
            meta: Meta::new(),
            delete_at: None,
            manifest: None,
        }
    }

    /// What it counts in totals: of a manifest itself, as upstream has it, and not of what it joins.
    fn size(&self) -> u64 {
        self.blob.len
    }
}

/// A moment with the six decimals that are shown of it.
fn micros(at: Timestamp) -> Timestamp {
    Timestamp::from_microsecond(at.as_microsecond()).unwrap_or(at)
}

/// The moment some seconds before another.
fn before(now: Timestamp, seconds: u64) -> Timestamp {
    let span = SignedDuration::from_secs(i64::try_from(seconds).unwrap_or(i64::MAX));
    now.checked_sub(span).unwrap_or(Timestamp::MIN)
}

#[cfg(test)]
mod tests;
