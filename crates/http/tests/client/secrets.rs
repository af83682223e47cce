//! A secret, wherever it is put, never shows.

use std::fmt::Write as _;

use ferry_http::{Body, Client, Request};
use proptest::prelude::*;

use crate::server::{Act, Server, chain, config, logged, say};

/// Everything that a send can show: the request, the error and its causes, the log lines.
async fn shown(url: &str, headers: &[(&str, String)]) -> String {
    let (mut config, lines) = logged(config());
    config.retry.attempts = 2;
    let client = Client::new(config).unwrap();
    let mut request = Request::get(url).unwrap();
    for (name, value) in headers {
        request = request.header(name, value);
    }
    let mut text = format!("{request:?} ");
    let error = client.send(request).await.unwrap_err();
    write!(text, "{error} {error:?} {}", chain(&error)).unwrap();
    write!(text, "{} {:?}", error.evidence(), error.evidence()).unwrap();
    text.push_str(error.body().unwrap_or_default());
    for line in lines.lock().unwrap().iter() {
        write!(text, "{line} {line:?}").unwrap();
    }
    text
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn a_secret_never_shows(secret in "[a-zA-Z0-9]{12,24}", name in "[a-z]{1,8}", broken: bool) {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .unwrap();
        let text = runtime.block_on(async {
            // The worst server sends the credentials back.
            let server = Server::start(move |_, seen| {
                if broken {
                    return Act::SayAndClose(String::new());
                }
                let echo = ["authorization", "x-auth-token", "cookie"]
                    .map(|name| seen.header(name).unwrap())
                    .join(" ");
                let id = format!("opc-request-id: {echo}\r\n");
                say("500 Internal Server Error", &id, &echo)
            })
            .await;
            let headers = [
                ("Authorization", format!("Bearer {secret}")),
                ("X-Auth-Token", secret.clone()),
                ("Cookie", format!("session={secret}")),
                ("X-Other", secret.clone()),
            ];
            let url = server.url(&format!("/path?x{name}={secret}&{secret}&limit=5"));
            shown(&url, &headers).await
        });
        prop_assert!(text.contains("/path?limit=5&***"), "{}", text);
        prop_assert!(!text.contains(&secret), "{}", text);
    }

    #[test]
    fn a_secret_in_a_bad_request_never_shows(secret in "[a-zA-Z0-9]{12,24}") {
        for url in [
            format!("https://user:{secret}@example.com/"),
            format!("https://{secret}@example.com/"),
            format!("nothing://{secret}/"),
            format!("https://exam ple/{secret}"),
        ] {
            let error = Request::get(&url).unwrap_err();
            let text = format!("{error} {error:?} {}", chain(&error));
            prop_assert!(!text.contains(&secret), "{}", text);
        }
        let request = Request::put("https://example.com/")
            .unwrap()
            .header("X-Bad", &format!("{secret}\n"))
            .secret_header(&format!("bad {secret}"), "x")
            .body(Body::Bytes(secret.clone().into_bytes().into()));
        let text = format!("{request:?}");
        prop_assert!(!text.contains(&secret), "{}", text);
    }
}

#[tokio::test]
async fn a_mistake_in_a_header_is_told_on_sending() {
    let server = Server::start(|_, _| say("200 OK", "", "")).await;
    let request = Request::get(&server.url("/"))
        .unwrap()
        .header("X-Bad", "hush\nhush");
    let client = Client::new(config()).unwrap();
    let error = client.send(request).await.unwrap_err();
    assert_eq!(error.kind(), ferry_http::ErrorKind::Request);
    assert!(error.to_string().contains("x-bad"), "{error}");
    assert!(!format!("{error} {error:?}").contains("hush"));
    assert!(server.seen().is_empty());
}

#[tokio::test]
async fn passwords_are_masked_in_what_comes_back() {
    let server = Server::start(|_, _| {
        say(
            "401 Unauthorized",
            "",
            "user:open-sesame is not known, dXNlcjpvcGVuLXNlc2FtZQ==",
        )
    })
    .await;
    let request = Request::get(&server.url("/"))
        .unwrap()
        .header("Authorization", "Basic dXNlcjpvcGVuLXNlc2FtZQ==");
    let client = Client::new(config()).unwrap();
    let error = client.send(request).await.unwrap_err();
    assert_eq!(error.body(), Some("user:*** is not known, ***"));
}

#[tokio::test]
async fn a_hidden_query_shows_nothing() {
    let server = Server::start(|_, _| say("404 Not Found", "", "")).await;
    let request = Request::get(&server.url("/x?limit=5"))
        .unwrap()
        .hide_query();
    let client = Client::new(config()).unwrap();
    let error = client.send(request).await.unwrap_err();
    assert_eq!(error.evidence().target, server.url("/x"));
}
