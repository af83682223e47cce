//! Objects that a server joins of others: not known of OCI, so where there are none, what looks like one is none.

use bytes::Bytes;
use ferry_core::ids::ObjectName;
use ferry_swift::{Bucket, Digests};
use http::{Method, StatusCode};
use serde_json::{Value, json};

use super::{name, put, read};
use crate::stand::Stand;

const SEGMENTS: [&str; 3] = ["hello", " ", "world"];
const JOINED: &[u8] = b"hello world";

/// Stores the segments below a prefix; each one's name and MD5.
async fn segments(bucket: &Bucket, prefix: &str) -> Vec<(ObjectName, String)> {
    let mut all = Vec::new();
    for (at, text) in SEGMENTS.into_iter().enumerate() {
        let name = name(format!("{prefix}segments/{at}"));
        put(bucket, &name, text).await.unwrap();
        let md5 = Digests::of(text.as_bytes()).unwrap().md5;
        all.push((name, md5));
    }
    all
}

/// Asks the server to join them, as listed.
async fn list(
    stand: &Stand,
    object: &ObjectName,
    segments: &[(ObjectName, String)],
) -> Result<(), ferry_http::Error> {
    let bucket = stand.url.bucket();
    let rows: Vec<Value> = segments
        .iter()
        .map(|(name, md5)| json!({"path": format!("/{bucket}/{name}"), "etag": md5}))
        .collect();
    let body = Bytes::from(serde_json::to_vec(&rows).unwrap());
    let query = "?multipart-manifest=put";
    let answer = stand.ask(Method::PUT, Some(object), query, &[], body).await;
    answer.map(drop)
}

/// A joined object is told by the MD5 of its segments' MD5s, and is not taken for damaged because of that.
async fn is_joined(bucket: &Bucket, object: &ObjectName, segments: &[(ObjectName, String)]) {
    let joined: String = segments.iter().map(|(_, md5)| md5.as_str()).collect();
    let expected = Digests::of(joined.as_bytes()).unwrap().md5;
    let info = bucket.head(object).await.unwrap();
    assert_eq!(info.bytes, JOINED.len() as u64);
    assert_eq!(info.etag.as_deref(), Some(&*expected));
    let (read, digests) = read(bucket, object).await.unwrap();
    assert_eq!(read, JOINED);
    assert_eq!(digests, Digests::of(JOINED).unwrap());
}

/// The object is not there, or is what was sent instead of what it names.
async fn is_not_joined(bucket: &Bucket, object: &ObjectName) {
    match read(bucket, object).await {
        Ok((read, _)) => assert_ne!(read, JOINED),
        Err(error) => assert!(error.is_not_found(), "{error}"),
    }
}

pub(super) async fn an_object_of_listed_segments_is_one(stand: Stand) {
    let bucket = stand.bucket();
    let prefix = stand.prefix();
    let segments = segments(&bucket, &prefix).await;
    let object = name(format!("{prefix}a"));
    let made = list(&stand, &object, &segments).await;
    if stand.can.large_objects {
        made.unwrap();
        is_joined(&bucket, &object, &segments).await;
    } else {
        is_not_joined(&bucket, &object).await;
    }
}

pub(super) async fn a_list_with_a_wrong_segment_is_refused(stand: Stand) {
    let bucket = stand.bucket();
    let prefix = stand.prefix();
    let mut segments = segments(&bucket, &prefix).await;
    segments[1].1 = segments[0].1.clone();
    let object = name(format!("{prefix}a"));
    let made = list(&stand, &object, &segments).await;
    if stand.can.large_objects {
        let status = made.err().and_then(|error| error.status());
        assert_eq!(status, Some(StatusCode::BAD_REQUEST));
        assert!(bucket.head(&object).await.unwrap_err().is_not_found());
    } else {
        is_not_joined(&bucket, &object).await;
    }
}

pub(super) async fn an_object_of_named_segments_is_one(stand: Stand) {
    let bucket = stand.bucket();
    let prefix = stand.prefix();
    let segments = segments(&bucket, &prefix).await;
    let object = name(format!("{prefix}a"));
    let named = format!("{}/{prefix}segments/", stand.url.bucket());
    let headers = [("x-object-manifest", &*named)];
    let answer = stand.ask(Method::PUT, Some(&object), "", &headers, Bytes::new());
    let made = answer.await;
    if stand.can.large_objects {
        made.unwrap();
        is_joined(&bucket, &object, &segments).await;
    } else {
        is_not_joined(&bucket, &object).await;
    }
}
