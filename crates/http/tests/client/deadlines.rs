//! Each deadline, against servers that do nothing. The limits are tiny; how long it really took is not asked.

use std::time::Duration;

use bytes::Bytes;
use ferry_http::{Body, Client, Config, ErrorKind, Request};
use tokio::net::TcpListener;

use crate::server::{Act, Server, chain, config, say};

const TINY: Duration = Duration::from_millis(200);

fn once(change: impl FnOnce(&mut Config)) -> Client {
    let mut config = config();
    config.retry.attempts = 1;
    change(&mut config);
    Client::new(config).unwrap()
}

/// A listener that takes connections and never says or reads anything.
async fn mute() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    tokio::spawn(async move {
        let mut open = Vec::new();
        while let Ok(connection) = listener.accept().await {
            open.push(connection);
        }
    });
    port
}

#[tokio::test]
async fn the_connection_has_a_deadline() {
    // TCP stands at once, TLS never.
    let url = format!("https://localhost:{}/", mute().await);
    let client = once(|config| {
        config.retry.attempts = 2;
        config.deadlines.connect = TINY;
    });
    let error = client.send(Request::post(&url).unwrap()).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Deadline, "{}", chain(&error));
    assert!(error.to_string().contains("no connection"), "{error}");
    assert!(!error.maybe_done());
    assert_eq!(error.evidence().attempts, 2);
}

#[tokio::test]
async fn the_first_byte_has_a_deadline() {
    let server = Server::start(|_, _| Act::SayAndHang(String::new())).await;
    let client = once(|config| {
        config.retry.attempts = 2;
        config.deadlines.first_byte = TINY;
    });
    let body = Body::Bytes(Bytes::from_static(b"x"));
    let request = Request::put(&server.url("/")).unwrap().body(body);
    let error = client.send(request).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Deadline, "{}", chain(&error));
    assert!(error.to_string().contains("no answer"), "{error}");
    assert!(error.maybe_done() && error.is_unavailable());
    assert_eq!(error.evidence().attempts, 2);
}

#[tokio::test]
async fn a_server_that_takes_nothing_is_given_up() {
    let url = format!("http://127.0.0.1:{}/", mute().await);
    let client = once(|config| config.deadlines.idle = TINY);
    let body = Body::Bytes(Bytes::from(vec![0; 64 << 20]));
    let request = Request::put(&url).unwrap().body(body);
    let error = client.send(request).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Deadline, "{}", chain(&error));
    assert!(error.to_string().contains("took nothing"), "{error}");
    assert!(error.maybe_done());
}

#[tokio::test]
async fn every_piece_of_the_answer_has_a_deadline() {
    let part = "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc";
    let server = Server::start(move |_, _| Act::SayAndHang(part.into())).await;
    let client = once(|config| config.deadlines.idle = TINY);
    let request = Request::get(&server.url("/")).unwrap();
    let mut response = client.send(request).await.unwrap();
    assert_eq!(response.chunk().await.unwrap().unwrap(), "abc");
    let error = response.chunk().await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Deadline, "{}", chain(&error));
    assert!(error.maybe_done());
}

#[tokio::test]
async fn the_whole_has_a_deadline() {
    let client = once(|config| {
        config.retry.attempts = 4;
        config.deadlines.total = Some(TINY);
    });
    let server = Server::start(|_, _| Act::SayAndHang(String::new())).await;
    let request = Request::get(&server.url("/")).unwrap();
    let error = client.send(request).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Deadline, "{}", chain(&error));
    assert_eq!(error.evidence().attempts, 1);

    let part = "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc";
    let server = Server::start(move |_, _| Act::SayAndHang(part.into())).await;
    let request = Request::get(&server.url("/")).unwrap();
    let error = match client.send(request).await {
        Ok(response) => response.bytes(10).await.unwrap_err(),
        Err(error) => error,
    };
    assert_eq!(error.kind(), ErrorKind::Deadline, "{}", chain(&error));
}

#[tokio::test]
async fn what_is_known_counts_more_than_a_wait_without_end() {
    // The wait that is asked for fits the budget, but not the whole: the answer is reported, not a deadline.
    let server =
        Server::start(|_, _| say("503 Service Unavailable", "Retry-After: 50\r\n", "")).await;
    let client = once(|config| {
        config.retry.attempts = 4;
        config.deadlines.total = Some(Duration::from_secs(30));
    });
    let request = Request::get(&server.url("/")).unwrap();
    let error = client.send(request).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Status, "{}", chain(&error));
}

#[tokio::test]
async fn an_error_whose_body_hangs_is_still_that_error() {
    let part = "HTTP/1.1 404 Not Found\r\nContent-Length: 10\r\n\r\nabc";
    let server = Server::start(move |_, _| Act::SayAndHang(part.into())).await;
    let client = once(|config| config.deadlines.idle = TINY);
    let request = Request::get(&server.url("/")).unwrap();
    let error = client.send(request).await.unwrap_err();
    assert_eq!(error.status().unwrap().as_u16(), 404);
    assert_eq!(error.body(), Some("abc"));
}
