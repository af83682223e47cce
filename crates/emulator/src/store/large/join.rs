//! What a manifest joins, at this moment.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use http::StatusCode;
use md5::{Digest as _, Md5};

use super::super::access;
use super::super::content::Content;
use super::super::dialect::Dialect;
use super::super::problem::{Problem, no_bucket};
use super::super::{BucketKey, Object};
use super::dynamic::parts;
use super::{Manifest, Segment};
use crate::artifact::hex;
use crate::world::{Call, World};

/// How deep manifests may lie in manifests.
const DEEPEST: usize = 10;

/// What an object gives out, and the `ETag` of that.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::store) struct Joined {
    /// The bytes, or why they cannot be had: a HEAD and a condition that is not met ask for none.
    pub(in crate::store) content: Result<Content, Problem>,
    /// How many they are.
    pub(in crate::store) total: u64,
    /// In quotes where it is that of joined objects.
    pub(in crate::store) etag: String,
}

/// What an object gives out. `raw`: the manifest itself.
pub(in crate::store) fn joined(
    world: &World,
    call: &Call,
    namespace: &str,
    object: &Object,
    raw: bool,
    dialect: Dialect,
) -> Result<Joined, Problem> {
    let join = Join {
        world,
        call,
        namespace,
        dialect,
    };
    match &object.manifest {
        Some(Manifest::Dynamic(value)) if !raw => join.dynamic(value),
        Some(Manifest::Static(manifest)) if !raw => Ok(Joined {
            content: join.segments(&manifest.segments, 0),
            total: manifest.bytes,
            etag: format!("\"{}\"", manifest.etag),
        }),
        _ => Ok(Joined {
            content: Ok(Content::of(&object.blob)),
            total: object.blob.len,
            etag: dialect.etag(&object.blob),
        }),
    }
}

struct Join<'a> {
    world: &'a World,
    call: &'a Call,
    namespace: &'a str,
    dialect: Dialect,
}

impl Join<'_> {
    fn key(&self, bucket: String) -> BucketKey {
        BucketKey {
            namespace: self.namespace.to_owned(),
            bucket,
        }
    }

    fn dynamic(&self, value: &str) -> Result<Joined, Problem> {
        let (bucket, prefix) = parts(value).unwrap_or_default();
        let key = self.key(bucket);
        access::reads(self.world, self.call, &key, &prefix, self.dialect)?;
        let mut content = Content::default();
        let mut digests = Md5::new();
        let bucket = self.world.store.bucket(&key).ok_or_else(no_bucket)?;
        let from = bucket.objects.range(prefix.clone()..);
        for (_, object) in from.take_while(|(name, _)| name.starts_with(&prefix)) {
            content.append(Content::of(&object.blob));
            digests.update(object.blob.md5.as_bytes());
        }
        Ok(Joined {
            total: content.len(),
            content: Ok(content),
            etag: format!("\"{}\"", hex(&digests.finalize())),
        })
    }

    fn segments(&self, segments: &[Segment], depth: usize) -> Result<Content, Problem> {
        let lost = |why: &str| Problem::page(StatusCode::CONFLICT, format!("a segment {why}"));
        if depth > DEEPEST {
            return Err(lost("lies too deep"));
        }
        let mut content = Content::default();
        for segment in segments {
            let (name, hash, range) = match segment {
                Segment::Data { data } => {
                    content.push(STANDARD.decode(data).unwrap_or_default());
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
            let (whole, etag) = match &found.manifest {
                Some(Manifest::Static(inner)) => {
                    (self.segments(&inner.segments, depth + 1)?, &inner.etag)
                }
                _ => (Content::of(&found.blob), &found.blob.md5),
            };
            if etag != hash {
                return Err(lost("has changed"));
            }
            let span = range.as_deref().and_then(|range| {
                let (first, last) = range.split_once('-')?;
                Some((first.parse().ok()?, last.parse::<u64>().ok()? + 1))
            });
            content.append(match span {
                Some(span) => whole.span(span),
                None => whole,
            });
        }
        Ok(content)
    }
}

/// `/container/object`, as a manifest that was kept has it: not encoded.
pub(super) fn plain(name: &str) -> Option<(String, String)> {
    let (bucket, object) = name.trim_start_matches('/').split_once('/')?;
    (!bucket.is_empty() && !object.is_empty()).then(|| (bucket.to_owned(), object.to_owned()))
}
