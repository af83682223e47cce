//! Connections: what is taken, tested, uploaded, and never shown.

use bytes::Bytes;
use serde_json::{Value, json};

use crate::house::{Client, demo, items};

const API: &str = "/connections/STATUS_API";

fn property(name: &str, value: &str) -> Value {
    json!({"propertyName": name, "propertyValue": value})
}

#[tokio::test]
async fn another_policy_brings_its_properties_and_needs_them() {
    let emulator = demo(&[]);
    let test = Client::of(&emulator, "test").await;
    let names = |shown: &Value| -> Vec<String> {
        let all = shown["securityProperties"].as_array().unwrap();
        all.iter()
            .map(|p| p["propertyName"].as_str().unwrap().to_owned())
            .collect()
    };
    let changed = test
        .patch(API, &json!({"securityPolicy": "OAUTH_CLIENT_CREDENTIALS"}))
        .await
        .json();
    assert_eq!(
        names(&changed),
        ["client_id", "client_secret", "access_token_uri"]
    );
    assert_eq!(changed["status"], "INPROGRESS");
    assert_eq!(test.ask("POST", &format!("{API}/test")).await.status, 409);
    assert_eq!(
        test.ask("POST", &format!("{API}/validate")).await.status,
        409
    );
    let given = json!({"securityProperties": [
        property("client_id", "acme"),
        property("client_secret", "hush-hush"),
        property("access_token_uri", "https://example.com/token"),
    ]});
    let changed = test.patch(API, &given).await;
    assert_eq!(changed.json()["status"], "CONFIGURED");
    assert!(!changed.json().to_string().contains("hush-hush"));
    // What is shown may be sent back whole.
    let shown = test.get(API).await.json();
    assert_eq!(test.patch(API, &shown).await.json()["status"], "CONFIGURED");
    let none = test
        .patch(API, &json!({"securityPolicy": "NONE"}))
        .await
        .json();
    assert_eq!(
        (names(&none).len(), &none["status"]),
        (0, &json!("CONFIGURED"))
    );
}

#[tokio::test]
async fn what_does_not_fit_is_refused_and_nothing_of_it_taken() {
    let emulator = demo(&[]);
    let test = Client::of(&emulator, "test").await;
    let before = test.get(API).await.json();
    let url = property("connectionUrl", "https://other.example.com");
    for body in [
        json!({"securityPolicy": "TRUST_ME"}),
        json!({"securityPolicy": "JDBC_BASIC_AUTH"}),
        json!({"securityPolicy": 5}),
        json!({"connectionProperties": [url, property("colour", "red")]}),
        json!({"connectionProperties": {"connectionUrl": "x"}}),
        json!({"connectionProperties": [url, {"propertyValue": "x"}]}),
        json!({"connectionProperties": [{"propertyName": "connectionUrl", "propertyValue": {}}]}),
        json!({"securityProperties": [property("colour", "red")]}),
        json!({"agentGroupId": 5}),
    ] {
        let answer = test.patch(API, &body).await;
        assert_eq!(answer.status, 400, "{body}");
    }
    let torn = r#"{"securityProperties":[{"propertyName":"password","propertyValue":"hush-hush"}"#;
    let path = format!("/ic/api/integration/v1{API}");
    let patch = [("x-http-method-override", "PATCH")];
    let answer = test.raw("POST", &path, &patch, Bytes::from(torn)).await;
    assert_eq!(answer.status, 400);
    assert!(!format!("{:?}{:?}", answer.json(), emulator.journal()).contains("hush"));
    assert_eq!(test.get(API).await.json(), before);
    let ignored = test
        .patch(API, &json!({"name": "x", "status": "x", "colour": {}}))
        .await;
    assert_eq!(
        (ignored.status.as_u16(), &ignored.json()["name"]),
        (200, &before["name"])
    );
    assert_eq!(
        test.ask("PATCH", API).await.headers["allow"],
        "GET, POST, DELETE"
    );
}

#[tokio::test]
async fn a_failed_test_is_told_as_switched() {
    let emulator = demo(&[("failed.test", "refused")]);
    let test = Client::of(&emulator, "test").await;
    let dead = property("connectionUrl", "https://unreachable.example");
    test.patch(API, &json!({"connectionProperties": [dead]}))
        .await;
    let answer = test
        .ask("POST", &format!("{API}/testWithAttachments"))
        .await;
    assert_eq!(answer.status, 500);
    assert!(
        answer.json()["detail"]
            .as_str()
            .unwrap()
            .contains("cannot be reached")
    );
    assert_eq!(test.get(API).await.json()["testStatus"], "FAILED");
    let values = test.ask("POST", &format!("{API}/validate")).await;
    assert_eq!(values.json()["status"], "SUCCESS");
    let refreshed = test.ask("POST", &format!("{API}/metadata")).await;
    assert_eq!(refreshed.json()["metadataDownloadState"], "COMPLETE");
    assert_eq!(
        test.ask("POST", "/connections/NOBODY/test").await.status,
        404
    );
    assert_eq!(
        test.get(&format!("{API}/test")).await.headers["allow"],
        "POST"
    );
}

#[tokio::test]
async fn a_lock_stops_changes_and_tests() {
    let emulator = demo(&[]);
    let test = Client::of(&emulator, "test").await;
    let what = json!({"connection": "STATUS_API", "by": "developer@example.com"});
    assert_eq!(test.lock("POST", &what).await.status, 204);
    assert_eq!(
        test.get(API).await.json()["lockedBy"],
        "developer@example.com"
    );
    assert_eq!(test.patch(API, &json!({})).await.status, 423);
    assert_eq!(test.ask("POST", &format!("{API}/test")).await.status, 412);
    assert_eq!(test.ask("DELETE", API).await.status, 423);
    assert_eq!(test.lock("DELETE", &what).await.status, 204);
    assert_eq!(test.patch(API, &json!({})).await.status, 200);
}

#[tokio::test]
async fn files_are_uploaded_for_properties() {
    let emulator = demo(&[]);
    let test = Client::of(&emulator, "test").await;
    let soap = "/connections/CRM_SOAP";
    let wsdl = format!("{soap}/attachments/targetWSDLURL");
    assert_eq!(test.get(&wsdl).await.status, 404, "nothing is uploaded yet");
    assert_eq!(
        test.upload("POST", &wsdl, b"<definitions/>").await.status,
        200
    );
    assert_eq!(&test.get(&wsdl).await.bytes[..], b"<definitions/>");
    let colour = format!("{soap}/attachments/colour");
    assert_eq!(test.upload("POST", &colour, b"red").await.status, 404);
    let user = format!("{soap}/attachments/username");
    assert_eq!(test.upload("POST", &user, b"me").await.status, 400);
    assert_eq!(test.ask("POST", &wsdl).await.status, 400);

    test.patch(API, &json!({"securityPolicy": "OCI_SIGNATURE_VERSION1", "securityProperties": [
        property("TenancyOCID", "ocid1.tenancy"), property("UserOCID", "ocid1.user"), property("FingerPrint", "aa:bb"),
    ]})).await;
    let key = format!("{API}/attachments/PrivateKey");
    assert_eq!(test.get(API).await.json()["status"], "INPROGRESS");
    let uploaded = test.upload("POST", &key, b"a private key").await;
    assert_eq!(uploaded.json()["status"], "CONFIGURED");
    assert_eq!(test.get(&key).await.status, 403, "a key is never given out");
}

#[tokio::test]
async fn a_connection_that_is_used_stays() {
    let emulator = demo(&[]);
    let test = Client::of(&emulator, "test").await;
    let users: Vec<Value> = items(&test.get("/integrations").await)
        .into_iter()
        .filter(|it| it["dependencies"].to_string().contains("STATUS_API"))
        .collect();
    assert!(!users.is_empty());
    for integration in users {
        assert_eq!(test.ask("DELETE", API).await.status, 412);
        let path = format!(
            "/integrations/{}",
            integration["id"].as_str().unwrap().replace('|', "%7C")
        );
        test.patch(&path, &json!({"status": "CONFIGURED"})).await;
        assert_eq!(test.ask("DELETE", &path).await.status, 200);
    }
    assert_eq!(test.ask("DELETE", API).await.status, 200);
    assert_eq!(test.get(API).await.status, 404);
}
