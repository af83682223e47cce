//! The list of segments that makes a large object (upstream's SLO; not known of the service).

use bytes::Bytes;
use ferry_core::ids::ObjectName;
use ferry_http::Body;
use http::Method;
use serde::Serialize;

use super::put::{content_type, on_condition, subject};
use super::report::Report;
use crate::bucket::Bucket;
use crate::call::Call;
use crate::digest::md5;
use crate::error::{Error, ErrorKind, Subject};

/// The segments of a large object, in order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Manifest(pub(crate) Vec<Segment>);

/// One of them, in the same bucket.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Segment {
    pub(crate) object: ObjectName,
    /// Its MD5, where that is what the server has as its `ETag`.
    pub(crate) etag: Option<String>,
    pub(crate) bytes: u64,
}

/// As it is sent (documented).
#[derive(Serialize)]
struct Sent<'a> {
    path: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    etag: Option<&'a str>,
    size_bytes: u64,
}

impl Manifest {
    /// The `ETag` of the large object: the MD5 of the segments' MD5s (seen).
    pub(crate) fn etag(&self) -> String {
        let joined: String = self
            .0
            .iter()
            .filter_map(|one| one.etag.as_deref())
            .collect();
        md5(joined.as_bytes())
    }
}

impl Bucket {
    /// Makes a large object of segments that are there; the server compares each one's size and `ETag`.
    pub(crate) async fn put_manifest(
        &self,
        name: &ObjectName,
        manifest: &Manifest,
        only_new: bool,
    ) -> Result<(), Error> {
        let bucket = self.url().bucket();
        let list: Vec<Sent<'_>> = manifest
            .0
            .iter()
            .map(|one| Sent {
                path: format!("/{bucket}/{}", one.object),
                etag: one.etag.as_deref(),
                size_bytes: one.bytes,
            })
            .collect();
        let body = serde_json::to_vec(&list).map_err(|_| {
            let why = "the list of its segments cannot be written as JSON";
            Error::new(ErrorKind::Other, self, &subject(name), why)
        })?;
        let call = Call::of(Method::PUT, name)
            .query("multipart-manifest=put")
            .header("content-type", content_type(name))
            .body(Body::Bytes(Bytes::from(body)));
        self.send(on_condition(call, only_new), &subject(name))
            .await
            .map(drop)
    }

    /// Makes a large object of all whose names begin with `prefix`, joined in order of their names (DLO).
    pub(crate) async fn put_prefix(
        &self,
        name: &ObjectName,
        prefix: &ObjectName,
        only_new: bool,
    ) -> Result<(), Error> {
        let bucket = self.url().bucket();
        let prefix = prefix.encoded();
        let call = Call::of(Method::PUT, name)
            .header("content-type", content_type(name))
            .header("x-object-manifest", format!("{bucket}/{prefix}"));
        self.send(on_condition(call, only_new), &subject(name))
            .await
            .map(drop)
    }

    /// Removes a large object and its segments.
    pub(crate) async fn delete_static(&self, name: &ObjectName) -> Result<(), Error> {
        let subject = Subject {
            doing: "removing",
            object: Some(name),
        };
        let call = Call::of(Method::DELETE, name)
            .query("multipart-manifest=delete")
            .header("accept", "application/json");
        let response = self.send(call, &subject).await?;
        let errors = Report::of(response, self, &subject).await?.errors;
        match errors.first() {
            None => Ok(()),
            Some((path, reason)) => {
                let why = format!("{path} was not removed: {reason}");
                Err(Error::new(ErrorKind::Other, self, &subject, &why))
            }
        }
    }
}
