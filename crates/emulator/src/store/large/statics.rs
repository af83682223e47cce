//! Static manifests: a list of segments, put by `?multipart-manifest=put`.

use std::collections::BTreeSet;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use http::StatusCode;
use md5::{Digest as _, Md5};
use percent_encoding::utf8_percent_encode;
use serde_json::{Value, json};

use super::super::access;
use super::super::bulk::{self, Deleted};
use super::super::dialect::Dialect;
use super::super::json;
use super::super::listing::Form;
use super::super::problem::{Problem, bad, line};
use super::super::range;
use super::super::reply::listed;
use super::super::report::{Report, accepted, streamed};
use super::super::target::{PATH, Target};
use super::super::{BucketKey, object};
use super::join::{DEEPEST, plain};
use super::{Manifest, Segment, Static};
use crate::artifact::hex;
use crate::body::Reply;
use crate::world::{Call, World};

/// The most segments that are objects.
const MOST: usize = 1000;

/// A segment as a request has it.
enum Wanted {
    Data(Vec<u8>),
    Object {
        path: String,
        etag: Option<String>,
        size: Option<u64>,
        range: Option<range::Written>,
    },
}

/// Whether a request puts a manifest.
pub(in crate::store) fn is_manifest(call: &Call) -> bool {
    call.query("multipart-manifest") == Some("put")
}

/// Checks the segments of a manifest against what is there.
///
/// # Errors
///
/// 400 with a line for each that is wrong.
pub(in crate::store) fn put(
    world: &World,
    call: &Call,
    key: &BucketKey,
    name: &str,
    text: &[u8],
    dialect: Dialect,
) -> Result<Static, Flaw> {
    let own = format!("/{}/{name}", key.bucket);
    let wanted = read(text, &own)?;
    let objects = wanted
        .iter()
        .filter(|it| matches!(it, Wanted::Object { .. }));
    if objects.count() > MOST {
        let text = format!("Number of object-backed segments must be <= {MOST}");
        return Err(Problem::says(StatusCode::PAYLOAD_TOO_LARGE, text).into());
    }
    let mut problems = Vec::new();
    let mut segments = Vec::with_capacity(wanted.len());
    let (mut bytes, mut digests) = (0_u64, Md5::new());
    let last = wanted.len().saturating_sub(1);
    for (at, wanted) in wanted.into_iter().enumerate() {
        match wanted {
            Wanted::Data(data) => {
                bytes = joined_size(bytes, data.len() as u64)?;
                digests.update(hex(&Md5::digest(&data)).as_bytes());
                let data = STANDARD.encode(&data);
                segments.push(Segment::Data { data });
            }
            Wanted::Object {
                path,
                etag,
                size,
                range,
            } => {
                let quoted = utf8_percent_encode(&path, PATH).to_string();
                let found = segment(world, call, &key.namespace, &path, dialect);
                let (mut found, whole) = match found {
                    Ok(found) => found,
                    Err(status) => {
                        problems.push((quoted, status));
                        continue;
                    }
                };
                let Segment::Object {
                    hash, range: kept, ..
                } = &mut found
                else {
                    continue;
                };
                let mut len = whole;
                match range.map(|range| range.of(whole)) {
                    None => {}
                    Some(None) => problems.push((quoted.clone(), "Unsatisfiable Range".to_owned())),
                    Some(Some((0, end))) if end == whole => {}
                    Some(Some((first, end))) => {
                        len = end - first;
                        *kept = Some(format!("{first}-{}", end - 1));
                    }
                }
                if len < 1 && at != last {
                    let why = "Too small; each segment must be at least 1 byte.";
                    problems.push((quoted.clone(), why.to_owned()));
                }
                if size.is_some_and(|size| size != whole) {
                    problems.push((quoted.clone(), "Size Mismatch".to_owned()));
                }
                if etag.is_some_and(|etag| etag.trim_matches('"') != *hash) {
                    problems.push((quoted, "Etag Mismatch".to_owned()));
                }
                digests.update(match kept {
                    Some(range) => format!("{hash}:{range};"),
                    None => hash.clone(),
                });
                bytes = joined_size(bytes, len)?;
                segments.push(found);
            }
        }
    }
    if !problems.is_empty() {
        return Err(Flaw::Segments(problems));
    }
    Ok(Static {
        segments,
        etag: hex(&digests.finalize()),
        bytes,
    })
}

fn joined_size(bytes: u64, more: u64) -> Result<u64, Problem> {
    let why = "more bytes than can be counted";
    bytes
        .checked_add(more)
        .ok_or_else(|| Problem::page(StatusCode::PAYLOAD_TOO_LARGE, why))
}

/// Why a manifest is not kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::store) enum Flaw {
    /// It is none.
    Request(Problem),
    /// Its segments are not there, or not as it says: the path of each, and what is wrong.
    Segments(Vec<(String, String)>),
}

impl From<Problem> for Flaw {
    fn from(problem: Problem) -> Self {
        Self::Request(problem)
    }
}

impl Flaw {
    /// The answer that tells it.
    pub(in crate::store) fn told(self, call: &Call, dialect: Dialect) -> Reply {
        match self {
            Self::Request(problem) => problem.told(dialect),
            Self::Segments(errors) => {
                let form = accepted(call).unwrap_or(Form::Text);
                let report = Report {
                    root: "upload",
                    fields: Vec::new(),
                    errors,
                };
                streamed(
                    StatusCode::BAD_REQUEST,
                    form.kind(),
                    vec![report.text(form)],
                )
            }
        }
    }
}

/// The object of a segment and its size, or the status that a HEAD of it has.
fn segment(
    world: &World,
    call: &Call,
    namespace: &str,
    path: &str,
    dialect: Dialect,
) -> Result<(Segment, u64), String> {
    let gone = || "404 Not Found".to_owned();
    let (bucket, name) = plain(path).ok_or_else(gone)?;
    let key = BucketKey {
        namespace: namespace.to_owned(),
        bucket,
    };
    access::reads(world, call, &key, &name, dialect)
        .map_err(|problem| problem.status().to_string())?;
    let found = world.store.head(&key, &name).ok_or_else(gone)?;
    let (hash, bytes, sub_slo) = match &found.manifest {
        Some(Manifest::Static(inner)) => (inner.etag.clone(), inner.bytes, true),
        _ => (found.blob.md5.clone(), found.blob.len, false),
    };
    let segment = Segment::Object {
        name: format!("/{}", path.trim_start_matches('/')),
        bytes,
        hash,
        content_type: object::content_type(found).to_owned(),
        last_modified: listed(found.modified),
        range: None,
        sub_slo,
    };
    Ok((segment, bytes))
}

/// Reads a manifest.
fn read(text: &[u8], own: &str) -> Result<Vec<Wanted>, Problem> {
    let says = |text: &str| Problem::says(StatusCode::BAD_REQUEST, text);
    let read: Value =
        serde_json::from_slice(text).map_err(|_| says("Manifest must be valid JSON.\n"))?;
    let Value::Array(items) = read else {
        return Err(says("Manifest must be a list.\n"));
    };
    let mut errors = Vec::new();
    let mut wanted = Vec::with_capacity(items.len());
    let count = items.len();
    for (at, item) in items.iter().enumerate() {
        match one(item, own, at + 1 == count) {
            Ok(segment) => wanted.push(segment),
            Err(why) => errors.push(format!("Index {at}: {why}\n")),
        }
    }
    let data = items.iter().filter(|item| item.get("data").is_some());
    if count > 0 && data.count() == count {
        errors
            .push("Inline data segments require at least one object-backed segment.\n".to_owned());
    }
    if errors.is_empty() {
        Ok(wanted)
    } else {
        Err(bad(errors.concat()))
    }
}

fn one(item: &Value, own: &str, last: bool) -> Result<Wanted, String> {
    let Value::Object(fields) = item else {
        return Err("not a JSON object".to_owned());
    };
    let extraneous = |allowed: &[&str]| {
        let mut others: Vec<String> = fields
            .keys()
            .filter(|key| !allowed.contains(&key.as_str()))
            .map(|key| format!("\"{key}\""))
            .collect();
        others.sort();
        if others.is_empty() {
            Ok(())
        } else {
            Err(format!("extraneous keys {}", others.join(", ")))
        }
    };
    if let Some(path) = fields.get("path") {
        extraneous(&["path", "etag", "size_bytes", "range"])?;
        return object_segment(fields, path, own, last);
    }
    let Some(data) = fields.get("data") else {
        return Err("expected keys to include one of b'path' or b'data'".to_owned());
    };
    extraneous(&["data"])?;
    let data = data.as_str().map(str::trim);
    let data = data.and_then(|data| STANDARD.decode(data).ok());
    let data = data.ok_or("data must be valid base64")?;
    if data.is_empty() {
        return Err("too small; each segment must be at least 1 byte.".to_owned());
    }
    Ok(Wanted::Data(data))
}

fn object_segment(
    fields: &serde_json::Map<String, Value>,
    path: &Value,
    own: &str,
    last: bool,
) -> Result<Wanted, String> {
    let path = path.as_str().ok_or("\"path\" must be a string")?;
    let etag = match fields.get("etag") {
        None | Some(Value::Null) => None,
        Some(Value::String(etag)) => Some(etag.clone()),
        Some(_) => return Err("\"etag\" must be a string or null (if provided)".to_owned()),
    };
    if !path.trim_matches('/').contains('/') {
        return Err(
            "path does not refer to an object. Path must be of the form /container/object."
                .to_owned(),
        );
    }
    let size = match fields.get("size_bytes") {
        None | Some(Value::Null) => None,
        Some(Value::Number(size)) => Some(size.as_i64().ok_or("invalid size_bytes")?),
        Some(Value::String(size)) => {
            let size = size.trim().parse::<i64>();
            Some(size.map_err(|_| "invalid size_bytes")?)
        }
        Some(_) => return Err("invalid size_bytes".to_owned()),
    };
    if size.is_some_and(|size| size < 1) && !last {
        return Err("too small; each segment must be at least 1 byte.".to_owned());
    }
    let size = size.map(|size| u64::try_from(size).unwrap_or(0));
    if format!("/{}", path.trim_start_matches('/')) == own {
        return Err("manifest must not include itself as a segment".to_owned());
    }
    let range = fields.get("range").and_then(Value::as_str);
    let range = range.filter(|range| !range.is_empty());
    let range = match range.map(|range| range::read(&format!("bytes={range}"))) {
        None => None,
        Some(None) => return Err("invalid range".to_owned()),
        Some(Some(ranges)) => match ranges.as_slice() {
            [one] => Some(*one),
            _ => return Err("multiple ranges (only one allowed)".to_owned()),
        },
    };
    if let (Some(range), Some(size)) = (range, size)
        && range.of(size).is_none()
    {
        return Err("unsatisfiable range".to_owned());
    }
    Ok(Wanted::Object {
        path: path.to_owned(),
        etag,
        size,
        range,
    })
}

/// `GET ?multipart-manifest=get`: as it is kept, or in the form in which it can be put again.
pub(in crate::store) fn report(manifest: &Static, raw: bool) -> String {
    if !raw {
        return json::text(&manifest.segments);
    }
    let segments: Vec<Value> = manifest
        .segments
        .iter()
        .map(|segment| match segment {
            Segment::Data { data } => json!({"data": data}),
            Segment::Object {
                name,
                bytes,
                hash,
                range,
                ..
            } => {
                let mut it = json!({"path": name, "etag": hash, "size_bytes": bytes});
                if let (Some(range), Some(fields)) = (range, it.as_object_mut()) {
                    fields.insert("range".to_owned(), json!(range));
                }
                it
            }
        })
        .collect();
    json::text(&segments)
}

/// `DELETE ?multipart-manifest=delete`: the segments, then the manifest. The report's own status is the truth.
pub(in crate::store) fn delete(
    world: &mut World,
    call: &Call,
    key: &BucketKey,
    name: &str,
    dialect: Dialect,
) -> Reply {
    let mut report = Deleted::default();
    if accepted(call).is_none() {
        return report.told(call);
    }
    let own = Target::Object(key.clone(), name.to_owned());
    if let Err(problem) = access::reads(world, call, key, name, dialect) {
        let why = if problem.status() == StatusCode::UNAUTHORIZED {
            line(problem.status())
        } else {
            "Unable to load SLO manifest or segment.".to_owned()
        };
        report.errors.push((bulk::path(&own), why));
        return report.told(call);
    }
    let mut doomed = BTreeSet::new();
    // What is not there is told by its own deletion.
    if let Some(found) = world.store.head(key, name) {
        let Some(Manifest::Static(manifest)) = &found.manifest else {
            let why = "Not an SLO manifest".to_owned();
            report.errors.push((bulk::path(&own), why));
            return report.told(call);
        };
        collect(world, &key.namespace, manifest, &mut doomed, 0);
    }
    doomed.insert(own.clone());
    // The method is DELETE already.
    for named in doomed {
        report.delete(world, call, &bulk::path(&named), &named, dialect);
    }
    report.told(call)
}

fn collect(
    world: &World,
    namespace: &str,
    manifest: &Static,
    doomed: &mut BTreeSet<Target>,
    depth: usize,
) {
    for segment in &manifest.segments {
        let Segment::Object { name, .. } = segment else {
            continue;
        };
        let Some((bucket, object)) = plain(name) else {
            continue;
        };
        let key = BucketKey {
            namespace: namespace.to_owned(),
            bucket,
        };
        // Each once, however often it is named.
        if !doomed.insert(Target::Object(key.clone(), object.clone())) {
            continue;
        }
        if let Some(found) = world.store.head(&key, &object)
            && let Some(Manifest::Static(inner)) = &found.manifest
            && depth < DEEPEST
        {
            collect(world, namespace, inner, doomed, depth + 1);
        }
    }
}
