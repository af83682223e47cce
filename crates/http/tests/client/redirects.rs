//! Redirects: followed for reading, never with credentials to another place.

use ferry_http::{Client, ErrorKind, Request};

use crate::server::{Identity, Server, chain, client, config, say};

fn signed(url: &str) -> Request {
    Request::get(url)
        .unwrap()
        .header("Authorization", "Basic eDp5")
        .header("Cookie", "a=b")
        .header("X-Auth-Token", "t1")
        .header("X-Storage-Token", "t2")
        .secret_header("X-Own", "t3")
        .header("Accept", "text/plain")
}

const SECRET: [&str; 5] = [
    "authorization",
    "cookie",
    "x-auth-token",
    "x-storage-token",
    "x-own",
];

#[tokio::test]
async fn credentials_never_reach_another_host() {
    let far = Server::start(|_, _| say("200 OK", "", "far")).await;
    let place = format!("Location: {}\r\n", far.url("/there"));
    let near = Server::start(move |n, _| match n {
        0 => say("302 Found", "Location: /next?x\r\n", ""),
        _ => say("307 Temporary Redirect", &place, ""),
    })
    .await;
    let response = client().send(signed(&near.url("/a"))).await.unwrap();
    assert_eq!(response.evidence().target, far.url("/there"));
    assert_eq!(response.evidence().attempts, 1);
    assert_eq!(response.bytes(10).await.unwrap(), "far");
    let seen = near.seen();
    assert_eq!(seen[1].line(), "GET /next?x HTTP/1.1");
    for name in SECRET {
        assert!(seen[1].header(name).is_some(), "{name} on the same host");
        assert!(far.seen()[0].header(name).is_none(), "{name} elsewhere");
    }
    assert_eq!(far.seen()[0].header("accept"), Some("text/plain"));
}

#[tokio::test]
async fn a_secured_request_is_never_sent_on_in_the_open() {
    let open = Server::start(|_, _| say("200 OK", "", "")).await;
    let identity = Identity::new(&["localhost"]);
    let place = format!("Location: {}\r\n", open.url("/?token=hushhush"));
    let secured = Server::start_tls(&identity, move |_, _| say("301 Moved", &place, "")).await;
    let mut config = config();
    config.extra_roots.push(identity.authority.clone());
    let client = Client::new(config).unwrap();
    let error = client
        .send(signed(&secured.tls_url("/")))
        .await
        .unwrap_err();
    assert_eq!(
        error.kind(),
        ErrorKind::RedirectRefused,
        "{}",
        chain(&error)
    );
    assert!(!chain(&error).contains("hushhush"));
    assert!(open.seen().is_empty());
}

#[tokio::test]
async fn circles_end() {
    let server = Server::start(|_, _| say("302 Found", "Location: /again\r\n", "")).await;
    let error = client().send(signed(&server.url("/"))).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::RedirectRefused);
    assert_eq!(server.seen().len(), 6);
}

#[tokio::test]
async fn only_reading_is_sent_on() {
    let server = Server::start(|_, _| say("307 Temporary Redirect", "Location: /b\r\n", "")).await;
    for request in [Request::put, Request::post, Request::delete] {
        let error = client()
            .send(request(&server.url("/a")).unwrap())
            .await
            .unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Status);
        assert_eq!(error.header("location"), Some("/b"));
    }
    assert_eq!(server.seen().len(), 3);
}

#[tokio::test]
async fn loopback_only_holds_for_redirects() {
    let place = "Location: http://example.com/\r\n";
    let server = Server::start(move |_, _| say("302 Found", place, "")).await;
    let mut config = config();
    config.loopback_only = true;
    let client = Client::new(config).unwrap();
    let error = client.send(signed(&server.url("/"))).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Refused);
}
