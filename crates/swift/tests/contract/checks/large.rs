//! Objects that a server joins of others: not known of OCI, so where there are none, what looks like one is none.

use bytes::Bytes;
use ferry_core::ids::ObjectName;
use ferry_swift::{
    Bucket, Cut, Digests, Features, Lanes, SEGMENTS as FOLDER, Source, Storing, fetch, remove,
    remove_segments, store,
};
use http::{Method, StatusCode};
use serde_json::{Value, json};

use super::{name, names, put, read, silent};
use crate::stand::Stand;

const SEGMENTS: [&str; 3] = ["hello", " ", "world"];
const JOINED: &[u8] = b"hello world";

/// From so many bytes on there are segments; of a file that takes no room.
const LARGE: u64 = (256 << 20) + 1;

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
    let folder = tempfile::tempdir().unwrap();
    let target = folder.path().join("a");
    let fetched = fetch(bucket, object, &target, &Lanes::new(4), &silent()).await;
    assert!(!fetched.unwrap().by_md5);
    assert_eq!(std::fs::read(target).unwrap(), JOINED);
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
        remove(&bucket, &object).await.unwrap();
        assert!(names(&bucket, &prefix).await.is_empty());
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

/// The whole way, by the client alone: up, down, and gone with all that belongs to it.
pub(super) async fn a_large_file_goes_in_segments(stand: Stand) {
    let bucket = stand.bucket();
    let object = name(stand.prefix() + "a");
    let folder = tempfile::tempdir().unwrap();
    let [from, to] = ["from", "to"].map(|name| folder.path().join(name));
    let file = std::fs::File::create(&from).unwrap();
    file.set_len(LARGE).unwrap();
    let features = Features {
        segments: true,
        ..Features::none()
    };
    let how = Storing {
        features,
        segmented: true,
        ..Storing::default()
    };
    let source = Source::File(from);
    let stored = store(&bucket, &object, source, &how, &Lanes::new(4), &silent()).await;
    let stored = stored.unwrap();
    assert_eq!((stored.bytes, stored.segments), (LARGE, 5));
    let below = format!("{FOLDER}{object}/");
    assert_eq!(names(&bucket, &below).await.len(), 5);
    let fetched = fetch(&bucket, &object, &to, &Lanes::new(4), &silent()).await;
    let fetched = fetched.unwrap();
    assert_eq!(fetched.info.etag, stored.etag);
    assert_eq!(fetched.digests.bytes, LARGE);
    assert_eq!(fetched.digests.sha256, stored.sha256);
    remove(&bucket, &object).await.unwrap();
    assert!(bucket.head(&object).await.unwrap_err().is_not_found());
    assert!(names(&bucket, &below).await.is_empty());
}

/// What an object leaves behind when it is replaced or removed is its own alone: names may go on behind a slash.
pub(super) async fn segments_of_names_that_go_on_are_left_alone(stand: Stand) {
    let bucket = stand.bucket();
    let prefix = stand.prefix();
    let [short, long] = ["a", "a/b"].map(|end| name(format!("{prefix}{end}")));
    let content = |fill: u8| vec![fill; 3 << 20];
    let folder = tempfile::tempdir().unwrap();
    let from = folder.path().join("from");
    let how = Storing {
        features: Features {
            segments: true,
            ..Features::none()
        },
        segmented: true,
        cut: Cut {
            from: 1,
            each: 1 << 20,
        },
        ..Storing::default()
    };
    for (object, fill) in [(&long, 1), (&short, 2), (&short, 3)] {
        std::fs::write(&from, content(fill)).unwrap();
        let source = Source::File(from.clone());
        let stored = store(&bucket, object, source, &how, &Lanes::new(4), &silent()).await;
        assert_eq!(stored.unwrap().segments, 3);
    }
    assert_eq!(read(&bucket, &long).await.unwrap().0, content(1));
    let below = format!("{FOLDER}{short}/");
    assert_eq!(names(&bucket, &below).await.len(), 6);
    put(&bucket, &short, "plain").await.unwrap();
    remove_segments(&bucket, &short).await.unwrap();
    assert_eq!(read(&bucket, &long).await.unwrap().0, content(1));
    assert_eq!(names(&bucket, &below).await.len(), 3);
}
