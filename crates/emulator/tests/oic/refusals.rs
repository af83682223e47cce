//! What is refused, with which code and which text; the journal tells why.

use bytes::Bytes;
use serde_json::{Value, json};

use crate::house::{Client, basic, demo, token};

#[tokio::test]
async fn conflicts_are_told_apart_by_their_text() {
    let emulator = demo(&[("overlap", "false")]);
    let test = Client::of(&emulator, "test").await;
    assert_eq!(
        test.start("export", json!({"jobName": "a"})).await.status,
        202
    );
    let again = test.start("export", json!({"jobName": "b"})).await;
    assert_eq!(again.status, 409);
    assert!(
        again.json()["detail"]
            .as_str()
            .unwrap()
            .contains("already in progress")
    );
    let other = json!({"archiveFile": "a", "importActivateMode": "importOnly"});
    assert_eq!(test.start("import", other).await.status, 409);
    test.advance(1800);
    let same = test.start("export", json!({"jobName": "a"})).await;
    assert_eq!(same.status, 409);
    assert!(
        same.json()["detail"]
            .as_str()
            .unwrap()
            .contains("already exists")
    );
    assert_eq!(same.json()["status"], "HTTP 409 Conflict");

    test.store("PUT", "/c.zip", Bytes::from_static(b"mine"))
        .await;
    let there = test.start("export", json!({"jobName": "c"})).await;
    assert_eq!(there.status, 409);
    assert!(
        there.json()["detail"]
            .as_str()
            .unwrap()
            .contains("Archive file c.zip already exists")
    );
    let over = test
        .start("export", json!({"jobName": "c", "overwrite": true}))
        .await;
    assert_eq!(over.status, 202);
}

#[tokio::test]
async fn live_is_busy() {
    let emulator = demo(&[]);
    let live = Client::of(&emulator, "live").await;
    assert!(live.card.protected);
    let busy = live.start("export", json!({"jobName": "x"})).await;
    assert_eq!(busy.status, 409);
    assert!(
        live.states()
            .await
            .iter()
            .all(|(_, state)| state == "ACTIVATED")
    );
}

#[tokio::test]
async fn missing_parts_are_400_and_unknown_jobs_404() {
    let emulator = demo(&[]);
    let test = Client::of(&emulator, "test").await;
    let storage = test.storage();
    for (kind, body) in [
        ("export", json!({"storageInfo": null})),
        (
            "export",
            json!({"storageInfo": {"storageUrl": "x", "storageUser": "y"}}),
        ),
        ("import", json!({"importActivateMode": "importOnly"})),
        ("import", json!({"archiveFile": "a"})),
        (
            "import",
            json!({"archiveFile": "a", "importActivateMode": "import"}),
        ),
    ] {
        let answer = test.start(kind, body.clone()).await;
        assert_eq!(answer.status, 400, "{body}");
        assert!(answer.json()["title"].is_string() && answer.json()["detail"].is_string());
    }
    assert!(storage["storagePassword"].is_string());
    let path = "/ic/api/common/v1/exportServiceInstanceArchive/nobody";
    assert_eq!(test.call("GET", path, &[], &Value::Null).await.status, 404);
    // An import's id is none of an export's.
    let journal = emulator.journal();
    let last = journal.last().unwrap();
    assert!(last.refusal.as_ref().unwrap().contains("nobody"));
}

#[tokio::test]
async fn wrong_storage_credentials_fail_the_job_not_the_call() {
    let emulator = demo(&[]);
    let test = Client::of(&emulator, "test").await;
    let mut storage = test.storage();
    storage["storagePassword"] = json!("wrong");
    let status = test
        .finish("export", json!({"jobName": "x", "storageInfo": storage}))
        .await;
    assert_eq!(status["overallStatus"], "FAILED");
    assert!(status["message"].as_str().unwrap().contains("auth token"));
    assert!(test.bucket().await.is_empty());
}

#[tokio::test]
async fn sign_in_is_by_generation_role_and_instance() {
    let emulator = demo(&[]);
    let test = Client::of(&emulator, "test").await;
    let card = test.card.clone();
    let test = test.with_authorization(&basic(&card.user, &card.password));
    let refused = test.get("/integrations").await;
    assert_eq!(refused.status, 401, "Gen3 takes no Basic");
    assert_eq!(refused.headers["www-authenticate"], "Bearer");

    let answer = token(
        &emulator,
        &card.developer_client_id,
        &card.developer_client_secret,
        &card.scope,
    )
    .await;
    let bearer = format!("Bearer {}", answer.json()["access_token"].as_str().unwrap());
    let developer = Client::of(&emulator, "test")
        .await
        .with_authorization(&bearer);
    assert_eq!(developer.get("/integrations").await.status, 200);
    let forbidden = developer.start("export", json!({})).await;
    assert_eq!(forbidden.status, 403);
    assert!(
        forbidden.json()["detail"]
            .as_str()
            .unwrap()
            .contains("ServiceAdministrator")
    );

    let elsewhere = Client::of(&emulator, "prod")
        .await
        .with_authorization(&bearer);
    assert_eq!(elsewhere.get("/integrations").await.status, 401);
    let nobody = Client::of(&emulator, "test")
        .await
        .with_authorization("Bearer x");
    assert_eq!(nobody.get("/integrations").await.status, 401);
}

#[tokio::test]
async fn gen3_wants_its_instance_on_every_call() {
    let emulator = demo(&[]);
    let mut test = Client::of(&emulator, "test").await;
    test.card.service_instance = None;
    assert_eq!(test.get("/integrations").await.status, 400);
    test.card.service_instance = Some("nobody".to_owned());
    assert_eq!(test.get("/integrations").await.status, 404);
}

#[tokio::test]
async fn the_mode_s_letter_case_matters_when_switched() {
    let emulator = demo(&[("strict.mode.case", "true")]);
    let test = Client::of(&emulator, "test").await;
    let import = |mode: &str| json!({"archiveFile": "a", "importActivateMode": mode});
    assert_eq!(test.start("import", import("ImportOnly")).await.status, 400);
    assert_eq!(test.start("import", import("importOnly")).await.status, 202);
}
