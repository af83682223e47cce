//! What the maps make of steps about objects.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde_json::json;

use super::map::{Body, Model, Object, Told, joined_tag, md5};
use super::steps::{Condition, Given, Meta, Name, Range, SEGMENTS, TEXT, Tag};

const KIND: &str = "application/octet-stream";

fn kept(meta: &Meta) -> BTreeMap<String, String> {
    let owned = |(name, value): &(&str, String)| ((*name).to_owned(), value.clone());
    meta.iter().map(owned).collect()
}

/// The second in which a moment is over.
fn ceiling(at: Timestamp) -> i64 {
    (at.as_microsecond() + 999_999).div_euclid(1_000_000)
}

/// A date as HTTP writes it.
pub(super) fn date(second: i64) -> String {
    let at = Timestamp::from_second(second).unwrap();
    at.strftime("%a, %d %b %Y %H:%M:%S GMT").to_string()
}

/// What reading an object gives, before conditions and ranges.
struct Content {
    etag: String,
    /// How many bytes there are, and these; none where a segment is lost.
    size: usize,
    bytes: Option<Vec<u8>>,
}

impl Model {
    fn delete_at(&self, given: &Given) -> Option<i64> {
        let lives = given.lives?;
        Some(self.now.as_second() + i64::from(lives))
    }

    /// The type that the end of a name tells.
    fn kind(&self, name: &Name, given: &Given) -> String {
        let told = if self.upstream && name.1 == TEXT {
            "text/plain"
        } else {
            KIND
        };
        given.kind.unwrap_or(told).to_owned()
    }

    /// Stores an object; none: there is no such container.
    fn store(&mut self, (container, name): &Name, object: Object) -> Told {
        let Some(container) = self.containers.get_mut(*container) else {
            return Told::only(404);
        };
        container.objects.insert(name.clone(), object);
        Told::only(201)
    }

    fn new_object(&self, body: Body, name: &Name, given: &Given) -> Object {
        Object {
            body,
            kind: self.kind(name, given),
            meta: kept(&given.meta),
            delete_at: self.delete_at(given),
            modified: self.now,
        }
    }

    /// `new`: only where there is none.
    pub(super) fn put(
        &mut self,
        name: &Name,
        body: &[u8],
        tag: Tag,
        given: &Given,
        new: bool,
    ) -> Told {
        if !self.containers.contains_key(name.0) {
            return Told::only(404);
        }
        if new && self.object(name).is_some() {
            return Told::only(412);
        }
        if tag == Tag::Wrong {
            return Told::only(422);
        }
        let object = self.new_object(Body::Bytes(body.to_owned()), name, given);
        Told {
            headers: vec![
                ("etag", Some(md5(body))),
                ("last-modified", Some(date(ceiling(self.now)))),
            ],
            ..self.store(name, object)
        }
    }

    /// In OCI's dialect the header says nothing.
    pub(super) fn put_dynamic(&mut self, name: &Name, prefix: &str, given: &Given) -> Told {
        let body = if self.upstream {
            Body::Dynamic(prefix.to_owned())
        } else {
            Body::Bytes(Vec::new())
        };
        let object = self.new_object(body, name, given);
        self.store(name, object)
    }

    /// In OCI's dialect the manifest is an object like any other.
    pub(super) fn put_static(
        &mut self,
        name: &Name,
        segments: &[String],
        text: &[u8],
        given: &Given,
    ) -> Told {
        if !self.upstream {
            return self.put(name, text, Tag::None, given, false);
        }
        let mut joined = Vec::new();
        let (mut size, mut manifest) = (0, 2);
        for (at, segment) in segments.iter().enumerate() {
            let found = self.object(&(SEGMENTS, segment.clone()));
            // Slashes alone are no name there.
            let found = found.filter(|_| !segment.chars().all(|it| it == '/'));
            if let Some(object) = found {
                manifest += row_size(segment, object) + if at == 0 { 0 } else { 2 };
            }
            match found.map(|object| &object.body) {
                Some(Body::Bytes(bytes)) if !bytes.is_empty() || at + 1 == segments.len() => {
                    size += bytes.len();
                    joined.push((segment.clone(), md5(bytes)));
                }
                _ => return Told::only(400),
            }
        }
        if !self.containers.contains_key(name.0) {
            return Told::only(404);
        }
        let etag = joined_tag(&joined);
        let body = Body::Static {
            segments: joined,
            size,
            manifest,
        };
        let object = self.new_object(body, name, given);
        Told {
            headers: vec![("etag", Some(etag))],
            ..self.store(name, object)
        }
    }

    pub(super) fn post(&mut self, name: &Name, given: &Given) -> Told {
        let delete_at = self.delete_at(given);
        let now = self.now;
        let container = self.containers.get_mut(name.0);
        let Some(object) = container.and_then(|it| it.objects.get_mut(&name.1)) else {
            return Told::only(404);
        };
        object.meta = kept(&given.meta);
        object.delete_at = delete_at;
        object.modified = now;
        if let Some(kind) = given.kind {
            kind.clone_into(&mut object.kind);
        }
        if let Body::Dynamic(_) = object.body {
            object.body = Body::Bytes(Vec::new());
        }
        Told::only(202)
    }

    pub(super) fn copy(&mut self, from: &Name, to: &Name, by_put: bool, fresh: bool) -> Told {
        if !self.upstream {
            let (asked, status) = if by_put { (to, 400) } else { (from, 405) };
            let there = self.containers.contains_key(asked.0);
            return Told::only(if there { status } else { 404 });
        }
        let Some(mut object) = self.object(from).cloned() else {
            return Told::only(404);
        };
        if !self.containers.contains_key(to.0) {
            return Told::only(404);
        }
        if self.is_lost(&object) {
            return Told::only(404);
        }
        let Some(bytes) = self.content(&object).bytes else {
            return Told::only(409);
        };
        if fresh {
            object.meta.clear();
            object.delete_at = None;
        }
        let etag = md5(&bytes);
        object.body = Body::Bytes(bytes);
        object.modified = self.now;
        Told {
            headers: vec![("etag", Some(etag))],
            meta: Some(("x-object-meta-", object.meta.clone())),
            ..self.store(to, object)
        }
    }

    pub(super) fn delete(&mut self, (container, name): &Name) -> Told {
        let container = self.containers.get_mut(*container);
        let gone = container.and_then(|it| it.objects.remove(name));
        Told::only(if gone.is_some() { 204 } else { 404 })
    }

    /// Whether the container that an object is joined from is gone.
    fn is_lost(&self, object: &Object) -> bool {
        matches!(object.body, Body::Dynamic(_)) && !self.containers.contains_key(SEGMENTS)
    }

    fn content(&self, object: &Object) -> Content {
        let segments = self.containers.get(SEGMENTS);
        let segment = |name: &String| match &segments?.objects.get(name)?.body {
            Body::Bytes(bytes) => Some(bytes.clone()),
            _ => None,
        };
        match &object.body {
            Body::Bytes(bytes) => Content {
                etag: md5(bytes),
                size: bytes.len(),
                bytes: Some(bytes.clone()),
            },
            Body::Dynamic(prefix) => {
                let names = segments.into_iter().flat_map(|it| it.objects.keys());
                let names = names.filter(|name| name.starts_with(prefix));
                let parts: Vec<Vec<u8>> = names.filter_map(segment).collect();
                let digests: Vec<String> = parts.iter().map(md5).collect();
                let bytes = parts.concat();
                Content {
                    etag: format!("\"{}\"", md5(digests.concat())),
                    size: bytes.len(),
                    bytes: Some(bytes),
                }
            }
            Body::Static { segments, size, .. } => {
                let parts = segments.iter().map(|(name, digest)| {
                    let bytes = segment(name)?;
                    (md5(&bytes) == *digest).then_some(bytes)
                });
                let parts: Option<Vec<Vec<u8>>> = parts.collect();
                Content {
                    etag: joined_tag(segments),
                    size: *size,
                    bytes: parts.map(|parts| parts.concat()),
                }
            }
        }
    }

    /// The tag and the date that conditions are made of.
    pub(super) fn shown(&self, name: &Name) -> Option<(String, i64)> {
        let object = self.object(name)?;
        Some((self.content(object).etag, ceiling(object.modified)))
    }

    pub(super) fn read(
        &self,
        name: &Name,
        head: bool,
        condition: Option<Condition>,
        range: Option<Range>,
    ) -> Told {
        let Some(object) = self.object(name) else {
            return Told::only(404);
        };
        if self.is_lost(object) {
            return Told::only(404);
        }
        let unmet = match condition {
            Some(Condition::Match(false)) => Some(412),
            Some(Condition::NoneMatch(true)) => Some(304),
            Some(Condition::ModifiedSince(after)) if after >= 0 => Some(304),
            Some(Condition::UnmodifiedSince(after)) if after < 0 => Some(412),
            _ => None,
        };
        if let Some(status) = unmet {
            return Told::only(status);
        }
        let content = self.content(object);
        let size = content.size as u64;
        let (status, span) = match range.filter(|_| !head) {
            None => (200, (0, size)),
            // No range at all.
            Some(Range::Between(first, last)) if last < first => (200, (0, size)),
            Some(Range::Between(first, last)) if first < size => (206, (first, size.min(last + 1))),
            Some(Range::From(first)) if first < size => (206, (first, size)),
            Some(Range::Last(1..)) if size == 0 => (200, (0, 0)),
            Some(Range::Last(last @ 1..)) => (206, (size.saturating_sub(last), size)),
            _ => (416, (0, 0)),
        };
        let told = match status {
            206 => Some(format!("bytes {}-{}/{size}", span.0, span.1 - 1)),
            416 => Some(format!("bytes */{size}")),
            _ => None,
        };
        let part = |bytes: Vec<u8>| {
            let at = |it: u64| usize::try_from(it).unwrap();
            bytes[at(span.0)..at(span.1)].to_owned()
        };
        let body = match content.bytes {
            None if !head && status != 416 => return Told::only(409),
            Some(bytes) if status != 416 => Some(part(bytes)).filter(|_| !head),
            _ => None,
        };
        let length =
            (status != 416).then(|| ("content-length", Some((span.1 - span.0).to_string())));
        let kind = (status != 416).then(|| ("content-type", Some(object.kind.clone())));
        let mut headers = vec![
            ("etag", Some(content.etag)),
            ("last-modified", Some(date(ceiling(object.modified)))),
            ("content-range", told),
            ("x-delete-at", object.delete_at.map(|at| at.to_string())),
        ];
        headers.extend(length.into_iter().chain(kind));
        Told {
            status,
            headers,
            meta: Some(("x-object-meta-", object.meta.clone())),
            body,
            rows: None,
        }
    }
}

/// How long the row of a segment is in a manifest that is kept.
fn row_size(name: &str, object: &Object) -> usize {
    let Body::Bytes(bytes) = &object.body else {
        return 0;
    };
    let row = json!({
        "name": format!("/{SEGMENTS}/{name}"),
        "bytes": bytes.len(),
        "hash": md5(bytes),
        "content_type": object.kind,
        "last_modified": "2026-01-02T03:04:05.678000",
    });
    // A blank behind every comma and colon, and letters beyond ASCII in hexadecimal digits.
    let blanks = 5 + 4;
    let escaped = |c: char| 6 * c.len_utf16() - c.len_utf8();
    let name: usize = name.chars().filter(|c| !c.is_ascii()).map(escaped).sum();
    row.to_string().len() + blanks + name
}
