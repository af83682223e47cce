//! Objects that are got.

use bytes::Bytes;
use ferry_swift::{ErrorKind, Features, Lanes, Source, fetch};
use http::{Method, StatusCode};

use super::{assert_same, content, name, put, put_with, silent};
use crate::stand::Stand;

const OTHER: &str = "00000000000000000000000000000000";

pub(super) async fn an_object_is_pinned(stand: Stand) {
    let bucket = stand.bucket();
    let name = name(stand.prefix() + "a");
    let stored = put(&bucket, &name, "hello world").await.unwrap();
    let mut download = bucket.get(&name, stored.etag.as_deref()).await.unwrap();
    while download.chunk().await.unwrap().is_some() {}
    assert_same(&download.finish().unwrap(), &stored);
    let other = bucket.get(&name, Some(OTHER)).await.unwrap_err();
    assert_eq!(other.kind(), ErrorKind::Precondition);
}

/// What a download that broke goes on by.
pub(super) async fn ranges_are_answered(stand: Stand) {
    let bucket = stand.bucket();
    let name = name(stand.prefix() + "a");
    let stored = put(&bucket, &name, "hello world").await.unwrap();
    let etag = stored.etag.unwrap();
    let get = async |range: &str, etag: &str| {
        let headers = [("range", range), ("if-match", etag)];
        stand
            .ask(Method::GET, Some(&name), "", &headers, Bytes::new())
            .await
    };
    for (range, told, body) in [
        ("bytes=2-4", "bytes 2-4/11", "llo"),
        ("bytes=6-", "bytes 6-10/11", "world"),
        ("bytes=6-99", "bytes 6-10/11", "world"),
        ("bytes=-3", "bytes 8-10/11", "rld"),
        ("bytes=0-10", "bytes 0-10/11", "hello world"),
    ] {
        let answer = get(range, &etag).await.unwrap();
        assert_eq!(answer.status(), StatusCode::PARTIAL_CONTENT, "{range}");
        assert_eq!(answer.header("content-range"), Some(told));
        assert_eq!(answer.bytes(100).await.unwrap(), body);
    }
    let beyond = get("bytes=11-", &etag).await.unwrap_err();
    assert_eq!(beyond.status(), Some(StatusCode::RANGE_NOT_SATISFIABLE));
    let other = get("bytes=2-4", OTHER).await.unwrap_err();
    assert_eq!(other.status(), Some(StatusCode::PRECONDITION_FAILED));
}

pub(super) async fn facts_are_told(stand: Stand) {
    let bucket = stand.bucket();
    let name = name(stand.prefix() + "a.zip");
    put(&bucket, &name, "hello world").await.unwrap();
    let info = bucket.head(&name).await.unwrap();
    assert_eq!(info.content_type.as_deref(), Some("application/zip"));
    let listed = bucket.list(Some(name.as_str())).await.unwrap();
    let listed = listed[0].modified.expect("a listing tells the time");
    let told = info.modified.expect("an object tells its time");
    // Upstream rounds up here, and not there.
    let apart = told.duration_since(listed).as_millis();
    assert!((-1000..=1000).contains(&apart), "{told} and {listed}");
}

/// Under its name there is nothing but the whole, and beside it nothing.
pub(super) async fn a_file_is_fetched(stand: Stand) {
    let bucket = stand.bucket();
    let name = name(stand.prefix() + "a");
    let content = content(3_000_001);
    let source = Source::Bytes(content.clone());
    let stored = put_with(&bucket, &name, source, Features::none())
        .await
        .unwrap();
    let folder = tempfile::tempdir().unwrap();
    let target = folder.path().join("a.zip");
    let fetched = fetch(&bucket, &name, &target, &Lanes::new(4), &silent()).await;
    assert_same(&fetched.unwrap().digests, &stored);
    assert!(std::fs::read(&target).unwrap() == content);
    assert_eq!(std::fs::read_dir(&folder).unwrap().count(), 1);
}
