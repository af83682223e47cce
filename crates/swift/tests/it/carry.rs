//! From bucket to bucket.

use ferry_core::ids::ObjectName;
use ferry_swift::{Copied, Error, ErrorKind, Storing, copy};

use crate::scripted::{Scripted, answer, cut};
use crate::support::{bucket, quiet};

const SHA256: &str = "b94d27b9934d3e08a52e52d7da7dabfac484efe37a5380ee9088f7ace2efcde9";
const ETAG: &str = "etag: 5eb63bbbe01eeed093cb22bb8f5acdc3";
const WRONG: &str = "etag: 00000000000000000000000000000000";

fn name(text: &str) -> ObjectName {
    text.parse().unwrap()
}

async fn carried(from: &Scripted, to: &Scripted) -> Result<Copied, Error> {
    let (from, to) = (bucket(from), bucket(to));
    copy(
        &from,
        &name("a"),
        &to,
        &name("b"),
        &Storing::default(),
        &quiet(),
    )
    .await
}

fn original() -> Vec<u8> {
    answer("200 OK", &[ETAG], "hello world")
}

fn methods(server: &Scripted) -> Vec<String> {
    let seen = server.seen();
    let methods = seen
        .iter()
        .map(|request| request.split(' ').next().unwrap_or_default());
    methods.map(ToOwned::to_owned).collect()
}

#[tokio::test]
async fn a_copy_is_verified_where_it_lies() {
    let from = Scripted::start(vec![original()]).await;
    let to = Scripted::start(vec![
        answer("201 Created", &[ETAG], ""),
        cut("200 OK", &[ETAG], "", 11),
    ])
    .await;
    let carried = carried(&from, &to).await;
    assert_eq!(carried.unwrap().sha256.as_deref(), Some(SHA256));
    assert_eq!(methods(&to), ["PUT", "HEAD"]);
    assert!(to.seen()[0].ends_with("\r\n\r\nhello world"));
}

#[tokio::test]
async fn an_empty_object_is_carried_too() {
    let empty = "etag: d41d8cd98f00b204e9800998ecf8427e";
    let from = Scripted::start(vec![answer("200 OK", &[empty], "")]).await;
    let to = Scripted::start(vec![
        answer("201 Created", &[empty], ""),
        answer("200 OK", &[empty], ""),
    ])
    .await;
    let carried = carried(&from, &to).await;
    assert_eq!(carried.unwrap().bytes, 0);
    assert!(
        to.seen()[0].contains("content-length: 0"),
        "{}",
        to.seen()[0]
    );
}

#[tokio::test]
async fn a_large_object_arrives_whole() {
    let body = "0123456789abcdef".repeat(1 << 17);
    let from = Scripted::start(vec![answer("200 OK", &["etag: a-b"], &body)]).await;
    let to = Scripted::start(vec![
        answer("201 Created", &["etag: c-d"], ""),
        cut("200 OK", &["etag: c-d"], "", body.len()),
        answer("200 OK", &["etag: c-d"], &body),
    ])
    .await;
    let carried = carried(&from, &to).await;
    assert_eq!(carried.unwrap().bytes, 2 << 20);
    assert!(to.seen()[0].ends_with(&body));
}

#[tokio::test]
async fn without_an_md5_the_copy_is_read_back() {
    for (back, kind) in [
        ("hello world", None),
        ("hello_world", Some(ErrorKind::Damaged)),
    ] {
        let from = Scripted::start(vec![original()]).await;
        let to = Scripted::start(vec![
            answer("201 Created", &["etag: a-b"], ""),
            cut("200 OK", &["etag: a-b"], "", 11),
            answer("200 OK", &["etag: a-b"], back),
            answer("204 No Content", &[], ""),
        ])
        .await;
        let carried = carried(&from, &to).await;
        assert_eq!(carried.err().map(|error| error.kind()), kind);
        let expected: &[&str] = match kind {
            None => &["PUT", "HEAD", "GET"],
            Some(_) => &["PUT", "HEAD", "GET", "DELETE"],
        };
        assert_eq!(methods(&to), expected);
    }
}

#[tokio::test]
async fn a_copy_that_differs_is_removed() {
    let from = Scripted::start(vec![original()]).await;
    let to = Scripted::start(vec![
        answer("201 Created", &[WRONG], ""),
        answer("204 No Content", &[], ""),
    ])
    .await;
    let carried = carried(&from, &to).await;
    assert_eq!(carried.unwrap_err().kind(), ErrorKind::Damaged);
    assert_eq!(methods(&to), ["PUT", "DELETE"]);
}

#[tokio::test]
async fn a_damaged_original_never_becomes_a_copy() {
    let from = Scripted::start(vec![answer("200 OK", &[WRONG], "hello world")]).await;
    let to = Scripted::start(vec![Vec::new()]).await;
    let carried = carried(&from, &to).await;
    assert_eq!(carried.unwrap_err().kind(), ErrorKind::Damaged);
    // What was there before under that name stays.
    assert!(!methods(&to).contains(&"DELETE".to_owned()));
    assert!(
        !to.seen()
            .iter()
            .any(|request| request.contains("hello world"))
    );
}

#[tokio::test]
async fn a_broken_line_starts_again_twice() {
    let from = Scripted::start(vec![original(), original(), original()]).await;
    let to = Scripted::start(vec![
        Vec::new(),
        answer("404 Not Found", &[], ""),
        answer("503 Service Unavailable", &[], ""),
        answer("404 Not Found", &[], ""),
        answer("201 Created", &[ETAG], ""),
        cut("200 OK", &[ETAG], "", 11),
    ])
    .await;
    let carried = carried(&from, &to).await;
    assert_eq!(carried.unwrap().sha256.as_deref(), Some(SHA256));
    assert_eq!(from.seen().len(), 3);
}

#[tokio::test]
async fn a_refusal_is_not_repeated() {
    let from = Scripted::start(vec![original()]).await;
    let to = Scripted::start(vec![answer("403 Forbidden", &[], "")]).await;
    let carried = carried(&from, &to).await;
    assert_eq!(carried.unwrap_err().kind(), ErrorKind::Forbidden);
}

#[tokio::test]
async fn nothing_is_copied_onto_itself() {
    let server = Scripted::start(Vec::new()).await;
    let bucket = bucket(&server);
    let (how, name) = (Storing::default(), name("a"));
    let carried = copy(&bucket, &name, &bucket, &name, &how, &quiet()).await;
    assert_eq!(carried.unwrap_err().kind(), ErrorKind::Other);
}
