//! An object: read, described, removed.

use http::{HeaderMap, HeaderValue, Method, StatusCode, header};

use super::condition::unmet;
use super::container::answered;
use super::content::Content;
use super::dialect::Dialect;
use super::large::{Manifest, dynamic, joined, number, report};
use super::meta::{self, Kind, Meta};
use super::problem::{PAGE, Problem, bad, no_bucket, no_object};
use super::range::{Part, Span, part};
use super::reply::{last_modified, set, text};
use super::{BucketKey, Object, Store, micros};
use crate::body::{Reply, bare, refused};
use crate::world::{Call, World};

/// The content type of objects that were stored without one.
const CONTENT_TYPE: &str = "application/octet-stream";

/// Headers that are stored with an object, besides its metadata.
const STORED: [&str; 6] = [
    "cache-control",
    "content-disposition",
    "content-encoding",
    "content-language",
    "expires",
    "x-robots-tag",
];

/// The last second that an object can expire in, in the year 2286.
const LAST: i128 = 9_999_999_999;

/// GET and HEAD: the content or ranges of it, under conditions.
pub(super) fn get(
    world: &World,
    key: &BucketKey,
    name: &str,
    call: &Call,
    dialect: Dialect,
) -> Result<Reply, Problem> {
    let (reply, content) = look(world, key, name, call, dialect)?;
    if content.is_empty() {
        return Ok(reply);
    }
    let body = content.body(&world.blobs).map_err(|error| lost(&error))?;
    Ok(reply.map(|_| body))
}

/// What a GET gives out: the answer, and the content that it is to have, which is none where the answer has a body
/// already, and to HEAD.
pub(super) fn look(
    world: &World,
    key: &BucketKey,
    name: &str,
    call: &Call,
    dialect: Dialect,
) -> Result<(Reply, Content), Problem> {
    let object = world.store.head(key, name).ok_or_else(|| {
        let wanted = call.header("if-match").map(str::trim) == Some("*");
        if wanted && dialect.upstream {
            let why = "If-Match: * and no object";
            return Problem::says(StatusCode::PRECONDITION_FAILED, "").because(why);
        }
        no_object()
    })?;
    let manifest = call.query("multipart-manifest") == Some("get");
    if let (true, Some(Manifest::Static(manifest))) = (manifest, &object.manifest) {
        let raw = call.query("format") == Some("raw");
        let (reply, text) = shown_manifest(object, report(manifest, raw), raw);
        let etag = reply.headers().get(header::ETAG);
        let etag = etag.and_then(|it| it.to_str().ok()).unwrap_or_default();
        if let Some(status) = unmet(call, etag, object.modified) {
            return Ok((refuse(object, etag, status, dialect), Content::default()));
        }
        let mut content = Content::default();
        if call.method != Method::HEAD {
            content.push(text);
        }
        return Ok((reply, content));
    }
    let joined = joined(world, call, &key.namespace, object, manifest, dialect)?;
    let (total, etag) = (joined.total, &joined.etag);
    let alone = |reply| Ok((reply, Content::default()));
    if let Some(status) = unmet(call, etag, object.modified) {
        return alone(refuse(object, etag, status, dialect));
    }
    let range = call
        .header(header::RANGE)
        .filter(|_| call.method == Method::GET);
    let joins = matches!(object.manifest, Some(Manifest::Dynamic(_))) && !manifest;
    let several = dialect.multiple_ranges && !joins;
    let number = number(call, object)?;
    let asked = match number {
        Some(it) if !it.there => return alone(no_part(object, etag, total, it.count, dialect)),
        Some(it) => Part::Spans(vec![it.span]),
        None => part(range, total, several),
    };
    let content = |part| match call.method {
        Method::HEAD => Ok(Content::default()),
        _ => joined.content(part),
    };
    let partial = StatusCode::PARTIAL_CONTENT;
    let (status, content, len, kind) = match asked {
        Part::Whole => (StatusCode::OK, content((0, total))?, total, None),
        Part::Unsatisfiable => return alone(unsatisfiable(object, etag, total, dialect)),
        Part::Spans(spans) => match spans.as_slice() {
            [(first, end)] => {
                // An empty segment has no first byte that could be told.
                let last = end.checked_sub(1).filter(|last| last >= first);
                let told = last.map(|last| format!("bytes {first}-{last}/{total}"));
                let kind = told.map(|told| (header::CONTENT_RANGE, told));
                (partial, content((*first, *end))?, end - first, kind)
            }
            spans => {
                // Every answer moves the source of chance on, so that the next boundary is another.
                let boundary = format!("{:032x}", world.rng.clone().u128(..));
                let parts = multipart(
                    &content((0, total))?,
                    spans,
                    content_type(object),
                    &boundary,
                );
                let told = format!("multipart/byteranges;boundary={boundary}");
                let kind = (header::CONTENT_TYPE, told);
                let len = parts.len();
                (partial, parts, len, Some(kind))
            }
        },
    };
    let mut reply = bare(status);
    describe(object, etag, &mut reply);
    let headers = reply.headers_mut();
    set(headers, header::CONTENT_LENGTH, &len.to_string());
    if let Some((name, told)) = kind {
        set(headers, name, &told);
    }
    if let Some(it) = number {
        set(headers, "x-parts-count", &it.count.to_string());
    }
    Ok((reply, content))
}

/// The answer to a condition that is not met.
fn refuse(object: &Object, etag: &str, status: StatusCode, dialect: Dialect) -> Reply {
    let mut reply = bare(status);
    describe(object, etag, &mut reply);
    set(reply.headers_mut(), header::CONTENT_LENGTH, "0");
    if status == StatusCode::PRECONDITION_FAILED && dialect.upstream {
        set(reply.headers_mut(), header::CONTENT_TYPE, PAGE);
        reply.headers_mut().remove(header::ACCEPT_RANGES);
    }
    refused(reply, "a condition of the request is not met")
}

/// 416 for a segment that there is not.
fn no_part(object: &Object, etag: &str, total: u64, count: usize, dialect: Dialect) -> Reply {
    let text = "The requested part number is not satisfiable";
    let status = StatusCode::RANGE_NOT_SATISFIABLE;
    let mut reply = Problem::says(status, text).told(dialect);
    describe(object, etag, &mut reply);
    let headers = reply.headers_mut();
    set(headers, header::CONTENT_RANGE, &format!("bytes */{total}"));
    set(headers, "x-parts-count", &count.to_string());
    reply
}

/// A static manifest itself.
fn shown_manifest(object: &Object, text: String, raw: bool) -> (Reply, String) {
    use md5::{Digest as _, Md5};
    let etag = crate::artifact::hex(&Md5::digest(&text));
    let mut reply = bare(StatusCode::OK);
    describe(object, &etag, &mut reply);
    let headers = reply.headers_mut();
    headers.remove("x-manifest-etag");
    set(headers, header::CONTENT_LENGTH, &text.len().to_string());
    if !raw {
        let kind = "application/json; charset=utf-8";
        set(headers, header::CONTENT_TYPE, kind);
    }
    (reply, text)
}

fn unsatisfiable(object: &Object, etag: &str, total: u64, dialect: Dialect) -> Reply {
    let status = StatusCode::RANGE_NOT_SATISFIABLE;
    let mut reply = Problem::page(status, "unsatisfiable range").told(dialect);
    let kind = reply.headers().get(header::CONTENT_TYPE).cloned();
    describe(object, etag, &mut reply);
    let headers = reply.headers_mut();
    if let Some(kind) = kind.filter(|_| dialect.native_errors) {
        headers.insert(header::CONTENT_TYPE, kind);
    }
    set(headers, header::CONTENT_RANGE, &format!("bytes */{total}"));
    reply
}

/// Several ranges, each as a part.
fn multipart(content: &Content, spans: &[Span], kind: &str, boundary: &str) -> Content {
    let total = content.len();
    let mut parts = Content::default();
    for (first, end) in spans {
        let last = end - 1;
        parts.push(format!(
            "--{boundary}\r\nContent-Type: {kind}\r\nContent-Range: bytes {first}-{last}/{total}\r\n\r\n"
        ));
        parts.append(content.span((*first, *end)));
        parts.push("\r\n");
    }
    parts.push(format!("--{boundary}--"));
    parts
}

/// POST: replaces the metadata.
pub(super) fn post(
    store: &mut Store,
    key: &BucketKey,
    name: &str,
    call: &Call,
    dialect: Dialect,
) -> Result<Reply, Problem> {
    let now = store.now;
    store.bucket(key).ok_or_else(no_bucket)?;
    let meta = given(&call.headers)?;
    let delete_at = expiry(&call.headers, now)?;
    let mut object = store.head(key, name).ok_or_else(no_object)?.clone();
    object.meta = meta;
    object.delete_at = delete_at;
    object.modified = micros(now);
    if let Some(kind) = text(&call.headers, "content-type").filter(|kind| !kind.is_empty()) {
        object.content_type = Some(kind);
    }
    let kept = object.manifest.take();
    object.manifest = match (text(&call.headers, "x-object-manifest"), kept) {
        (_, Some(Manifest::Static(manifest))) => Some(Manifest::Static(manifest)),
        // One that names nothing is taken here, as upstream does, and joins nothing.
        (Some(value), _) if dialect.large_objects => dynamic(&value).ok().map(Manifest::Dynamic),
        _ => None,
    };
    store.set(key, name, object, now);
    Ok(answered(StatusCode::ACCEPTED, dialect))
}

/// DELETE.
pub(super) fn delete(
    store: &mut Store,
    key: &BucketKey,
    name: &str,
    call: &Call,
    dialect: Dialect,
) -> Result<Reply, Problem> {
    store.bucket(key).ok_or_else(no_bucket)?;
    let wanted = text(&call.headers, "x-if-delete-at");
    let wanted: Option<i64> = wanted
        .map(|wanted| wanted.trim().parse())
        .transpose()
        .map_err(|_| Problem::says(StatusCode::BAD_REQUEST, "Bad X-If-Delete-At header value"))?;
    let own = store.head(key, name).ok_or_else(no_object)?.delete_at;
    if wanted.is_some() && own != wanted {
        let text = "X-If-Delete-At and X-Delete-At do not match";
        return Err(Problem::says(StatusCode::PRECONDITION_FAILED, text));
    }
    store.remove(key, name);
    Ok(answered(StatusCode::NO_CONTENT, dialect))
}

/// What a request gives an object to keep: its metadata, and the headers that are stored.
pub(super) fn given(headers: &HeaderMap) -> Result<Meta, Problem> {
    let kind = headers.get(header::CONTENT_TYPE);
    if kind.is_some_and(|kind| std::str::from_utf8(kind.as_bytes()).is_err()) {
        return Err(bad("Invalid Content-Type"));
    }
    let mut all = meta::of(headers, Kind::Object)?;
    for name in STORED {
        if let Some(value) = text(headers, name) {
            all.insert(name.to_owned(), value);
        }
    }
    Ok(all)
}

/// The second in which the object of a request expires.
pub(super) fn expiry(headers: &HeaderMap, now: jiff::Timestamp) -> Result<Option<i64>, Problem> {
    let now = now.as_second();
    let number = |name: &str, title: &str| match text(headers, name) {
        None => Ok(None),
        // As upstream has it, nothing lives beyond a certain second.
        Some(value) => match value.trim().parse::<i128>() {
            Ok(number) => Ok(Some(i64::try_from(number.clamp(-LAST, LAST)).unwrap_or(0))),
            // More digits than a number has.
            Err(_) if value.trim().bytes().all(|byte| byte.is_ascii_digit()) && value.len() > 9 => {
                Ok(i64::try_from(LAST).ok())
            }
            Err(_) => Err(bad(format!("Non-integer {title}"))),
        },
    };
    let (at, title) = match number("x-delete-after", "X-Delete-After")? {
        Some(after) => {
            let last = i64::try_from(LAST).unwrap_or(i64::MAX);
            (Some(now.saturating_add(after).min(last)), "X-Delete-After")
        }
        None => (number("x-delete-at", "X-Delete-At")?, "X-Delete-At"),
    };
    if at.is_some_and(|at| at <= now) {
        return Err(bad(format!("{title} in past")));
    }
    Ok(at)
}

/// The type of an object.
pub(super) fn content_type(object: &Object) -> &str {
    object.content_type.as_deref().unwrap_or(CONTENT_TYPE)
}

/// The type that the ending of a name tells, of the commonest.
pub(super) fn guessed(name: &str) -> &'static str {
    let ending = name
        .rsplit('/')
        .next()
        .and_then(|file| file.rsplit_once('.'));
    match ending
        .map(|(_, ending)| ending.to_ascii_lowercase())
        .as_deref()
    {
        Some("txt" | "log" | "c" | "h" | "pl") => "text/plain",
        Some("html" | "htm") => "text/html",
        Some("css") => "text/css",
        Some("csv") => "text/csv",
        Some("xml") => "text/xml",
        Some("js") => "application/javascript",
        Some("json") => "application/json",
        Some("pdf") => "application/pdf",
        Some("zip") => "application/zip",
        Some("tar") => "application/x-tar",
        Some("png") => "image/png",
        Some("jpg" | "jpeg") => "image/jpeg",
        Some("gif") => "image/gif",
        Some("svg") => "image/svg+xml",
        Some("mp3") => "audio/mpeg",
        Some("wav") => "audio/x-wav",
        Some("mp4") => "video/mp4",
        _ => CONTENT_TYPE,
    }
}

fn describe(object: &Object, etag: &str, reply: &mut Reply) {
    let headers = reply.headers_mut();
    // These, and those that every answer gets.
    headers.reserve(object.meta.len() + 12);
    set(headers, header::CONTENT_TYPE, content_type(object));
    set(headers, header::ETAG, etag);
    headers.insert(header::ACCEPT_RANGES, HeaderValue::from_static("bytes"));
    last_modified(headers, object.modified);
    for (name, value) in &object.meta {
        set(headers, name, value);
    }
    if let Some(at) = object.delete_at {
        set(headers, "x-delete-at", &at.to_string());
    }
    match &object.manifest {
        Some(Manifest::Dynamic(value)) => set(headers, "x-object-manifest", value),
        Some(Manifest::Static(_)) => {
            set(headers, "x-static-large-object", "True");
            set(headers, "x-manifest-etag", &object.blob.md5);
        }
        None => {}
    }
}

fn lost(error: &std::io::Error) -> Problem {
    Problem::page(StatusCode::INTERNAL_SERVER_ERROR, error.to_string())
}
