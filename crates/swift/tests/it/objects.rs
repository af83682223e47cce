//! Single calls.

use std::io::Write as _;

use bytes::Bytes;
use ferry_core::ids::ObjectName;
use ferry_swift::{ErrorKind, Source};

use crate::scripted::{Scripted, answer, cut};
use crate::support::{bucket, put};

/// MD5 of `hello world`.
const MD5: &str = "5eb63bbbe01eeed093cb22bb8f5acdc3";

fn name(text: &str) -> ObjectName {
    text.parse().unwrap()
}

#[tokio::test]
async fn a_listing_goes_on_to_the_empty_page() {
    let server = Scripted::start(vec![
        answer("200 OK", &[], r#"[{"name":"a+b ä","bytes":1,"hash":"x","last_modified":"2020-05-14T21:56:02.716000"}]"#),
        answer("200 OK", &[], r#"[{"name":"c&d","bytes":2}]"#),
        answer("200 OK", &[], "[]"),
    ])
    .await;
    let listed = bucket(&server).list(Some("a/")).await.unwrap();
    let names: Vec<&str> = listed.iter().map(|one| one.name.as_str()).collect();
    assert_eq!(names, ["a+b ä", "c&d"]);
    let seen = server.seen();
    assert!(seen[0].starts_with("GET /v1/acme/archives?format=json&prefix=a%2F HTTP"));
    assert!(
        seen[1].contains("&marker=a%2Bb%20%C3%A4 HTTP"),
        "{}",
        seen[1]
    );
    assert!(seen[2].contains("&marker=c%26d HTTP"), "{}", seen[2]);
}

#[tokio::test]
async fn a_listing_that_stands_still_is_an_error() {
    let page = answer("200 OK", &[], r#"[{"name":"a","bytes":1}]"#);
    let server = Scripted::start(vec![page.clone(), page]).await;
    let error = bucket(&server).list(None).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Other);
}

#[tokio::test]
async fn a_page_of_a_proxy_is_no_listing() {
    let server = Scripted::start(vec![answer("200 OK", &[], "<html>Please sign in</html>")]).await;
    let error = bucket(&server).list(None).await.unwrap_err();
    assert!(error.to_string().contains("no listing"), "{error}");
}

#[tokio::test]
async fn a_broken_body_is_resumed() {
    let etag = format!("etag: {MD5}");
    let server = Scripted::start(vec![
        cut("200 OK", &[&etag], "hello", 11),
        cut(
            "206 Partial Content",
            &["content-range: bytes 5-10/11"],
            " wo",
            6,
        ),
        answer(
            "206 Partial Content",
            &["content-range: bytes 8-10/11"],
            "rld",
        ),
    ])
    .await;
    let mut download = bucket(&server).get(&name("a b.zip"), None).await.unwrap();
    let mut body = Vec::new();
    while let Some(chunk) = download.chunk().await.unwrap() {
        body.extend_from_slice(&chunk);
    }
    assert_eq!(body, b"hello world");
    let digests = download.finish().unwrap();
    assert_eq!((digests.bytes, digests.md5.as_str()), (11, MD5));
    let seen = server.seen();
    assert!(seen[0].starts_with("GET /v1/acme/archives/a%20b.zip HTTP"));
    for (request, range) in [(&seen[1], "bytes=5-"), (&seen[2], "bytes=8-")] {
        assert!(request.contains(&format!("range: {range}")), "{request}");
        assert!(request.contains(&format!("if-match: {MD5}")), "{request}");
    }
}

#[tokio::test]
async fn a_server_without_ranges_is_read_again() {
    let etag = format!("etag: \"{MD5}\"");
    let server = Scripted::start(vec![
        cut("200 OK", &[&etag], "hello", 11),
        answer("200 OK", &[&etag], "hello world"),
    ])
    .await;
    let mut download = bucket(&server).get(&name("a"), Some(MD5)).await.unwrap();
    assert_eq!(download.info.etag.as_deref(), Some(MD5));
    let mut body = Vec::new();
    while let Some(chunk) = download.chunk().await.unwrap() {
        body.extend_from_slice(&chunk);
    }
    assert_eq!(body, b"hello world");
    assert!(download.finish().is_ok());
    assert!(server.seen()[0].contains(&format!("if-match: {MD5}")));
}

#[tokio::test]
async fn another_object_is_not_taken_for_the_rest() {
    for (rest, kind) in [
        (
            answer("412 Precondition Failed", &[], ""),
            ErrorKind::Precondition,
        ),
        (
            answer(
                "206 Partial Content",
                &["content-range: bytes 5-12/13"],
                "8 bytes!",
            ),
            ErrorKind::Precondition,
        ),
    ] {
        let server = Scripted::start(vec![cut("200 OK", &["etag: abc"], "hello", 11), rest]).await;
        let mut download = bucket(&server).get(&name("a"), None).await.unwrap();
        assert_eq!(download.chunk().await.unwrap().unwrap(), "hello");
        assert_eq!(download.chunk().await.unwrap_err().kind(), kind);
    }
}

#[tokio::test]
async fn without_an_etag_there_is_no_resuming() {
    let server = Scripted::start(vec![cut("200 OK", &[], "hello", 11)]).await;
    let mut download = bucket(&server).get(&name("a"), None).await.unwrap();
    assert_eq!(download.chunk().await.unwrap().unwrap(), "hello");
    assert!(download.chunk().await.unwrap_err().is_unavailable());
    assert_eq!(server.seen().len(), 1);
}

#[tokio::test]
async fn the_md5_is_checked_but_not_of_large_objects() {
    let wrong = "etag: 00000000000000000000000000000000";
    for (headers, damaged) in [
        (vec![wrong], true),
        (vec![wrong, "x-static-large-object: True"], false),
        (vec!["etag: 861c8341-74d8-4142-8d1e-6a9b0f0e1c2d"], false),
    ] {
        let server = Scripted::start(vec![answer("200 OK", &headers, "hello world")]).await;
        let mut download = bucket(&server).get(&name("a"), None).await.unwrap();
        while download.chunk().await.unwrap().is_some() {}
        let finished = download.finish();
        assert_eq!(finished.is_err(), damaged, "{headers:?}");
        if let Err(error) = finished {
            assert_eq!(error.kind(), ErrorKind::Damaged);
        }
    }
}

#[tokio::test]
async fn a_download_that_was_not_read_is_not_finished() {
    let server = Scripted::start(vec![answer("200 OK", &[], "hello world")]).await;
    let download = bucket(&server).get(&name("a"), None).await.unwrap();
    assert_eq!(download.finish().unwrap_err().kind(), ErrorKind::Damaged);
}

#[tokio::test]
async fn bytes_and_files_are_announced_and_verified() {
    let etag = format!("etag: \"{MD5}\"");
    let mut file = tempfile::NamedTempFile::new().unwrap();
    file.write_all(b"hello world").unwrap();
    for source in [
        Source::Bytes(Bytes::from_static(b"hello world")),
        Source::File(file.path().to_owned()),
    ] {
        let server = Scripted::start(vec![answer("201 Created", &[&etag], "")]).await;
        let stored = put(&server, &name("x.zip"), source, true).await.unwrap();
        assert_eq!(stored.bytes, 11);
        assert_eq!(stored.etag.as_deref(), Some(MD5));
        let seen = server.seen();
        assert!(seen[0].starts_with("PUT /v1/acme/archives/x.zip HTTP"));
        assert!(seen[0].contains(&format!("etag: {MD5}")), "{}", seen[0]);
        assert!(seen[0].contains("if-none-match: *"));
        assert!(seen[0].ends_with("\r\n\r\nhello world"));
    }
}

#[tokio::test]
async fn what_the_bucket_holds_is_compared() {
    let head = |length: usize| cut("200 OK", &[], "", length);
    let gone = || answer("204 No Content", &[], "");
    for (answers, kind) in [
        (
            vec![
                answer(
                    "201 Created",
                    &["etag: 00000000000000000000000000000000"],
                    "",
                ),
                gone(),
            ],
            Some(ErrorKind::Damaged),
        ),
        (
            vec![answer("201 Created", &[], ""), head(10), gone()],
            Some(ErrorKind::Damaged),
        ),
        (
            vec![
                answer("201 Created", &["etag: a-b"], ""),
                cut("200 OK", &["etag: a-b"], "", 11),
                answer("200 OK", &["etag: a-b"], "hello world"),
            ],
            None,
        ),
        (
            vec![answer("422 Unprocessable Entity", &[], "")],
            Some(ErrorKind::Damaged),
        ),
        (
            vec![answer("412 Precondition Failed", &[], "")],
            Some(ErrorKind::Precondition),
        ),
        (
            vec![answer("413 Too Large", &[], "Upload exceeds quota.")],
            Some(ErrorKind::Full),
        ),
    ] {
        let server = Scripted::start(answers).await;
        let source = Source::Bytes(Bytes::from_static(b"hello world"));
        let stored = put(&server, &name("x"), source, false).await;
        assert_eq!(stored.err().map(|error| error.kind()), kind);
    }
}

#[tokio::test]
async fn a_repeated_upload_meets_its_own_object() {
    let etag = format!("etag: {MD5}");
    let server = Scripted::start(vec![
        answer("503 Service Unavailable", &[], ""),
        answer("412 Precondition Failed", &[], ""),
        cut("200 OK", &[&etag], "", 11),
    ])
    .await;
    let source = Source::Bytes(Bytes::from_static(b"hello world"));
    let stored = put(&server, &name("x"), source, true).await.unwrap();
    assert_eq!(stored.bytes, 11);
}

#[tokio::test]
async fn a_file_that_is_not_there_is_local() {
    let server = Scripted::start(Vec::new()).await;
    let source = Source::File("/nonexistent/archive.zip".into());
    let error = put(&server, &name("x"), source, false).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Local);
}

#[tokio::test]
async fn removing_what_is_gone_is_done() {
    let server = Scripted::start(vec![answer("404 Not Found", &[], "<html>")]).await;
    bucket(&server).delete(&name("x")).await.unwrap();
    let server = Scripted::start(vec![answer("403 Forbidden", &[], "")]).await;
    let error = bucket(&server).delete(&name("x")).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Forbidden);
}

#[tokio::test]
async fn facts_of_an_object() {
    let headers = [
        "etag: \"abc\"",
        "last-modified: Thu, 14 May 2020 21:56:03 GMT",
        "content-type: application/zip",
    ];
    let server = Scripted::start(vec![cut("200 OK", &headers, "", 29_688_003)]).await;
    let info = bucket(&server).head(&name("x")).await.unwrap();
    assert_eq!(info.bytes, 29_688_003);
    assert_eq!(info.etag.as_deref(), Some("abc"));
    assert_eq!(info.modified, "2020-05-14T21:56:03Z".parse().ok());
    assert_eq!(info.content_type.as_deref(), Some("application/zip"));
}
