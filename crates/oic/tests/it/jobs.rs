//! Starting and following jobs.

use ferry_core::ids::JobKind;
use ferry_oic::{ErrorKind, Instance, StartErrorKind};
use tokio::net::TcpListener;

use crate::scripted::{Scripted, answer};
use crate::support::{client, export, gen2, gen3, gen3_settings, import, token};

const ACCEPTED: &str = r#"{"jobId":"142040","location":"https://swiftobjectstorage.example.com/v1/ns/b","status":"NOT_STARTED"}"#;

#[tokio::test]
async fn gen3_sends_everything_with_a_token() {
    let server = Scripted::start(vec![token("t0ken"), answer("202 Accepted", ACCEPTED)]).await;
    let started = gen3(&server)
        .start_export(&export("auth-token"))
        .await
        .unwrap();
    assert_eq!(started.job.as_str(), "142040");
    let order = &server.seen()[1];
    assert!(
        order.starts_with(
            "POST /ic/api/common/v1/exportServiceInstanceArchive?integrationInstance=acme-test-px HTTP"
        ),
        "{order}"
    );
    for part in [
        "authorization: Bearer t0ken",
        r#""jobName":"ferry-test-1""#,
        r#""exportSecurityArtifacts":false"#,
        r#""storagePassword":"auth-token""#,
    ] {
        assert!(order.contains(part), "{part} in {order}");
    }
}

#[tokio::test]
async fn gen2_sends_storage_only() {
    let server = Scripted::start(vec![answer("200 OK", ACCEPTED)]).await;
    gen2(&server)
        .start_export(&export("auth-token"))
        .await
        .unwrap();
    let order = &server.seen()[0];
    assert!(order.starts_with("POST /ic/api/common/v1/exportServiceInstanceArchive HTTP"));
    assert!(
        order.contains("authorization: Basic amRvZTpwYTU1d29yZA=="),
        "{order}"
    );
    let (_, body) = order.split_once("\r\n\r\n").unwrap();
    assert!(body.starts_with(r#"{"storageInfo":"#), "{body}");
}

#[tokio::test]
async fn an_import_is_started_and_followed() {
    let server = Scripted::start(vec![
        answer("202 Accepted", r#"{"jobId":1231,"status":"NOT_STARTED"}"#),
        answer(
            "200 OK",
            r#"{"jobId":"1231","jobType":"IMPORT","overallStatus":"RUNNING"}"#,
        ),
        answer(
            "404 Not Found",
            r#"{"title":"no such job","status":"HTTP 404 Not Found"}"#,
        ),
        answer("200 OK", "<html>busy</html>"),
    ])
    .await;
    let instance = gen2(&server);
    let started = instance.start_import(&import("auth-token")).await.unwrap();
    let snapshot = instance.import_status(&started.job).await.unwrap();
    assert_eq!(snapshot.state.as_str(), "RUNNING");
    let gone = instance
        .job_status(JobKind::Import, &started.job)
        .await
        .unwrap_err();
    assert!(gone.is_not_found(), "{gone}");
    assert!(gone.to_string().contains("no such job"));
    let page = instance.import_status(&started.job).await.unwrap_err();
    assert_eq!(page.kind(), ErrorKind::Answer);
    assert_eq!(page.evidence().unwrap().status, Some(200));
    assert!(
        server.seen()[1]
            .starts_with("GET /ic/api/common/v1/importServiceInstanceArchive/1231 HTTP")
    );
}

#[tokio::test]
async fn what_a_failed_start_proves() {
    let problem = |status: &str, detail: &str| {
        answer(
            status,
            &format!(r#"{{"title":"No","detail":"{detail}","status":"HTTP {status}"}}"#),
        )
    };
    for (given, kind) in [
        (
            problem("409 Conflict", "An export job is already in progress"),
            StartErrorKind::InProgress,
        ),
        (
            problem("409 Conflict", "Job name ferry-test-1 already exists"),
            StartErrorKind::NameExists,
        ),
        (
            problem(
                "409 Conflict",
                "Archive file ferry-test-1.zip already exists",
            ),
            StartErrorKind::ArchiveExists,
        ),
        (
            problem("409 Conflict", "no idea"),
            StartErrorKind::ConflictOther,
        ),
        (problem("403 Forbidden", "role"), StartErrorKind::Refused),
        (problem("401 Unauthorized", "who"), StartErrorKind::Refused),
        (
            problem("400 Bad Request", "missing"),
            StartErrorKind::Rejected,
        ),
        (
            problem("500 Internal Server Error", "oops"),
            StartErrorKind::Unknown,
        ),
        (
            answer("502 Bad Gateway", "<html>already in progress</html>"),
            StartErrorKind::Unknown,
        ),
        (
            answer("503 Service Unavailable", ""),
            StartErrorKind::Unknown,
        ),
        (
            answer("200 OK", "<html>Please sign in</html>"),
            StartErrorKind::Unknown,
        ),
        (
            answer("202 Accepted", r#"{"status":"NOT_STARTED"}"#),
            StartErrorKind::Unknown,
        ),
        (answer("202 Accepted", ""), StartErrorKind::Unknown),
        (Vec::new(), StartErrorKind::Unknown),
        (
            b"HTTP/1.1 202 Accepted\r\ncontent-length: 99\r\n\r\n{".to_vec(),
            StartErrorKind::Unknown,
        ),
    ] {
        let shown = String::from_utf8_lossy(&given).into_owned();
        let server = Scripted::start(vec![given]).await;
        let failed = gen2(&server)
            .start_export(&export("auth-token"))
            .await
            .unwrap_err();
        assert_eq!(failed.kind, kind, "{shown}: {:?}", failed.error);
        // Once, whatever came of it.
        assert_eq!(server.seen().len(), 1, "{shown}");
    }
}

#[tokio::test]
async fn nothing_was_sent_where_nobody_listens() {
    let server = Scripted::start(Vec::new()).await;
    let mut settings = gen3_settings(&server, "x");
    let free = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let origin = format!("http://{}", free.local_addr().unwrap());
    drop(free);
    settings.sign_in = ferry_oic::SignIn::Basic {
        user: "jdoe".to_owned(),
        password: "x".into(),
    };
    settings.origin = origin;
    let failed = Instance::new(client(), settings)
        .start_export(&export("auth-token"))
        .await
        .unwrap_err();
    assert_eq!(failed.kind, StartErrorKind::NotSent, "{:?}", failed.error);
    assert!(failed.error.is_unavailable());
}

#[tokio::test]
async fn secrets_never_go_over_plain_http() {
    let server = Scripted::start(Vec::new()).await;
    for origin in [
        "http://design.example.com",
        "https://user@example.com",
        "https://example.com/path",
        "example.com",
    ] {
        let mut settings = gen3_settings(&server, "x");
        settings.origin = origin.to_owned();
        let failed = Instance::new(client(), settings)
            .start_export(&export("auth-token"))
            .await
            .unwrap_err();
        assert_eq!(failed.kind, StartErrorKind::Rejected, "{origin}");
        assert_eq!(failed.error.kind(), ErrorKind::Settings);
    }
    assert!(server.seen().is_empty());
}

#[tokio::test]
async fn an_order_without_a_token_was_not_sent() {
    let refused = answer(
        "401 Unauthorized",
        r#"{"error":"invalid_client","error_description":"no"}"#,
    );
    let server = Scripted::start(vec![refused]).await;
    let failed = gen3(&server)
        .start_export(&export("auth-token"))
        .await
        .unwrap_err();
    assert_eq!(failed.kind, StartErrorKind::Refused);
    assert_eq!(failed.error.kind(), ErrorKind::TokenRefused);
    assert!(failed.error.to_string().contains("invalid_client"));

    // An identity domain that is down leaves nothing in doubt about the job.
    let server = Scripted::start(vec![answer("503 Service Unavailable", ""); 4]).await;
    let failed = gen3(&server)
        .start_export(&export("auth-token"))
        .await
        .unwrap_err();
    assert_eq!(failed.kind, StartErrorKind::NotSent, "{:?}", failed.error);
}
