//! Tokens: kept, renewed, told about.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use ferry_oic::{ErrorKind, Instance};
use jiff::SignedDuration;

use crate::scripted::{Scripted, answer};
use crate::support::{client, export, gen2, gen3, gen3_settings, now, token};

const LIST: &str = r#"{"items":[],"hasMore":false,"totalResults":0}"#;

fn bearers(server: &Scripted) -> Vec<String> {
    let seen = server.seen();
    let lines = seen.iter().filter_map(|request| {
        let line = request
            .lines()
            .find(|line| line.starts_with("authorization: Bearer "))?;
        line.strip_prefix("authorization: Bearer ")
    });
    lines.map(ToOwned::to_owned).collect()
}

#[tokio::test]
async fn a_token_is_kept_until_a_minute_before_its_end() {
    let server = Scripted::start(vec![
        token("one"),
        answer("200 OK", LIST),
        answer("200 OK", LIST),
        token("two"),
        answer("200 OK", LIST),
    ])
    .await;
    let elapsed = Arc::new(AtomicI64::new(0));
    let clock = Arc::clone(&elapsed);
    let mut settings = gen3_settings(&server, "secret");
    settings.now =
        Arc::new(move || now() + SignedDuration::from_secs(clock.load(Ordering::SeqCst)));
    let instance = Instance::new(client(), settings);
    for at in [0, 3539, 3540] {
        elapsed.store(at, Ordering::SeqCst);
        instance.probe().await.unwrap();
    }
    assert_eq!(bearers(&server), ["one", "one", "two"]);
    let request = &server.seen()[0];
    assert!(request.starts_with("POST /oauth2/v1/token HTTP"));
    assert!(
        request.contains("authorization: Basic ZmVycnk6c2VjcmV0"),
        "{request}"
    );
    assert!(request.ends_with(
        "grant_type=client_credentials&scope=https%3A%2F%2Facme%2Eexample%2Ecom%3A443urn%3Aopc%3Aresource%3Aconsumer%3A%3Aall"
    ));
}

#[tokio::test]
async fn a_refused_token_is_renewed_once_and_an_order_repeated() {
    let server = Scripted::start(vec![
        token("stale"),
        answer("401 Unauthorized", ""),
        token("fresh"),
        answer("202 Accepted", r#"{"jobId":"1","status":"NOT_STARTED"}"#),
    ])
    .await;
    let started = gen3(&server)
        .start_export(&export("auth-token"))
        .await
        .unwrap();
    assert_eq!(started.job.as_str(), "1");
    assert_eq!(bearers(&server), ["stale", "fresh"]);

    let server = Scripted::start(vec![
        token("stale"),
        answer("401 Unauthorized", ""),
        token("fresh"),
        answer("401 Unauthorized", ""),
    ])
    .await;
    let error = gen3(&server).probe().await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Unauthorized);
    assert!(error.hint().unwrap().contains("scope"));
    assert_eq!(server.seen().len(), 4);
}

#[tokio::test]
async fn many_callers_ask_for_one_token() {
    let mut answers = vec![token("one")];
    answers.extend(vec![answer("200 OK", LIST); 3]);
    let server = Scripted::start(answers).await;
    let instance = gen3(&server);
    let (a, b, c) = tokio::join!(instance.probe(), instance.probe(), instance.probe());
    assert!(a.is_ok() && b.is_ok() && c.is_ok());
    assert_eq!(bearers(&server), ["one", "one", "one"]);
}

#[tokio::test]
async fn facts_of_a_token() {
    let body = r#"{"access_token":"e30.eyJhdWQiOiJodHRwczovL2FjbWUiLCJzdWIiOiJmZXJyeSJ9.x","token_type":"Bearer","expires_in":"100"}"#;
    let server = Scripted::start(vec![
        answer("200 OK\r\ndate: Thu, 14 May 2020 21:56:03 GMT", body),
        answer("200 OK", "<html>welcome</html>"),
    ])
    .await;
    let instance = gen3(&server);
    let facts = instance.token().await.unwrap();
    assert_eq!(facts.scheme, "Bearer");
    assert_eq!(facts.lifetime, Some(Duration::from_secs(100)));
    assert_eq!(facts.expires, Some(now() + SignedDuration::from_secs(100)));
    assert_eq!(facts.audience, ["https://acme"]);
    assert_eq!(facts.subject.as_deref(), Some("ferry"));
    assert_eq!(facts.server_time, "2020-05-14T21:56:03Z".parse().ok());
    assert_eq!(
        instance.token().await.unwrap_err().kind(),
        ErrorKind::Answer
    );
    assert_eq!(gen2(&server).token().await.unwrap().scheme, "Basic");
}
