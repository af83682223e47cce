//! Bodies that are sent: replayed whole, or once.

use std::io;

use bytes::Bytes;
use ferry_http::{Body, ErrorKind, Request};
use futures_util::{StreamExt as _, stream};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpListener;

use crate::server::{Act, Server, answer, chain, client, dead, read_head, say};

fn once(chunks: Vec<io::Result<Bytes>>, len: Option<u64>) -> Body {
    Body::Once {
        stream: stream::iter(chunks).boxed(),
        len,
    }
}

#[tokio::test]
async fn a_file_is_sent_again_whole() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("a.zip");
    let content: Vec<u8> = (0..1_000_000u32).flat_map(u32::to_le_bytes).collect();
    std::fs::write(&path, &content).unwrap();
    let server = Server::start(|n, _| match n {
        0 => say("503 Service Unavailable", "", ""),
        1 => Act::SayAndClose(String::new()),
        _ => say("201 Created", "", ""),
    })
    .await;
    let body = Body::File {
        path,
        offset: 100,
        len: 3_000_000,
    };
    let request = Request::put(&server.url("/")).unwrap().body(body);
    let response = client().send(request).await.unwrap();
    assert_eq!(response.evidence().attempts, 3);
    for seen in server.seen() {
        assert_eq!(seen.header("content-length"), Some("3000000"));
        assert!(seen.body == content[100..3_000_100]);
    }
}

#[tokio::test]
async fn a_file_that_is_missing_or_short_is_the_source() {
    let server = Server::start(|_, _| say("201 Created", "", "")).await;
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("a");
    for (content, len) in [(None, 1), (Some("abc"), 4)] {
        if let Some(content) = content {
            std::fs::write(&path, content).unwrap();
        }
        let body = Body::File {
            path: path.clone(),
            offset: 0,
            len,
        };
        let request = Request::put(&server.url("/")).unwrap().body(body);
        let error = client().send(request).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Source, "{}", chain(&error));
        assert_eq!(error.evidence().attempts, 1);
        assert!(!error.maybe_done());
    }
    assert!(server.seen().is_empty());
}

#[tokio::test]
async fn a_stream_is_sent_once() {
    let server = Server::start(|_, _| say("503 Service Unavailable", "", "")).await;
    for len in [Some(6), None] {
        let chunks = vec![Ok("abc".into()), Ok("def".into())];
        let request = Request::put(&server.url("/"))
            .unwrap()
            .body(once(chunks, len));
        let error = client().send(request).await.unwrap_err();
        assert_eq!(error.status().unwrap().as_u16(), 503);
        assert_eq!(error.evidence().attempts, 1);
        assert!(error.maybe_done());
    }
    let seen = server.seen();
    assert_eq!(seen.len(), 2);
    assert!(seen.iter().all(|seen| seen.body == b"abcdef"));
    assert_eq!(seen[0].header("content-length"), Some("6"));
    assert_eq!(seen[1].header("transfer-encoding"), Some("chunked"));
}

#[tokio::test]
async fn a_stream_that_was_not_begun_is_kept() {
    let (addr, _held) = dead();
    let url = format!("http://{addr}/");
    let request = Request::put(&url)
        .unwrap()
        .body(once(vec![Ok("abc".into())], Some(3)));
    let error = client().send(request).await.unwrap_err();
    assert_eq!(error.evidence().attempts, 4);
    assert!(!error.maybe_done());
}

#[tokio::test]
async fn a_stream_that_fails_is_the_source() {
    let server = Server::start(|_, _| say("201 Created", "", "")).await;
    let cases = [
        (
            vec![Ok("abc".into()), Err(io::Error::other("disk on fire"))],
            Some(6),
            "disk on fire",
        ),
        (
            vec![Ok("abc".into()), Err(io::Error::other("disk on fire"))],
            None,
            "disk on fire",
        ),
        (vec![Ok("abc".into())], Some(6), "shorter"),
        (vec![Ok("abc".into()), Ok("d".into())], Some(3), "longer"),
    ];
    for (chunks, len, why) in cases {
        let request = Request::put(&server.url("/"))
            .unwrap()
            .body(once(chunks, len));
        let error = client().send(request).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Source, "{}", chain(&error));
        assert!(chain(&error).contains(why), "{}", chain(&error));
        assert_eq!(error.evidence().attempts, 1);
    }
    assert!(server.seen().is_empty());
}

#[tokio::test]
async fn an_empty_file_has_a_length() {
    let server = Server::start(|_, _| say("201 Created", "", "")).await;
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("empty");
    std::fs::write(&path, "").unwrap();
    let file = Body::File {
        path,
        offset: 0,
        len: 0,
    };
    for body in [file, Body::Bytes(Bytes::new()), once(vec![], Some(0))] {
        let request = Request::put(&server.url("/")).unwrap().body(body);
        client().send(request).await.unwrap();
    }
    for seen in server.seen() {
        assert_eq!(seen.header("content-length"), Some("0"));
    }
}

#[tokio::test]
async fn an_answer_before_the_end_of_the_body_counts() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/", listener.local_addr().unwrap());
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            read_head(&mut stream).await.unwrap();
            let refusal = answer("401 Unauthorized", "Connection: close\r\n", "no");
            stream.write_all(refusal.as_bytes()).await.unwrap();
            stream.shutdown().await.unwrap();
            // As a careful server does: what the client still sends is read away, or its answer would be lost.
            let mut rest = vec![0; 64 * 1024];
            while stream.read(&mut rest).await.is_ok_and(|n| n > 0) {}
        }
    });
    let body = Body::Bytes(Bytes::from(vec![7; 20_000_000]));
    let request = Request::put(&url).unwrap().body(body);
    let error = client().send(request).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Status, "{}", chain(&error));
    assert_eq!(error.status().unwrap().as_u16(), 401);
    assert_eq!(error.body(), Some("no"));
}
