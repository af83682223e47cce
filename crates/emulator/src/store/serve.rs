//! Telling the store's requests apart.

use http::{Method, StatusCode, header};

use super::listing::View;
use super::reply::{no_bucket, refuse, set};
use super::request::{Target, target};
use super::{Bucket, BucketKey, Store, account, container, info, object};
use crate::body::{self, Refused, Reply};
use crate::fault::ListingFault;
use crate::world::{Call, World};

/// Answers every request of the store but the PUT of an object.
pub(crate) fn answer(world: &mut World, call: &Call, fault: Option<ListingFault>) -> Reply {
    let mut reply = match handle(world, call, fault) {
        Ok(reply) => reply,
        Err(refused) => refused.into_reply(),
    };
    if call.method == Method::HEAD {
        reply = reply.map(|_| body::empty());
    }
    stamp(world, reply)
}

fn handle(world: &mut World, call: &Call, fault: Option<ListingFault>) -> Result<Reply, Refused> {
    let view = match fault {
        Some(ListingFault::Empty) => View::Empty,
        Some(ListingFault::Stale(seconds)) => View::Ago(seconds),
        None => View::Ago(world.switches.listing_stale_seconds),
    };
    if call.path == "/info" && world.switches.store_info {
        return info::answer(call);
    }
    let target = read_target(call)?;
    let method = call.method.as_str();
    match target {
        Target::Account(namespace) => {
            world.store.user(call, &namespace)?;
            match method {
                "GET" => account::list(&world.store, &namespace, call),
                "HEAD" => Ok(account::head(&world.store, &namespace)),
                _ => Err(not_allowed("GET, HEAD")),
            }
        }
        Target::Bucket(key) => {
            let user = world.store.user(call, &key.namespace)?;
            if method == "PUT" {
                return container::put(
                    &mut world.store,
                    &key,
                    &user,
                    world.switches.store_forbidden,
                );
            }
            world.permit(&key, &user)?;
            match method {
                "GET" => container::list(&world.store, &key, call, view),
                "HEAD" => container::head(&world.store, &key),
                "POST" => Ok(body::bare(StatusCode::NO_CONTENT)),
                "DELETE" => container::delete(&mut world.store, &key),
                _ => Err(not_allowed("GET, HEAD, PUT, POST, DELETE")),
            }
        }
        Target::Object(key, name) => {
            let user = world.store.user(call, &key.namespace)?;
            world.permit(&key, &user)?;
            match method {
                "GET" | "HEAD" => object::get(world, &key, &name, call),
                "POST" => object::post(&mut world.store, &key, &name, call),
                "DELETE" => object::delete(&mut world.store, &key, &name),
                _ => Err(not_allowed("GET, HEAD, PUT, POST, DELETE")),
            }
        }
    }
}

/// What the path means.
pub(super) fn read_target(call: &Call) -> Result<Target, Refused> {
    target(&call.path).map_err(|bad| {
        let code = if bad.status == StatusCode::NOT_FOUND {
            "NotAuthorizedOrNotFound"
        } else {
            "InvalidObjectName"
        };
        refuse(bad.status, code, bad.why, bad.why)
    })
}

impl World {
    /// Whether the user may use the bucket.
    pub(super) fn permit(&self, key: &BucketKey, user: &str) -> Result<(), Refused> {
        match self.store.bucket(key) {
            Some(bucket) if bucket.members.contains(user) => Ok(()),
            Some(_) => Err(forbidden(self.switches.store_forbidden)),
            None => Err(no_bucket()),
        }
    }
}

/// The bucket belongs to others. Whether that is told by 404 or 403 is not known.
pub(super) fn forbidden(status: u16) -> Refused {
    let status = StatusCode::from_u16(status).unwrap_or(StatusCode::NOT_FOUND);
    no_bucket().map(|mut reply| {
        *reply.status_mut() = status;
        body::refused(reply, "the user may not use this bucket")
    })
}

pub(super) fn not_allowed(allowed: &'static str) -> Refused {
    let refused = refuse(
        StatusCode::METHOD_NOT_ALLOWED,
        "MethodNotAllowed",
        "The method is not allowed here.",
        "method not allowed",
    );
    refused.map(|mut reply| {
        set(reply.headers_mut(), header::ALLOW, allowed);
        reply
    })
}

/// The identifiers that every answer carries.
pub(super) fn stamp(world: &mut World, mut reply: Reply) -> Reply {
    let id = format!(
        "tx{:016x}{:05x}",
        world.rng.u64(..),
        world.rng.u32(..) & 0xf_ffff
    );
    let headers = reply.headers_mut();
    set(headers, "x-trans-id", &id);
    set(headers, "opc-request-id", &id);
    reply
}

impl Store {
    /// The bucket, or the answer that there is none.
    pub(super) fn need(&self, key: &BucketKey) -> Result<&Bucket, Refused> {
        self.bucket(key).ok_or_else(no_bucket)
    }
}
