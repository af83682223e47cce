//! An object: read, described, removed.

use std::io::{Seek, SeekFrom};

use futures_util::TryStreamExt;
use http::{Method, StatusCode, header};
use http_body_util::{BodyExt, StreamBody};
use hyper::body::Frame;
use jiff::Timestamp;
use jiff::fmt::rfc2822::DateTimeParser;
use tokio::io::AsyncReadExt;
use tokio_util::io::ReaderStream;

use super::range::{Part, part};
use super::reply::{last_modified, no_object, refuse, set};
use super::{BucketKey, Object, Store};
use crate::Body;
use crate::blobs::BlobSource;
use crate::body::{Refused, Reply, bare, empty, full, refused};
use crate::world::{Call, World};

/// The content type of objects that were stored without one.
pub(super) const CONTENT_TYPE: &str = "application/octet-stream";

/// How much of a file is read at once.
const CHUNK: usize = 64 * 1024;

/// GET and HEAD: the content or a range of it, under conditions.
pub(super) fn get(
    world: &World,
    key: &BucketKey,
    name: &str,
    call: &Call,
) -> Result<Reply, Refused> {
    let object = world.store.head(key, name).ok_or_else(no_object)?;
    if let Some(status) = unmet(object, call) {
        let mut reply = bare(status);
        describe(object, &mut reply);
        return Ok(refused(reply, "a condition of the request is not met"));
    }
    let total = object.blob.len;
    let (status, first, len) = match part(call.header("range"), total) {
        Part::Whole => (StatusCode::OK, 0, total),
        Part::Bytes(first, last) => (StatusCode::PARTIAL_CONTENT, first, last - first + 1),
        Part::Unsatisfiable => {
            let refused = refuse(
                StatusCode::RANGE_NOT_SATISFIABLE,
                "InvalidRange",
                "The range lies behind the object's end.",
                "unsatisfiable range",
            );
            return Err(refused.map(|mut reply| {
                set(
                    reply.headers_mut(),
                    header::CONTENT_RANGE,
                    &format!("bytes */{total}"),
                );
                reply
            }));
        }
    };
    let body = if call.method == Method::HEAD {
        empty()
    } else {
        let source = world.blobs.path_or_bytes(&object.blob);
        open(source, first, len).map_err(|error| lost(&error))?
    };
    let mut reply = http::Response::new(body);
    *reply.status_mut() = status;
    describe(object, &mut reply);
    set(
        reply.headers_mut(),
        header::CONTENT_LENGTH,
        &len.to_string(),
    );
    if status == StatusCode::PARTIAL_CONTENT {
        let range = format!("bytes {first}-{}/{total}", first + len - 1);
        set(reply.headers_mut(), header::CONTENT_RANGE, &range);
    }
    Ok(reply)
}

/// POST: replaces the metadata.
pub(super) fn post(
    store: &mut Store,
    key: &BucketKey,
    name: &str,
    call: &Call,
) -> Result<Reply, Refused> {
    let object = store
        .bucket_mut(key)
        .and_then(|bucket| bucket.objects.get_mut(name))
        .ok_or_else(no_object)?;
    object.set_meta(call);
    Ok(bare(StatusCode::ACCEPTED))
}

/// DELETE.
pub(super) fn delete(store: &mut Store, key: &BucketKey, name: &str) -> Result<Reply, Refused> {
    if store.remove(key, name) {
        Ok(bare(StatusCode::NO_CONTENT))
    } else {
        Err(no_object())
    }
}

impl Object {
    /// Takes `X-Object-Meta-*` from a request, in place of what was there.
    pub(super) fn set_meta(&mut self, call: &Call) {
        self.meta = call
            .headers
            .iter()
            .filter_map(|(name, value)| {
                let name = name.as_str().strip_prefix("x-object-meta-")?;
                Some((name.to_owned(), value.to_str().ok()?.to_owned()))
            })
            .collect();
    }
}

fn describe(object: &Object, reply: &mut Reply) {
    let headers = reply.headers_mut();
    set(
        headers,
        header::CONTENT_TYPE,
        object.content_type.as_deref().unwrap_or(CONTENT_TYPE),
    );
    set(headers, header::ETAG, &object.blob.md5);
    set(headers, header::ACCEPT_RANGES, "bytes");
    last_modified(headers, object.modified);
    for (name, value) in &object.meta {
        set(headers, format!("x-object-meta-{name}"), value);
    }
}

/// The status of the condition that is not met. Tags match with and without quotes.
fn unmet(object: &Object, call: &Call) -> Option<StatusCode> {
    let names = |header: &str| {
        header
            .split(',')
            .map(|tag| tag.trim().trim_start_matches("W/").trim_matches('"'))
            .any(|tag| tag == "*" || tag.eq_ignore_ascii_case(&object.blob.md5))
    };
    let since = |header: Option<&str>| -> Option<Timestamp> {
        let parsed = DateTimeParser::new().parse_timestamp(header?).ok()?;
        Some(parsed)
    };
    // The header's second is the object's rounded up.
    let after = |limit: Timestamp| object.modified > limit;
    if let Some(tags) = call.header("if-match") {
        return (!names(tags)).then_some(StatusCode::PRECONDITION_FAILED);
    }
    if let Some(tags) = call.header("if-none-match") {
        return names(tags).then_some(StatusCode::NOT_MODIFIED);
    }
    if let Some(limit) = since(call.header("if-unmodified-since"))
        && after(limit)
    {
        return Some(StatusCode::PRECONDITION_FAILED);
    }
    match since(call.header("if-modified-since")) {
        Some(limit) if !after(limit) => Some(StatusCode::NOT_MODIFIED),
        _ => None,
    }
}

/// A part of a content as a body. A file is open from now on, whatever becomes of its name.
fn open(source: BlobSource, first: u64, len: u64) -> std::io::Result<Body> {
    match source {
        BlobSource::Bytes(bytes) => {
            let start = usize::try_from(first)
                .unwrap_or(usize::MAX)
                .min(bytes.len());
            let end = usize::try_from(first + len)
                .unwrap_or(usize::MAX)
                .min(bytes.len());
            Ok(full(bytes.slice(start..end)))
        }
        BlobSource::Path(path) => {
            let mut file = fs_err::File::open(path)?.into_parts().0;
            file.seek(SeekFrom::Start(first))?;
            let chunks =
                ReaderStream::with_capacity(tokio::fs::File::from_std(file).take(len), CHUNK);
            Ok(BodyExt::boxed(StreamBody::new(chunks.map_ok(Frame::data))))
        }
    }
}

fn lost(error: &std::io::Error) -> Refused {
    refuse(
        StatusCode::INTERNAL_SERVER_ERROR,
        "InternalServerError",
        "The object could not be read.",
        error.to_string(),
    )
}
