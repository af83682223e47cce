//! What is sent again, and what never is.

use std::time::Duration;

use bytes::Bytes;
use ferry_http::{Body, Client, ErrorKind, Repeat, Request};

use crate::server::{Act, Server, answer, chain, client, config, dead, logged, say};

fn nothing() -> Act {
    Act::SayAndClose(String::new())
}

#[tokio::test]
async fn a_busy_server_is_asked_again() {
    let server = Server::start(|n, _| match n {
        0 | 1 => say("503 Service Unavailable", "", "busy"),
        _ => say("200 OK", "opc-request-id: id-3\r\n", "done"),
    })
    .await;
    let response = client()
        .send(Request::get(&server.url("/a%7Cb")).unwrap())
        .await
        .unwrap();
    assert_eq!(response.evidence().attempts, 3);
    assert_eq!(response.evidence().status, Some(200));
    assert_eq!(response.evidence().request_id.as_deref(), Some("id-3"));
    assert_eq!(response.evidence().target, server.url("/a%7Cb"));
    assert_eq!(response.bytes(10).await.unwrap(), "done");
    let seen = server.seen();
    assert_eq!(seen.len(), 3);
    assert!(seen.iter().all(|seen| seen.line() == "GET /a%7Cb HTTP/1.1"));
    // The answers were read to their end, so that one connection serves all.
    assert!(seen.iter().all(|seen| seen.connection == 0));
    assert_eq!(seen[0].header("user-agent"), Some("ferry-test"));
}

#[tokio::test]
async fn attempts_are_bounded_and_the_last_answer_is_reported() {
    let server = Server::start(|n, _| {
        let headers = format!("X-Trans-Id: tx{n}\r\nX-More: yes\r\n");
        say("502 Bad Gateway", &headers, "no backend")
    })
    .await;
    let error = client()
        .send(Request::put(&server.url("/x")).unwrap())
        .await
        .unwrap_err();
    assert_eq!(server.seen().len(), 4);
    assert_eq!(error.kind(), ErrorKind::Status);
    assert_eq!(error.evidence().attempts, 4);
    assert_eq!(error.evidence().request_id.as_deref(), Some("tx3"));
    assert_eq!(error.status().unwrap().as_u16(), 502);
    assert_eq!(error.body(), Some("no backend"));
    assert_eq!(error.header("x-more"), Some("yes"));
    assert!(error.maybe_done() && error.is_unavailable());
    assert_eq!(
        error.to_string(),
        format!(
            "PUT {}: answered 502 Bad Gateway after 4 attempts (request id tx3)",
            server.url("/x")
        )
    );
}

#[tokio::test]
async fn a_refusal_is_final() {
    for status in [
        "400 Bad Request",
        "401 Unauthorized",
        "404 Not Found",
        "304 Not Modified",
    ] {
        let server = Server::start(move |_, _| say(status, "", "")).await;
        let error = client()
            .send(Request::get(&server.url("/")).unwrap())
            .await
            .unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Status, "{status}");
        assert!(!error.maybe_done() && !error.is_unavailable());
        assert_eq!(server.seen().len(), 1);
    }
}

#[tokio::test]
async fn retry_after_is_waited_out() {
    // The clock of the tests stands 50 ms before this date.
    let date = "Retry-After: Sat, 31 Jan 2026 10:00:01 GMT\r\n";
    let server = Server::start(move |n, _| match n {
        0 => say("429 Too Many Requests", date, ""),
        1 => say("503 Service Unavailable", "Retry-After: 0\r\n", ""),
        _ => say("200 OK", "", ""),
    })
    .await;
    let (config, lines) = logged(config());
    let client = Client::new(config).unwrap();
    client
        .send(Request::get(&server.url("/")).unwrap())
        .await
        .unwrap();
    let lines = lines.lock().unwrap();
    assert_eq!(lines.len(), 3);
    assert_eq!(lines[0].retry_in, Some(Duration::from_millis(50)));
    assert!(lines[1].retry_in.unwrap() < Duration::from_millis(50));
    assert_eq!(lines[2].retry_in, None);
    let told: Vec<_> = lines
        .iter()
        .map(|line| (line.attempt, line.outcome.as_str()))
        .collect();
    assert_eq!(
        told,
        [
            (1, "429 Too Many Requests"),
            (2, "503 Service Unavailable"),
            (3, "200 OK")
        ]
    );
}

#[tokio::test]
async fn a_wait_beyond_the_budget_is_not_begun() {
    let server =
        Server::start(|_, _| say("503 Service Unavailable", "Retry-After: 3600\r\n", "")).await;
    let error = client()
        .send(Request::get(&server.url("/")).unwrap())
        .await
        .unwrap_err();
    assert_eq!(error.status().unwrap().as_u16(), 503);
    assert_eq!(error.header("retry-after"), Some("3600"));
    assert_eq!(server.seen().len(), 1);
}

#[tokio::test]
async fn a_post_that_may_be_done_is_never_sent_twice() {
    let cases: [(fn() -> Act, ErrorKind); 5] = [
        (
            || say("503 Service Unavailable", "Retry-After: 0\r\n", ""),
            ErrorKind::Status,
        ),
        (
            || say("500 Internal Server Error", "", ""),
            ErrorKind::Status,
        ),
        (nothing, ErrorKind::Broken),
        (|| Act::SayAndClose("HTTP/1.1 20".into()), ErrorKind::Broken),
        (|| Act::SayAndHang(String::new()), ErrorKind::Deadline),
    ];
    for (act, kind) in cases {
        let server = Server::start(move |_, _| act()).await;
        let request = Request::post(&server.url("/jobs")).unwrap();
        let request = request.json(&serde_json::json!({"name": "x"}));
        let mut config = config();
        if kind == ErrorKind::Deadline {
            config.deadlines.first_byte = Duration::from_millis(500);
        }
        let client = Client::new(config).unwrap();
        let error = client.send(request).await.unwrap_err();
        assert_eq!(error.kind(), kind, "{}", chain(&error));
        assert!(error.maybe_done());
        assert_eq!(error.evidence().attempts, 1);
        assert_eq!(server.seen().len(), 1);
        assert_eq!(server.seen()[0].body, br#"{"name":"x"}"#);
        assert_eq!(
            server.seen()[0].header("content-type"),
            Some("application/json")
        );
    }
}

#[tokio::test]
async fn a_post_is_sent_again_after_429() {
    let server = Server::start(|n, _| match n {
        0 => say("429 Too Many Requests", "", ""),
        _ => say("202 Accepted", "", "{}"),
    })
    .await;
    let response = client()
        .send(Request::post(&server.url("/jobs")).unwrap())
        .await
        .unwrap();
    assert_eq!(response.status().as_u16(), 202);
    assert_eq!(response.evidence().attempts, 2);
    assert!(
        server
            .seen()
            .iter()
            .all(|seen| seen.header("content-length") == Some("0"))
    );
}

#[tokio::test]
async fn a_post_is_tried_again_while_nobody_listens() {
    let (addr, _held) = dead();
    let url = format!("http://{addr}/jobs");
    let error = client()
        .send(Request::post(&url).unwrap())
        .await
        .unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Connect, "{}", chain(&error));
    assert_eq!(error.evidence().attempts, 4);
    assert!(!error.maybe_done() && error.is_unavailable());
    assert_eq!(error.evidence().status, None);
}

#[tokio::test]
async fn a_post_takes_no_used_connection() {
    let server = Server::start(|_, _| say("200 OK", "", "")).await;
    let client = client();
    for request in [Request::get, Request::post, Request::post] {
        let response = client.send(request(&server.url("/")).unwrap()).await;
        response.unwrap().bytes(0).await.unwrap();
    }
    let connections: Vec<_> = server.seen().iter().map(|seen| seen.connection).collect();
    assert_eq!(connections, [0, 1, 2]);
}

#[tokio::test]
async fn what_may_be_repeated_survives_a_broken_connection() {
    let server = Server::start(|n, _| match n {
        0 => nothing(),
        1 => Act::SayAndClose("HTTP/1.1 200 OK\r\nConte".into()),
        _ => say("200 OK", "", ""),
    })
    .await;
    let request = Request::post(&server.url("/"))
        .unwrap()
        .repeat(Repeat::Always)
        .body(Body::Bytes(Bytes::from_static(b"same")));
    let response = client().send(request).await.unwrap();
    assert_eq!(response.evidence().attempts, 3);
    assert!(server.seen().iter().all(|seen| seen.body == b"same"));
}

#[tokio::test]
async fn an_early_attempt_is_not_forgotten() {
    // The first answer is lost, the second refuses: the first may have done it.
    let server = Server::start(|n, _| match n {
        0 => nothing(),
        _ => say("412 Precondition Failed", "", ""),
    })
    .await;
    let error = client()
        .send(Request::put(&server.url("/")).unwrap())
        .await
        .unwrap_err();
    assert_eq!(error.status().unwrap().as_u16(), 412);
    assert!(error.maybe_done());
}

#[tokio::test]
async fn an_old_connection_that_was_closed_is_no_failure() {
    let server = Server::start(|_, _| Act::SayAndClose(answer("200 OK", "", ""))).await;
    let client = client();
    for _ in 0..5 {
        let response = client.send(Request::get(&server.url("/")).unwrap()).await;
        response.unwrap().bytes(0).await.unwrap();
    }
    assert_eq!(server.seen().len(), 5);
}

#[tokio::test]
async fn names_under_localhost_are_this_machine() {
    let server = Server::start(|_, _| say("200 OK", "", "")).await;
    let mut config = config();
    config.loopback_only = true;
    let client = Client::new(config).unwrap();
    let place = format!("acme.localhost:{}", server.addr.port());
    let url = format!("http://{place}/x");
    client.send(Request::get(&url).unwrap()).await.unwrap();
    assert_eq!(server.seen()[0].header("host"), Some(place.as_str()));
    for far in [
        "http://example.com/",
        "https://203.0.113.1/",
        "http://127.0.0.1.example.com/",
    ] {
        let error = client.send(Request::get(far).unwrap()).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Refused, "{far}");
        assert_eq!(error.evidence().attempts, 0);
    }
}
