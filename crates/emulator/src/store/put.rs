//! PUT of an object: looked at before its body is read, published as a whole after.

use http::{Method, StatusCode, header};

use super::reply::{last_modified, refuse, set};
use super::request::{Target, target};
use super::serve::{read_target, stamp};
use super::{BucketKey, Object};
use crate::blobs::Spool;
use crate::body::{Refused, Reply, bare};
use crate::world::{Call, World};

/// The largest object that one PUT takes: the native API's limit, for the Swift API's is not documented.
pub(crate) const LARGEST: u64 = 50 * 1024 * 1024 * 1024;

/// Whether a request's body is an object.
pub(crate) fn is_upload(call: &Call) -> bool {
    call.method == Method::PUT && matches!(target(&call.path), Ok(Target::Object(..)))
}

/// Whether the object may come. `announced`: its length is known without a header.
pub(crate) fn check_put(world: &mut World, call: &Call, announced: bool) -> Result<(), Refused> {
    let checked = check(world, call).and_then(|_| {
        if announced || call.headers.contains_key(header::CONTENT_LENGTH) || chunked(call) {
            Ok(())
        } else {
            Err(refuse(
                StatusCode::LENGTH_REQUIRED,
                "MissingContentLength",
                "Missing Content-Length header.",
                "neither Content-Length nor chunked",
            ))
        }
    });
    checked.map_err(|refused| refused.map(|reply| stamp(world, reply)))
}

/// Makes the spooled object visible, where nothing has come between.
pub(crate) fn publish(world: &mut World, call: &Call, spool: Spool) -> Reply {
    let reply = match store(world, call, spool) {
        Ok(reply) => reply,
        Err(refused) => refused.into_reply(),
    };
    stamp(world, reply)
}

fn check(world: &World, call: &Call) -> Result<(BucketKey, String), Refused> {
    let Target::Object(key, name) = read_target(call)? else {
        return Err(refuse(
            StatusCode::BAD_REQUEST,
            "InvalidObjectName",
            "Not an object.",
            "not an object",
        ));
    };
    let user = world.store.user(call, &key.namespace)?;
    world.permit(&key, &user)?;
    let length = call
        .header("content-length")
        .and_then(|length| length.parse::<u64>().ok());
    if length.is_some_and(|length| length > LARGEST) {
        return Err(refuse(
            StatusCode::PAYLOAD_TOO_LARGE,
            "RequestEntityTooLarge",
            "The object is too large for one request.",
            "Content-Length above 50 GiB",
        ));
    }
    if call.headers.contains_key("x-copy-from") {
        return Err(refuse(
            StatusCode::BAD_REQUEST,
            "NotImplemented",
            "Copies are not offered.",
            "copies are not part of this dialect",
        ));
    }
    match call.header("if-none-match").map(str::trim) {
        None => Ok((key, name)),
        Some("*") if world.store.head(&key, &name).is_none() => Ok((key, name)),
        Some("*") => Err(refuse(
            StatusCode::PRECONDITION_FAILED,
            "IfNoneMatchFailed",
            "The object exists.",
            "If-None-Match: * and the object exists",
        )),
        Some(_) => Err(refuse(
            StatusCode::BAD_REQUEST,
            "InvalidParameter",
            "If-None-Match only supports *",
            "If-None-Match other than *",
        )),
    }
}

fn store(world: &mut World, call: &Call, spool: Spool) -> Result<Reply, Refused> {
    let (key, name) = check(world, call)?;
    let blob = world.blobs.take(spool).map_err(|error| {
        refuse(
            StatusCode::INSUFFICIENT_STORAGE,
            "InsufficientStorage",
            "The emulator's disk did not take the object.",
            error.to_string(),
        )
    })?;
    let promised = call
        .header("etag")
        .map(|etag| etag.trim().trim_matches('"'));
    if promised.is_some_and(|etag| !etag.eq_ignore_ascii_case(&blob.md5)) {
        return Err(refuse(
            StatusCode::UNPROCESSABLE_ENTITY,
            "UnprocessableEntity",
            "The content does not have the MD5 of the ETag header.",
            "ETag is not the content's MD5",
        ));
    }
    let now = world.clock.now();
    let mut object = Object::new(blob, call.header("content-type"), now);
    object.set_meta(call);
    let mut reply = bare(StatusCode::CREATED);
    set(reply.headers_mut(), header::ETAG, &object.blob.md5);
    last_modified(reply.headers_mut(), object.modified);
    if let Some(bucket) = world.store.bucket_mut(&key) {
        bucket.set(&name, object, now);
    }
    Ok(reply)
}

fn chunked(call: &Call) -> bool {
    call.header("transfer-encoding")
        .is_some_and(|encoding| encoding.to_ascii_lowercase().contains("chunked"))
}
