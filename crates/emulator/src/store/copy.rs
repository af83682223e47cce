//! Copies by the server: COPY, or PUT with `X-Copy-From`.

use http::{HeaderValue, Method, StatusCode, header};
use percent_encoding::{percent_decode_str, utf8_percent_encode};

use super::access::{permit, reads};
use super::dialect::Dialect;
use super::large::{self, Manifest, joined, source};
use super::object::content_type;
use super::problem::{Problem, no_object, not_allowed};
use super::put::{self, allowed, disk};
use super::range::{Part, part};
use super::reply::{http_date, set, text};
use super::target::{PATH, Target, named};
use super::{BucketKey, Object};
use crate::body::Reply;
use crate::world::{Call, World};

/// COPY of an object to `Destination`.
pub(super) fn from(
    world: &mut World,
    call: &Call,
    key: &BucketKey,
    name: &str,
    dialect: Dialect,
) -> Result<Reply, Problem> {
    if !dialect.copies {
        return Err(not_allowed("GET, HEAD, PUT, POST, DELETE"));
    }
    let unmet = |text: &str| Problem::says(StatusCode::PRECONDITION_FAILED, text);
    let destination = text(&call.headers, "destination").filter(|it| !it.is_empty());
    let destination = destination.ok_or_else(|| unmet("Destination header required"))?;
    let (bucket, object) = named(&destination).ok_or_else(|| {
        unmet("Destination header must be of the form <container name>/<object name>")
    })?;
    let namespace = match text(&call.headers, "destination-account") {
        Some(account) => account_of(&account)?,
        None => key.namespace.clone(),
    };
    let path = format!("/{}/{name}", key.bucket);
    let mut as_put = call.clone();
    as_put.method = Method::PUT;
    let from = utf8_percent_encode(&path, PATH).to_string();
    let account = utf8_percent_encode(&key.namespace, PATH).to_string();
    for (header, value) in [
        ("x-copy-from", from.as_str()),
        ("x-copy-from-account", &account),
    ] {
        if let Ok(value) = HeaderValue::from_str(value) {
            as_put.headers.insert(header, value);
        }
    }
    as_put.headers.insert(header::CONTENT_LENGTH, 0.into());
    let target = BucketKey { namespace, bucket };
    readable(world, &as_put, &target, &from, dialect)?;
    permit(
        world,
        &as_put,
        &Target::Object(target.clone(), object.clone()),
        dialect,
    )?;
    allowed(world, &as_put, &target, &object, dialect)?;
    to(world, &as_put, &target, &object, &from, dialect)
}

fn account_of(header: &str) -> Result<String, Problem> {
    let account = percent_decode_str(header).decode_utf8_lossy().into_owned();
    if account.contains('/') || account.is_empty() {
        let text = "Account name cannot contain slashes";
        return Err(Problem::says(StatusCode::PRECONDITION_FAILED, text));
    }
    Ok(account)
}

/// The object that `from` names, which is there and may be read. What it is copied to is looked at later.
pub(super) fn readable(
    world: &World,
    call: &Call,
    key: &BucketKey,
    from: &str,
    dialect: Dialect,
) -> Result<(BucketKey, String), Problem> {
    let namespace = match text(&call.headers, "x-copy-from-account") {
        Some(account) => account_of(&account)?,
        None => key.namespace.clone(),
    };
    let (source, name) = source(&namespace, from).ok_or_else(|| {
        let text = "X-Copy-From header must be of the form <container name>/<object name>";
        Problem::says(StatusCode::PRECONDITION_FAILED, text)
    })?;
    reads(world, call, &source, &name, dialect)?;
    world.store.head(&source, &name).ok_or_else(no_object)?;
    Ok((source, name))
}

/// Copies to an object what `from` names.
pub(super) fn to(
    world: &mut World,
    call: &Call,
    key: &BucketKey,
    name: &str,
    from: &str,
    dialect: Dialect,
) -> Result<Reply, Problem> {
    let (source_key, source_name) = readable(world, call, key, from, dialect)?;
    let found = world.store.head(&source_key, &source_name);
    let found = found.ok_or_else(no_object)?.clone();
    let namespace = source_key.namespace.clone();
    let manifest = call.query("multipart-manifest") == Some("get");
    let copied = joined(world, call, &namespace, &found, manifest, dialect)?;
    let (total, whole) = (copied.total, copied.content?);
    if total > dialect.largest {
        let why = "the source is too large";
        return Err(Problem::page(StatusCode::PAYLOAD_TOO_LARGE, why));
    }
    let asked = match large::number(call, &found)? {
        Some(part) if !manifest => Part::Spans(vec![part.span]),
        _ => part(call.header("range"), total, false),
    };
    let content = match asked {
        Part::Spans(spans) => spans
            .first()
            .map_or_else(|| whole.clone(), |span| whole.span(*span)),
        Part::Whole => whole,
        Part::Unsatisfiable => {
            let why = "unsatisfiable range";
            return Err(Problem::page(StatusCode::RANGE_NOT_SATISFIABLE, why));
        }
    };
    let blob = content.keep(&mut world.blobs);
    let blob = blob.map_err(|error| disk(&error))?;
    let said = text(&call.headers, "content-type").filter(|kind| !kind.is_empty());
    let kind = said.unwrap_or_else(|| content_type(&found).to_owned());
    let mut object = put::of(blob, &kind, world);
    let fresh = text(&call.headers, "x-fresh-metadata");
    if !fresh.is_some_and(|value| value.eq_ignore_ascii_case("true")) {
        object.meta.clone_from(&found.meta);
        object.delete_at = found.delete_at;
    }
    if let (true, Some(Manifest::Static(own))) = (manifest, &found.manifest) {
        let text = large::report(own, true);
        let checked = large::put(world, call, key, name, text.as_bytes(), dialect)?;
        object.manifest = Some(Manifest::Static(checked));
    } else if manifest {
        object.manifest.clone_from(&found.manifest);
    } else if let Some(value) = text(&call.headers, "x-object-manifest") {
        object.manifest = Some(Manifest::Dynamic(value));
    }
    let mut reply = put::place(world, call, key, name, object)?;
    let made = world.store.head(key, name).cloned();
    told(&mut reply, made.as_ref(), &found, &source_key, &source_name);
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
