//! Answers: their bodies, their bounds, their ends.

use ferry_http::{ErrorKind, Request};
use serde::Deserialize;

use crate::server::{Act, Server, chain, client, say};

#[derive(Deserialize, Debug, PartialEq)]
struct Token {
    access_token: String,
}

async fn get(act: impl Fn(usize) -> Act + Send + Sync + 'static) -> ferry_http::Response {
    let server = Server::start(move |n, _| act(n)).await;
    let request = Request::get(&server.url("/")).unwrap();
    client().send(request).await.unwrap()
}

#[tokio::test]
async fn json_is_read_and_what_is_not_is_not_repeated() {
    let good = r#"{"access_token":"abc"}"#;
    let response = get(move |_| say("200 OK", "", good)).await;
    let token: Token = response.json(100).await.unwrap();
    assert_eq!(token.access_token, "abc");

    for bad in [
        r#"{"access_token":["hushhush"]}"#,
        r#"{"access_tok":"hushhush""#,
        "<html>hushhush",
    ] {
        let response = get(move |_| say("200 OK", "Content-Type: text/html\r\n", bad)).await;
        let error = response.json::<Token>(100).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Body);
        assert!(error.to_string().contains("text/html"), "{error}");
        let all = format!("{} {error:?}", chain(&error));
        assert!(!all.contains("hush"), "{all}");
        assert!(error.maybe_done());
    }
}

#[tokio::test]
async fn bodies_have_a_limit() {
    let plain = "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabcdefghij";
    let chunked = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n\
                   5\r\nabcde\r\n5\r\nfghij\r\n0\r\n\r\n";
    for text in [plain, chunked] {
        let act = move |_| Act::Say(text.into());
        let error = get(act).await.bytes(9).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Body);
        assert_eq!(get(act).await.bytes(10).await.unwrap(), "abcdefghij");
    }
}

#[tokio::test]
async fn a_body_that_breaks_off_is_never_taken_for_whole() {
    for part in [
        "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nabcde\r\n5\r\nfg",
    ] {
        let response = get(move |_| Act::SayAndClose(part.into())).await;
        let error = response.bytes(100).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Broken, "{}", chain(&error));
        assert!(error.is_unavailable());
    }
}

#[tokio::test]
async fn error_bodies_are_bounded_and_clean() {
    let long = format!("\u{1b}[2Jbad\n{}", "x".repeat(3_000_000));
    let server = Server::start(move |_, _| say("400 Bad Request", "", &long)).await;
    let request = Request::get(&server.url("/")).unwrap();
    let error = client().send(request).await.unwrap_err();
    let body = error.body().unwrap();
    assert!(body.len() <= 4096 && body.len() > 4000);
    assert!(body.starts_with("[2Jbad\nxxx"));
}

#[tokio::test]
async fn what_is_no_http_is_broken() {
    let server = Server::start(|_, _| Act::SayAndClose("hello there\r\n\r\n".into())).await;
    let request = Request::get(&server.url("/")).unwrap();
    let error = client().send(request).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Broken);
    assert!(
        error.to_string().contains("not an answer in HTTP"),
        "{error}"
    );
}

#[tokio::test]
async fn a_head_has_no_body() {
    let head = "HTTP/1.1 200 OK\r\nContent-Length: 10\r\nEtag: \"e\"\r\n\r\n";
    let server = Server::start(move |_, _| Act::Say(head.into())).await;
    let request = Request::head(&server.url("/")).unwrap();
    let response = client().send(request).await.unwrap();
    assert_eq!(response.header("etag"), Some("\"e\""));
    assert_eq!(response.bytes(0).await.unwrap(), "");
}
