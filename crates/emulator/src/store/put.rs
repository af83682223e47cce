//! PUT of an object: looked at before its body is read, published as a whole after.

use http::{Method, StatusCode, header};

use super::access::permit;
use super::content::Content;
use super::copy;
use super::dialect::Dialect;
use super::large::{self, Flaw, Manifest, Static};
use super::object::{expiry, given, guessed};
use super::problem::{PAGE, Problem, bad, no_bucket, typed};
use super::reply::{http_date, set, text, truth};
use super::serve::finished;
use super::target::{Target, target};
use super::{BucketKey, Object, account, container, early};
use crate::blobs::{BlobId, Spool};
use crate::body::{Refused, Reply};
use crate::fault::Plan;
use crate::world::{Call, World};

/// The longest name of an object, in bytes after decoding.
const LONGEST_NAME: usize = 1024;

/// The largest static manifest.
pub(super) const LARGEST_MANIFEST: u64 = 8 * 1024 * 1024;

/// Whether a request's body is an object.
pub(crate) fn is_upload(call: &Call) -> bool {
    let object = || matches!(target(&call.path), Ok(Target::Object(..)));
    call.method == Method::PUT && !copy::is_copy(call) && object()
}

/// How long the body of an object may be that may come.
pub(crate) fn check_put(world: &mut World, call: &Call) -> Result<u64, Refused> {
    let dialect = Dialect::of(&world.switches);
    // A manifest is looked at before where it goes, so that its text comes first.
    let checked = if is_manifest(call, dialect) {
        measured(call, dialect).map(|()| LARGEST_MANIFEST)
    } else {
        check(world, call, dialect).map(|_| dialect.largest)
    };
    checked.map_err(|problem| {
        let refused = problem.refused(dialect);
        refused.map(|reply| finished(world, call, reply))
    })
}

fn is_manifest(call: &Call, dialect: Dialect) -> bool {
    dialect.large_objects && large::is_manifest(call)
}

/// Whether a body has a length, or needs none, and is not too long.
fn measured(call: &Call, dialect: Dialect) -> Result<(), Problem> {
    let manifest = is_manifest(call, dialect);
    let most = if manifest {
        LARGEST_MANIFEST
    } else {
        dialect.largest
    };
    let length = call.header(header::CONTENT_LENGTH);
    let length = length.and_then(|length| length.parse::<u64>().ok());
    if length.is_some_and(|length| length > most) {
        return Err(too_long(call, dialect));
    }
    if length.is_some() || (dialect.chunked && chunked(call)) {
        return Ok(());
    }
    let why = "Missing Content-Length header.";
    Err(if manifest {
        Problem::page(StatusCode::LENGTH_REQUIRED, why)
    } else {
        Problem::says(StatusCode::LENGTH_REQUIRED, why).plainly()
    })
}

fn too_long(call: &Call, dialect: Dialect) -> Problem {
    let too_large = |text: String| Problem::says(StatusCode::PAYLOAD_TOO_LARGE, text);
    if is_manifest(call, dialect) {
        too_large(format!("Manifest File > {LARGEST_MANIFEST} bytes"))
    } else {
        too_large("Your request is too large.".to_owned()).plainly()
    }
}

/// The answer to a body that did not end where it had to.
pub(crate) fn refused_as_too_long(world: &mut World, call: &Call) -> Reply {
    let dialect = Dialect::of(&world.switches);
    finished(world, call, too_long(call, dialect).told(dialect))
}

/// The answer where the disk did not take the object.
pub(crate) fn refused_by_disk(world: &mut World, call: &Call, error: &std::io::Error) -> Reply {
    let reply = disk(error).told(Dialect::of(&world.switches));
    finished(world, call, reply)
}

/// Makes the spooled object visible, where nothing has come between.
pub(crate) fn publish(world: &mut World, call: &Call, spool: Spool, plan: &Plan) -> Reply {
    let dialect = Dialect::of(&world.switches);
    let reply = match store(world, call, spool, plan, dialect) {
        Ok(reply) => reply,
        Err(problem) => problem.told(dialect),
    };
    finished(world, call, reply)
}

fn check(world: &World, call: &Call, dialect: Dialect) -> Result<(BucketKey, String), Problem> {
    let target = target(&call.path)?;
    early::object(call, dialect)?;
    permit(world, call, &target, dialect)?;
    let Target::Object(key, name) = target else {
        return Err(bad("Not an object."));
    };
    allowed(world, call, &key, &name, dialect)?;
    Ok((key, name))
}

/// Whether the quotas of the account and of the container leave room.
fn fits(world: &World, key: &BucketKey, length: u64) -> Result<(), Problem> {
    let account = world.store.accounts.get(&key.namespace);
    let account = account.ok_or_else(no_bucket)?;
    // Only an account that has a quota is counted through.
    account::quota(account, length)?;
    container::quota(
        account.buckets.get(&key.bucket).ok_or_else(no_bucket)?,
        length,
    )
}

/// What must hold of every object that comes, by upload or by copy.
pub(super) fn allowed(
    world: &World,
    call: &Call,
    key: &BucketKey,
    name: &str,
    dialect: Dialect,
) -> Result<(), Problem> {
    world.store.bucket(key).ok_or_else(no_bucket)?;
    let length = call
        .header("content-length")
        .and_then(|length| length.parse::<u64>().ok());
    fits(world, key, length.unwrap_or(0))?;
    measured(call, dialect)?;
    if name.len() > LONGEST_NAME {
        let len = name.len();
        let text = format!("Object name length of {len} longer than {LONGEST_NAME}");
        return Err(bad(text).coded("InvalidObjectName"));
    }
    if dialect.native_names && name.contains(['\r', '\n']) {
        let text = "the object's name holds a line break";
        return Err(bad(text).coded("InvalidObjectName"));
    }
    expiry(&call.headers, world.store.now)?;
    given(&call.headers)?;
    let kind = text(&call.headers, "content-type").unwrap_or_default();
    if dialect.upstream
        && !is_to_be_guessed(call)
        && kind
            .split(';')
            .skip(1)
            .any(|it| it.trim_start().starts_with("swift_"))
    {
        let text = "Invalid Content-Type, swift_* is not a valid parameter name.";
        return Err(Problem::says(StatusCode::BAD_REQUEST, text));
    }
    let only_new = text(&call.headers, "if-none-match").is_some_and(|it| !it.is_empty());
    if only_new && world.store.head(key, name).is_some() {
        let why = "If-None-Match: * and the object exists";
        return Err(Problem::page(StatusCode::PRECONDITION_FAILED, why));
    }
    Ok(())
}

fn store(
    world: &mut World,
    call: &Call,
    spool: Spool,
    plan: &Plan,
    dialect: Dialect,
) -> Result<Reply, Problem> {
    if is_manifest(call, dialect) {
        return store_manifest(world, call, spool, dialect);
    }
    let (key, name) = check(world, call, dialect)?;
    let blob = world.blobs.take(spool).map_err(|error| disk(&error))?;
    fits(world, &key, blob.len)?;
    if dialect.checks_etags {
        promised(call, &blob.md5).map_err(|problem| {
            let now = http_date(world.clock.now()).unwrap_or_default();
            problem.with(header::LAST_MODIFIED, now)
        })?;
    }
    let mut object = of(blob, &kind(call, &name, dialect), world);
    object.manifest = text(&call.headers, "x-object-manifest")
        .filter(|_| dialect.large_objects)
        .map(Manifest::Dynamic);
    let reply = place(world, call, &key, &name, object)?;
    if let Some(after) = plan.up.truncate {
        shorten(world, &key, &name, after).map_err(|error| disk(&error))?;
    }
    Ok(reply)
}

/// Keeps the first bytes of an object, by a fault.
fn shorten(world: &mut World, key: &BucketKey, name: &str, after: u64) -> std::io::Result<()> {
    let Some(mut object) = world.store.head(key, name).cloned() else {
        return Ok(());
    };
    let first = Content::part(&object.blob, (0, after));
    object.blob = first.keep(&mut world.blobs)?;
    let modified = object.modified;
    world.store.set(key, name, object, modified);
    Ok(())
}

/// A static manifest, in upstream's order: what it says, whether its segments are so, and then where it goes.
fn store_manifest(
    world: &mut World,
    call: &Call,
    spool: Spool,
    dialect: Dialect,
) -> Result<Reply, Problem> {
    let Target::Object(key, name) = target(&call.path)? else {
        return Err(bad("Not an object."));
    };
    let blob = world.blobs.take(spool).map_err(|error| disk(&error))?;
    let text = world.blobs.bytes(&blob).map_err(|error| disk(&error))?;
    let checked = large::put(world, call, &key, &name, &text, dialect);
    if large::beats(call) && !matches!(checked, Err(Flaw::Request(_))) {
        return Ok(large::heartbeat(call, checked, |manifest| {
            keep(world, call, manifest, dialect)
        }));
    }
    match checked {
        Ok(manifest) => keep(world, call, manifest, dialect),
        Err(flaw) => Ok(flaw.told(call, dialect)),
    }
}

/// Keeps a static manifest: what is known of the segments, not what was asked.
fn keep(
    world: &mut World,
    call: &Call,
    manifest: Static,
    dialect: Dialect,
) -> Result<Reply, Problem> {
    if dialect.checks_etags {
        promised(call, &manifest.etag)?;
    }
    let (key, name) = check(world, call, dialect)?;
    let text = large::report(&manifest, false);
    let blob = world
        .blobs
        .put(text.as_bytes())
        .map_err(|error| disk(&error))?;
    let mut object = of(blob, &kind(call, &name, dialect), world);
    object.manifest = Some(Manifest::Static(manifest));
    place(world, call, &key, &name, object)
}

/// Whether the content is what the request's `ETag` promises.
fn promised(call: &Call, etag: &str) -> Result<(), Problem> {
    let promised = text(&call.headers, "etag");
    let promised = promised
        .as_deref()
        .map(|etag| etag.trim().trim_matches('"'));
    if promised.is_some_and(|promised| !promised.eq_ignore_ascii_case(etag)) {
        let why = "ETag is not the content's MD5";
        return Err(Problem::page(StatusCode::UNPROCESSABLE_ENTITY, why));
    }
    Ok(())
}

/// Whether the type of an object is what its name tells, whatever is said.
fn is_to_be_guessed(call: &Call) -> bool {
    text(&call.headers, "x-detect-content-type").is_some_and(|value| truth(&value))
}

/// The type of an object that comes: what is said, else what the name tells.
fn kind(call: &Call, name: &str, dialect: Dialect) -> String {
    let said = text(&call.headers, "content-type").filter(|kind| !kind.is_empty());
    let said = said.filter(|_| !is_to_be_guessed(call));
    said.unwrap_or_else(|| {
        let guessed = if dialect.upstream {
            guessed(name)
        } else {
            "application/octet-stream"
        };
        guessed.to_owned()
    })
}

/// Puts an object in its place, with what the request gives it to keep.
pub(super) fn place(
    world: &mut World,
    call: &Call,
    key: &BucketKey,
    name: &str,
    mut object: Object,
) -> Result<Reply, Problem> {
    let now = world.store.now;
    object.meta.extend(given(&call.headers)?);
    object.delete_at = expiry(&call.headers, now)?.or(object.delete_at);
    let mut reply = typed("", PAGE);
    *reply.status_mut() = StatusCode::CREATED;
    let etag = match &object.manifest {
        Some(Manifest::Static(manifest)) => format!("\"{}\"", manifest.etag),
        _ => Dialect::of(&world.switches).etag(&object.blob),
    };
    let headers = reply.headers_mut();
    set(headers, header::ETAG, &etag);
    if let Some(date) = http_date(object.modified) {
        set(headers, header::LAST_MODIFIED, &date);
    }
    let modified = object.modified;
    world.store.set(key, name, object, modified);
    Ok(reply)
}

fn chunked(call: &Call) -> bool {
    call.header("transfer-encoding")
        .is_some_and(|encoding| encoding.to_ascii_lowercase().contains("chunked"))
}

/// The pool cannot take or give bytes.
pub(super) fn disk(error: &std::io::Error) -> Problem {
    Problem::page(StatusCode::INSUFFICIENT_STORAGE, error.to_string())
}

/// An object of these bytes.
pub(super) fn of(blob: BlobId, kind: &str, world: &World) -> Object {
    Object::new(blob, Some(kind), world.clock.now())
}
