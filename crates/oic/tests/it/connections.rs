//! Connections.

use ferry_oic::{ConnectionRef, ConnectionUpdate, ErrorKind, SecretProperty};

use crate::scripted::{Scripted, answer};
use crate::support::gen2;

fn which() -> ConnectionRef {
    ConnectionRef {
        id: "ERP".parse().unwrap(),
        project: None,
    }
}

#[tokio::test]
async fn reading_and_updating() {
    let server = Scripted::start(vec![
        answer(
            "200 OK",
            r#"{"items":[{"id":"ERP","status":"INPROGRESS"}],"hasMore":false}"#,
        ),
        answer(
            "200 OK",
            r#"{"id":"ERP","status":"CONFIGURED","adapterType":{"name":"rest"}}"#,
        ),
        answer("503 Service Unavailable", ""),
        answer("200 OK", ""),
        answer("200 OK", "<html>Please sign in</html>"),
    ])
    .await;
    let instance = gen2(&server);
    assert_eq!(
        instance.connections().await.unwrap()[0].status,
        "INPROGRESS"
    );
    assert_eq!(
        instance
            .connection(&which())
            .await
            .unwrap()
            .adapter
            .as_deref(),
        Some("rest")
    );
    let update = ConnectionUpdate {
        security_properties: vec![SecretProperty {
            name: "password".to_owned(),
            group: None,
            kind: None,
            value: "pr0d".into(),
        }],
        ..ConnectionUpdate::default()
    };
    instance.update_connection(&which(), &update).await.unwrap();
    let page = instance
        .update_connection(&which(), &update)
        .await
        .unwrap_err();
    assert_eq!(page.kind(), ErrorKind::Answer);
    let last = &server.seen()[3];
    assert!(last.contains("x-http-method-override: PATCH"));
    assert!(last.ends_with(
        r#"{"securityProperties":[{"propertyName":"password","propertyValue":"pr0d"}]}"#
    ));
}

#[tokio::test]
async fn tests_of_connections() {
    for (given, expected) in [
        (
            answer(
                "200 OK",
                r#"{"details":"fine","id":"ERP","status":"SUCCESS"}"#,
            ),
            Ok(true),
        ),
        (
            answer(
                "200 OK",
                r#"{"details":"bad","id":"ERP","status":"FAILED"}"#,
            ),
            Ok(false),
        ),
        (
            answer("409 Conflict", r#"{"title":"not configured"}"#),
            Err(ErrorKind::NotConfigured),
        ),
        (
            answer("412 Precondition Failed", ""),
            Err(ErrorKind::Locked),
        ),
        (answer("404 Not Found", ""), Err(ErrorKind::NotFound)),
        (answer("200 OK", "{}"), Err(ErrorKind::Answer)),
    ] {
        let server = Scripted::start(vec![given]).await;
        let tested = gen2(&server).test_connection(&which()).await;
        assert_eq!(
            tested.map(|result| result.ok).map_err(|error| error.kind()),
            expected
        );
        assert!(
            server.seen()[0].starts_with("POST /ic/api/integration/v1/connections/ERP/test HTTP")
        );
    }
}
