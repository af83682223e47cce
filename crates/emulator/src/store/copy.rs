//! Copies by the server: COPY, or PUT with `X-Copy-From`.

use http::{Method, StatusCode, header};
use percent_encoding::{percent_decode_str, utf8_percent_encode};

use super::access::{permit, reads};
use super::dialect::Dialect;
use super::large::{self, Manifest};
use super::object::{content_type, look};
use super::problem::{Problem, bad, no_object, only};
use super::put::{self, allowed, disk};
use super::reply::{http_date, set, text, truth};
use super::target::{PATH, Target, named};
use super::{BucketKey, Object, early};
use crate::body::Reply;
use crate::world::{Call, World};

/// Whether a request asks for a copy.
pub(crate) fn is_copy(call: &Call) -> bool {
    let from = call.headers.get("x-copy-from");
    call.method.as_str() == "COPY"
        || call.method == Method::PUT && from.is_some_and(|from| !from.is_empty())
}

/// COPY of an object to `Destination`, or PUT of one with `X-Copy-From`.
///
/// The form of what it says is looked at before who says it, as upstream has it.
pub(super) fn answer(
    world: &mut World,
    call: &Call,
    key: &BucketKey,
    name: &str,
    dialect: Dialect,
) -> Result<Reply, Problem> {
    if !dialect.copies {
        let target = Target::Object(key.clone(), name.to_owned());
        permit(world, call, &target, dialect)?;
        return Err(if call.method == Method::PUT {
            bad("Copies are not offered.").coded("NotImplemented")
        } else {
            only("GET, HEAD, PUT, POST, DELETE")
        });
    }
    if call.method == Method::PUT {
        let length = call.header("content-length");
        if length.is_some_and(|length| length.trim() != "0") {
            return Err(bad("Copy requests require a zero byte body"));
        }
        return to(world, call, key, name, dialect);
    }
    let unmet = |text: &str| Problem::says(StatusCode::PRECONDITION_FAILED, text);
    let destination = text(&call.headers, "destination").filter(|it| !it.is_empty());
    let destination = destination.ok_or_else(|| unmet("Destination header required"))?;
    let elsewhere = text(&call.headers, "destination-account");
    let elsewhere = elsewhere.map(|account| account_of(&account)).transpose()?;
    let (bucket, object) = named(&destination).ok_or_else(|| {
        unmet("Destination header must be of the form <container name>/<object name>")
    })?;
    let path = format!("/{}/{name}", key.bucket);
    let mut as_put = call.clone();
    as_put.method = Method::PUT;
    let from = utf8_percent_encode(&path, PATH).to_string();
    let account = utf8_percent_encode(&key.namespace, PATH).to_string();
    set(&mut as_put.headers, "x-copy-from", &from);
    if elsewhere.is_some() {
        set(&mut as_put.headers, "x-copy-from-account", &account);
    }
    as_put.headers.insert(header::CONTENT_LENGTH, 0.into());
    let namespace = elsewhere.unwrap_or_else(|| key.namespace.clone());
    to(
        world,
        &as_put,
        &BucketKey { namespace, bucket },
        &object,
        dialect,
    )
}

fn account_of(header: &str) -> Result<String, Problem> {
    let account = percent_decode_str(header).decode_utf8_lossy().into_owned();
    let wrong = |text: &str| Err(Problem::says(StatusCode::PRECONDITION_FAILED, text));
    match account.as_str() {
        "" => wrong("Account name cannot be empty"),
        name if name.contains('/') => wrong("Account name cannot contain slashes"),
        _ => Ok(account),
    }
}

/// The object that a request names as what is to be copied.
fn source(call: &Call, key: &BucketKey) -> Result<(BucketKey, String), Problem> {
    let account = text(&call.headers, "x-copy-from-account").filter(|it| !it.is_empty());
    let namespace = match account {
        Some(account) => account_of(&account)?,
        None => key.namespace.clone(),
    };
    let from = text(&call.headers, "x-copy-from").unwrap_or_default();
    let (bucket, name) = named(&from).ok_or_else(|| {
        let text = "X-Copy-From header must be of the form <container name>/<object name>";
        Problem::says(StatusCode::PRECONDITION_FAILED, text)
    })?;
    Ok((BucketKey { namespace, bucket }, name))
}

/// Copies to an object what `X-Copy-From` names: what a GET of it with the same headers gives out.
fn to(
    world: &mut World,
    call: &Call,
    key: &BucketKey,
    name: &str,
    dialect: Dialect,
) -> Result<Reply, Problem> {
    let (source_key, source_name) = source(call, key)?;
    reads(world, call, &source_key, &source_name, dialect)?;
    let mut as_get = call.clone();
    as_get.method = Method::GET;
    let manifest = call.query("multipart-manifest") == Some("get");
    if manifest {
        as_get.query.push(("format".to_owned(), "raw".to_owned()));
    }
    let (reply, content) = look(world, &source_key, &source_name, &as_get, dialect)?;
    if !reply.status().is_success() {
        return Ok(reply);
    }
    if content.len() > dialect.largest {
        let why = "the source is too large";
        return Err(Problem::page(StatusCode::PAYLOAD_TOO_LARGE, why));
    }
    let found = world.store.head(&source_key, &source_name);
    let found = found.ok_or_else(no_object)?.clone();
    let target = Target::Object(key.clone(), name.to_owned());
    // From here on it is an upload of what was found.
    let mut as_put = call.clone();
    as_put
        .headers
        .insert(header::CONTENT_LENGTH, content.len().into());
    early::object(&as_put, dialect)?;
    permit(world, &as_put, &target, dialect)?;
    allowed(world, &as_put, key, name, dialect)?;
    let manifest = match &found.manifest {
        Some(Manifest::Static(own)) if manifest => {
            let text = large::report(own, true);
            match large::put(world, call, key, name, text.as_bytes(), dialect) {
                Ok(checked) => Some(Manifest::Static(checked)),
                Err(flaw) => return Ok(flaw.told(call, dialect)),
            }
        }
        own if manifest => own.clone(),
        _ => text(&call.headers, "x-object-manifest")
            .filter(|_| dialect.large_objects)
            .map(Manifest::Dynamic),
    };
    let blob = match &manifest {
        Some(Manifest::Static(kept)) => world.blobs.put(large::report(kept, false).as_bytes()),
        _ => content.keep(&mut world.blobs),
    };
    let blob = blob.map_err(|error| disk(&error))?;
    let said = text(&call.headers, "content-type").filter(|kind| !kind.is_empty());
    let kind = said.unwrap_or_else(|| content_type(&found).to_owned());
    let mut object = put::of(blob, &kind, world);
    object.manifest = manifest;
    let fresh = text(&call.headers, "x-fresh-metadata").is_some_and(|value| truth(&value));
    if !fresh {
        object.meta.clone_from(&found.meta);
        object.delete_at = found.delete_at;
    }
    let mut reply = put::place(world, call, key, name, object)?;
    let made = world.store.head(key, name).cloned();
    told(&mut reply, made.as_ref(), &found, &source_key, &source_name);
    let asked = text(&call.headers, "x-delete-at").filter(|at| !at.is_empty());
    let kept = found.delete_at.filter(|_| !fresh);
    if let Some(at) = asked.or(kept.map(|at| at.to_string())) {
        set(reply.headers_mut(), "x-delete-at", &at);
    }
    Ok(reply)
}

/// Says what was copied.
fn told(reply: &mut Reply, made: Option<&Object>, found: &Object, source: &BucketKey, name: &str) {
    let headers = reply.headers_mut();
    let path = format!("{}/{name}", source.bucket);
    let path = utf8_percent_encode(&path, PATH).to_string();
    let account = utf8_percent_encode(&source.namespace, PATH).to_string();
    set(headers, "x-copied-from", &path);
    set(headers, "x-copied-from-account", &account);
    if let Some(date) = http_date(found.modified) {
        set(headers, "x-copied-from-last-modified", &date);
    }
    for (name, value) in made.into_iter().flat_map(|made| &made.meta) {
        if name.starts_with("x-object-meta-") {
            set(headers, name, value);
        }
    }
}
