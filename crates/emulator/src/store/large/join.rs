//! What a manifest joins, at this moment.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use http::StatusCode;
use md5::{Digest as _, Md5};

use super::super::access;
use super::super::content::Content;
use super::super::dialect::Dialect;
use super::super::problem::{Problem, no_bucket};
use super::super::range::Span;
use super::super::{BucketKey, Object};
use super::dynamic::parts;
use super::{Manifest, Segment};
use crate::artifact::hex;
use crate::blobs::BlobId;
use crate::world::{Call, World};

/// How deep manifests may lie in manifests.
pub(super) const DEEPEST: usize = 10;

/// The most pieces of which a content is made: manifests in manifests grow beyond all bounds.
const MOST: usize = 100_000;

/// What an object gives out, before it is looked for.
pub(in crate::store) struct Joined<'a> {
    join: Join<'a>,
    object: &'a Object,
    /// Whether it is the manifest itself.
    raw: bool,
    /// How many bytes it has.
    pub(in crate::store) total: u64,
    /// In quotes where it is that of joined objects.
    pub(in crate::store) etag: String,
}

/// What an object gives out. `raw`: the manifest itself.
pub(in crate::store) fn joined<'a>(
    world: &'a World,
    call: &'a Call,
    namespace: &'a str,
    object: &'a Object,
    raw: bool,
    dialect: Dialect,
) -> Result<Joined<'a>, Problem> {
    let join = Join {
        world,
        call,
        namespace,
        dialect,
    };
    let (total, etag) = match &object.manifest {
        Some(Manifest::Dynamic(value)) if !raw => {
            let (mut total, mut digests) = (0, Md5::new());
            for blob in join.named(value)? {
                total += blob.len;
                digests.update(blob.md5.as_bytes());
            }
            (total, format!("\"{}\"", hex(&digests.finalize())))
        }
        Some(Manifest::Static(manifest)) if !raw => {
            (manifest.bytes, format!("\"{}\"", manifest.etag))
        }
        _ => (object.blob.len, dialect.etag(&object.blob)),
    };
    Ok(Joined {
        join,
        object,
        raw,
        total,
        etag,
    })
}

impl Joined<'_> {
    /// The bytes of a part. A HEAD, and a condition that is not met, ask for none.
    pub(in crate::store) fn content(&self, part: Span) -> Result<Content, Problem> {
        let mut content = Content::default();
        match &self.object.manifest {
            Some(Manifest::Dynamic(value)) if !self.raw => {
                let mut at = 0_u64;
                for blob in self.join.named(value)? {
                    content.append(Content::part(blob, within(part, at, blob.len)));
                    at += blob.len;
                    bounded(&content)?;
                }
            }
            Some(Manifest::Static(manifest)) if !self.raw => {
                let segments = &manifest.segments;
                self.join.segments(segments, part, &mut content, 0)?;
            }
            _ => content = Content::part(&self.object.blob, part),
        }
        Ok(content)
    }
}

/// What of a part lies in the `len` bytes from `at` on, counted from there.
fn within((first, end): Span, at: u64, len: u64) -> Span {
    let from = |it: u64| it.saturating_sub(at).min(len);
    (from(first), from(end))
}

fn lost(why: &str) -> Problem {
    Problem::page(StatusCode::CONFLICT, format!("a segment {why}"))
}

fn bounded(content: &Content) -> Result<(), Problem> {
    if content.pieces() > MOST {
        return Err(Problem::page(
            StatusCode::CONFLICT,
            "it is made of too many pieces",
        ));
    }
    Ok(())
}

#[derive(Clone, Copy)]
struct Join<'a> {
    world: &'a World,
    call: &'a Call,
    namespace: &'a str,
    dialect: Dialect,
}

impl<'a> Join<'a> {
    fn key(&self, bucket: String) -> BucketKey {
        BucketKey {
            namespace: self.namespace.to_owned(),
            bucket,
        }
    }

    /// The contents that a dynamic manifest joins.
    fn named(&self, value: &str) -> Result<impl Iterator<Item = &'a BlobId>, Problem> {
        let (bucket, prefix) = parts(value).unwrap_or_default();
        let key = self.key(bucket);
        access::reads(self.world, self.call, &key, &prefix, self.dialect)?;
        let bucket = self.world.store.bucket(&key).ok_or_else(no_bucket)?;
        let from = bucket.objects.range(prefix.clone()..);
        let named = from.take_while(move |(name, _)| name.starts_with(&prefix));
        Ok(named.map(|(_, object)| &object.blob))
    }

    /// Adds what of these segments lies in a part of what they join.
    fn segments(
        &self,
        segments: &[Segment],
        part: Span,
        content: &mut Content,
        depth: usize,
    ) -> Result<(), Problem> {
        if depth > DEEPEST {
            return Err(lost("lies too deep"));
        }
        let mut at = 0_u64;
        for segment in segments {
            let len = segment.joins();
            let (from, to) = within(part, at, len);
            at = at.saturating_add(len);
            let (name, hash, range) = match segment {
                Segment::Data { data } => {
                    let mut bytes = Content::default();
                    bytes.push(STANDARD.decode(data).unwrap_or_default());
                    content.append(bytes.span((from, to)));
                    continue;
                }
                Segment::Object {
                    name, hash, range, ..
                } => (name, hash, range),
            };
            let (bucket, object) = plain(name).ok_or_else(|| lost("has no name"))?;
            let key = self.key(bucket);
            access::reads(self.world, self.call, &key, &object, self.dialect)
                .map_err(|_| lost("may not be read"))?;
            let found = self.world.store.head(&key, &object);
            let found = found.ok_or_else(|| lost("is gone"))?;
            let start = range.as_deref().and_then(span).map_or(0, |span| span.0);
            let part = (start.saturating_add(from), start.saturating_add(to));
            let inner = match &found.manifest {
                Some(Manifest::Static(inner)) => Some(inner),
                _ => None,
            };
            if inner.map_or(&found.blob.md5, |inner| &inner.etag) != hash {
                return Err(lost("has changed"));
            }
            match inner {
                // Nothing is looked for of which nothing is wanted.
                _ if from == to => {}
                Some(inner) => self.segments(&inner.segments, part, content, depth + 1)?,
                None => content.append(Content::part(&found.blob, part)),
            }
            bounded(content)?;
        }
        Ok(())
    }
}

/// `first-last`, both included, as a manifest that was kept has it.
pub(super) fn span(range: &str) -> Option<Span> {
    let (first, last) = range.split_once('-')?;
    Some((
        first.parse().ok()?,
        last.parse::<u64>().ok()?.checked_add(1)?,
    ))
}

/// `/container/object`, as a manifest that was kept has it: not encoded.
pub(super) fn plain(name: &str) -> Option<(String, String)> {
    let (bucket, object) = name.trim_start_matches('/').split_once('/')?;
    (!bucket.is_empty() && !object.is_empty()).then(|| (bucket.to_owned(), object.to_owned()))
}
