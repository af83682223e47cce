//! What a store can do beyond what is documented for the service: used only after it was seen to work.

use bytes::Bytes;
use ferry_core::ids::ObjectName;
use ferry_http::{Body, Request};
use futures_util::{StreamExt as _, stream};
use http::Method;
use serde::Deserialize;

use crate::bucket::Bucket;
use crate::call::Call;
use crate::error::{Error, ErrorKind, Subject};
use crate::op::{Manifest, Put, Segment};

/// What upstream Swift can do, and the service may or may not.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Features {
    /// Large objects made of a list of segments (SLO).
    pub segments: bool,
    /// Large objects made of all segments whose names begin so (DLO).
    pub dynamic: bool,
    /// Copies on the server.
    pub copy: bool,
    /// `If-None-Match: *` on an upload is kept.
    pub conditional: bool,
    /// Many objects are removed by one request.
    pub bulk_delete: bool,
    /// Uploads whose length is not known beforehand.
    pub chunked: bool,
}

impl Features {
    /// None of them: PUT, GET with a range, HEAD, DELETE and listing alone.
    pub fn none() -> Self {
        Self::default()
    }

    /// All of them.
    pub fn all() -> Self {
        Self {
            segments: true,
            dynamic: true,
            copy: true,
            conditional: true,
            bulk_delete: true,
            chunked: true,
        }
    }

    /// Those that both have.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        Self {
            segments: self.segments && other.segments,
            dynamic: self.dynamic && other.dynamic,
            copy: self.copy && other.copy,
            conditional: self.conditional && other.conditional,
            bulk_delete: self.bulk_delete && other.bulk_delete,
            chunked: self.chunked && other.chunked,
        }
    }
}

/// What upstream says of itself (seen).
#[derive(Deserialize)]
struct Info {
    /// There in every upstream Swift, whose core has copies, conditions and uploads in chunks.
    swift: serde_json::Value,
    slo: Option<serde_json::Value>,
    bulk_delete: Option<serde_json::Value>,
}

const LONGEST_INFO: usize = 1 << 20;

/// Which of the `wanted` features the bucket has: what its `/info` says, else (and of DLO always, which no `/info` tells
/// of) what a trial shows with a few objects of some bytes, named `.ferry-trial-…` and removed again. A trial that fails for whatever reason has shown nothing; only a
/// refused sign-in is an error.
pub async fn probe(bucket: &Bucket, wanted: Features, random: u64) -> Result<Features, Error> {
    if wanted == Features::none() {
        return Ok(wanted);
    }
    if let Some(info) = info(bucket).await {
        let upstream = info.swift.is_object();
        let told = wanted.and(Features {
            segments: info.slo.is_some(),
            dynamic: false,
            copy: upstream,
            conditional: upstream,
            bulk_delete: info.bulk_delete.is_some(),
            chunked: upstream,
        });
        if !wanted.dynamic {
            return Ok(told);
        }
        let untold = Features {
            dynamic: true,
            ..Features::none()
        };
        let tried = Trial::new(bucket, random).run(untold).await?;
        return Ok(Features {
            dynamic: tried.dynamic,
            ..told
        });
    }
    Trial::new(bucket, random).run(wanted).await
}

fn content() -> Body {
    Body::Bytes(Bytes::from_static(CONTENT))
}

async fn info(bucket: &Bucket) -> Option<Info> {
    let request = Request::get(&format!("{}/info", bucket.url().origin())).ok()?;
    let answer = bucket.send_unsigned(request).await.ok()?;
    answer.json(LONGEST_INFO).await.ok()
}

struct Trial<'a> {
    bucket: &'a Bucket,
    one: ObjectName,
    two: ObjectName,
}

const CONTENT: &[u8] = b"ferry";

impl<'a> Trial<'a> {
    fn new(bucket: &'a Bucket, random: u64) -> Self {
        let name = |n: u8| {
            let name = format!(".ferry-trial-{random:016x}-{n}");
            ObjectName::try_from(name).ok()
        };
        // Such a name is an object's name.
        let (one, two) = (name(1), name(2));
        let (Some(one), Some(two)) = (one, two) else {
            unreachable!("a short name of ASCII letters is an object's name")
        };
        Self { bucket, one, two }
    }

    async fn run(&self, wanted: Features) -> Result<Features, Error> {
        let tried = self.all(wanted).await;
        for name in [&self.two, &self.one] {
            // What a trial leaves behind is a few bytes under a name that says what it is.
            let _ = self.bucket.delete(name).await;
        }
        tried
    }

    async fn all(&self, wanted: Features) -> Result<Features, Error> {
        let mut seen = Features::none();
        // Where not even this works, the transfer itself will tell why, unless it is the sign-in.
        if !shown(self.put(&self.one, content(), false).await)? {
            return Ok(seen);
        }
        if wanted.conditional {
            let again = self.put(&self.one, content(), true).await;
            seen.conditional = again.is_err_and(|error| error.kind() == ErrorKind::Precondition);
        }
        if wanted.chunked {
            let chunks = stream::iter(CONTENT.chunks(2).map(|chunk| Ok(Bytes::from_static(chunk))));
            let body = Body::Once {
                stream: chunks.boxed(),
                len: None,
            };
            seen.chunked = self.put(&self.two, body, false).await.is_ok() && self.holds().await;
        }
        if wanted.copy {
            let _ = self.bucket.delete(&self.two).await;
            let copied = self
                .bucket
                .copy_here(self.bucket, &self.one, &self.two)
                .await;
            seen.copy = copied.is_ok() && self.holds().await;
        }
        if wanted.segments {
            let _ = self.bucket.delete(&self.two).await;
            let manifest = Manifest(vec![Segment {
                object: self.one.clone(),
                etag: Some(crate::digest::md5(CONTENT)),
                bytes: CONTENT.len() as u64,
            }]);
            let joined = self.bucket.put_manifest(&self.two, &manifest, false).await;
            seen.segments = joined.is_ok() && self.holds().await;
        }
        if wanted.dynamic {
            let _ = self.bucket.delete(&self.two).await;
            let joined = self.bucket.put_prefix(&self.two, &self.one, false).await;
            seen.dynamic = joined.is_ok() && self.holds().await;
        }
        if wanted.bulk_delete {
            let removed = self
                .bucket
                .delete_many(std::slice::from_ref(&self.one))
                .await;
            let gone = self.bucket.head(&self.one).await;
            seen.bulk_delete = removed.is_ok() && gone.is_err_and(|error| error.is_not_found());
        }
        Ok(seen)
    }

    async fn put(&self, name: &ObjectName, body: Body, only_new: bool) -> Result<(), Error> {
        let put = Put {
            body,
            md5: None,
            only_new,
        };
        self.bucket.put_body(name, put).await.map(drop)
    }

    /// Whether the second object is what was meant, read back whole.
    async fn holds(&self) -> bool {
        let subject = Subject {
            doing: "reading",
            object: Some(&self.two),
        };
        let call = Call::of(Method::GET, &self.two);
        match self.bucket.send(call, &subject).await {
            Ok(answer) => answer
                .bytes(CONTENT.len())
                .await
                .is_ok_and(|bytes| bytes == CONTENT),
            Err(_) => false,
        }
    }
}

fn shown(tried: Result<(), Error>) -> Result<bool, Error> {
    match tried {
        Err(error) if error.kind() == ErrorKind::Unauthorized => Err(error),
        tried => Ok(tried.is_ok()),
    }
}
