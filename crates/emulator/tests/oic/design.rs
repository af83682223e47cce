//! The design-time API: integrations, connections, packages, projects, lookups.

use serde_json::json;

use crate::house::{Client, demo, items};

const STOCK: &str = "/integrations/STOCK_LEVELS%7C01.00.0001";

#[tokio::test]
async fn lists_page_and_projects_hold_their_own() {
    let emulator = demo(&[]);
    let test = Client::of(&emulator, "test").await;
    let mut ids = Vec::new();
    loop {
        let answer = test
            .get(&format!("/integrations?limit=2&offset={}", ids.len()))
            .await;
        let page = items(&answer);
        let body = answer.json();
        assert_eq!(
            body["totalResults"], 5,
            "three of the package and two single ones"
        );
        ids.extend(page.iter().map(|i| i["id"].as_str().unwrap().to_owned()));
        if body["hasMore"] == false {
            break;
        }
    }
    assert_eq!(ids.len(), 5);
    let projects = items(&test.get("/projects").await);
    assert_eq!(projects.len(), 2);
    let orders = items(&test.get("/projects/ORDERS/integrations").await);
    assert_eq!(orders.len(), 4);
    let intake = orders.iter().find(|i| i["code"] == "ORDER_INTAKE").unwrap();
    assert_eq!(
        intake["dependencies"]["integrations"][0]["id"],
        "ORDER_ENRICH|01.00.0000"
    );
    assert_eq!(intake["projectId"], "ORDERS");
    let found = items(
        &test
            .get("/integrations?q=%7Bname%3A%20/Stock/%2C%20status%3A%20%27ACTIVATED%27%7D")
            .await,
    );
    assert_eq!(found.len(), 1);
    assert_eq!(test.get("/integrations?limit=0").await.status, 400);
    assert_eq!(
        test.get("/integrations/NOBODY%7C01.00.0000").await.status,
        404
    );
}

#[tokio::test]
async fn archives_give_the_same_bytes_out() {
    let emulator = demo(&[]);
    let test = Client::of(&emulator, "test").await;
    let artifacts = test.artifacts().await;
    let sha256 = |bytes: &[u8]| {
        use sha2::Digest;
        sha2::Sha256::digest(bytes)
            .iter()
            .fold(String::new(), |s, b| format!("{s}{b:02x}"))
    };
    let expect = |path: &str| artifacts.iter().find(|(p, _)| p == path).unwrap().1.clone();
    for (call, path) in [
        (
            format!("{STOCK}/archive"),
            "integrations/STOCK_LEVELS_01.00.0001.iar",
        ),
        (
            "/packages/acme.customer/archive".to_owned(),
            "packages/acme.customer.par",
        ),
        (
            "/lookups/Country_Codes/archive".to_owned(),
            "lookups/Country_Codes.csv",
        ),
    ] {
        assert_eq!(sha256(&test.get(&call).await.bytes), expect(path), "{call}");
    }
    let body = json!({"name": "Orders", "code": "ORDERS", "type": "DEVELOPED"});
    let car = test.post("/projects/ORDERS/archive", &body).await;
    assert_eq!(sha256(&car.bytes), expect("projects/ORDERS.car"));
    let member = test
        .get("/integrations/CUSTOMER_SYNC%7C01.00.0000/archive")
        .await;
    assert!(member.bytes.starts_with(b"PK"));
    let lookup = test.get("/lookups/Country_Codes").await.json();
    assert_eq!(lookup["columns"], json!(["CODE", "NAME"]));
}

#[tokio::test]
async fn activation_takes_its_time_and_one_version_of_a_major_is_active() {
    let emulator = demo(&[]);
    let test = Client::of(&emulator, "test").await;
    let off = test.patch(STOCK, &json!({"status": "CONFIGURED"})).await;
    assert_eq!(off.json()["status"], "CONFIGURED");
    let on = test.patch(STOCK, &json!({"status": "ACTIVATED"})).await;
    assert_eq!(on.json()["status"], "ACTIVATION_INPROGRESS");
    let status = test.get(&format!("{STOCK}/activationStatus")).await.json();
    assert_eq!(status["activationStatus"], "ACTIVATION_INPROGRESS");
    test.advance(21);
    let status = test.get(&format!("{STOCK}/activationStatus")).await.json();
    assert_eq!(status["activationStatus"], "ACTIVATED");
    assert_eq!(
        test.post(STOCK, &json!({"status": "ACTIVATED"}))
            .await
            .status,
        405,
        "no override"
    );
    assert_eq!(
        test.patch(STOCK, &json!({"status": "LOCKED"})).await.status,
        400
    );
}

#[tokio::test]
async fn a_draft_connection_stops_an_activation_until_it_is_given_its_values() {
    let emulator = demo(&[("import.connection.values", "draft")]);
    let test = Client::of(&emulator, "test").await;
    let prod = Client::of(&emulator, "prod").await;
    test.finish("export", json!({"jobName": "x"})).await;
    let import = json!({"archiveFile": "x", "importActivateMode": "importOnly", "storageInfo": test.storage()});
    prod.finish("import", import).await;
    let connection = "/connections/WAREHOUSE_DB";
    assert_eq!(
        prod.post(&format!("{connection}/test"), &json!({}))
            .await
            .status,
        409
    );
    prod.patch(STOCK, &json!({"status": "ACTIVATED"})).await;
    prod.advance(21);
    let errors = prod.get(&format!("{STOCK}/activationErrors")).await.json();
    assert_eq!(errors["hasErrors"], true);
    let message = errors["errorMessage"].as_str().unwrap();
    assert!(
        message.starts_with("<br>") && message.contains("WAREHOUSE_DB"),
        "{message}"
    );
    assert_eq!(prod.get(STOCK).await.json()["status"], "FAILEDACTIVATION");

    let overrides = &prod.card.connections["WAREHOUSE_DB"].properties;
    let list: Vec<_> = overrides
        .iter()
        .map(|(name, value)| json!({"propertyName": name, "propertyValue": value}))
        .collect();
    let body = json!({
        "name": "is not taken",
        "connectionProperties": list,
        "securityProperties": [{"propertyName": "password", "propertyValue": "hush"}],
        "securityPolicy": "JDBC_BASIC_AUTH",
        "agentGroupId": "",
    });
    let changed = prod.patch(connection, &body).await;
    assert_eq!(changed.status, 200, "{}", changed.json());
    let shown = changed.json();
    assert_eq!(shown["status"], "CONFIGURED");
    assert_eq!(shown["name"], "Warehouse");
    assert_eq!(shown["securityPolicy"], "JDBC_BASIC_AUTH");
    assert!(!shown.to_string().contains("hush"), "secrets are masked");
    let tested = prod.post(&format!("{connection}/test"), &json!({})).await;
    assert_eq!(tested.status, 200);
    assert_eq!(tested.json()["status"], "SUCCESS");
    prod.patch(STOCK, &json!({"status": "ACTIVATED"})).await;
    prod.advance(21);
    assert_eq!(prod.get(STOCK).await.json()["status"], "ACTIVATED");
}

#[tokio::test]
async fn an_unreachable_host_fails_the_test_with_200() {
    let emulator = demo(&[]);
    let test = Client::of(&emulator, "test").await;
    let body = json!({"connectionProperties": [
        {"propertyName": "connectionUrl", "propertyValue": "https://unreachable.example"}
    ]});
    assert_eq!(
        test.patch("/connections/STATUS_API", &body).await.status,
        200
    );
    let tested = test.post("/connections/STATUS_API/test", &json!({})).await;
    assert_eq!(tested.status, 200);
    assert_eq!(tested.json()["status"], "FAILED");
    let unknown =
        json!({"connectionProperties": [{"propertyName": "colour", "propertyValue": "red"}]});
    assert_eq!(
        test.patch("/connections/STATUS_API", &unknown).await.status,
        400
    );
}

#[tokio::test]
async fn a_running_schedule_must_be_stopped_with_its_integration() {
    let emulator = demo(&[]);
    let test = Client::of(&emulator, "test").await;
    let nightly = "/projects/ORDERS/integrations/ORDER_NIGHTLY%7C01.00.0000";
    let body = json!({"status": "CONFIGURED"});
    assert_eq!(test.patch(nightly, &body).await.status, 412);
    assert_eq!(
        test.post(&format!("{nightly}/schedule/stop"), &json!({}))
            .await
            .status,
        200
    );
    assert_eq!(test.patch(nightly, &body).await.status, 200);
    assert_eq!(
        test.post(&format!("{nightly}/schedule/start"), &json!({}))
            .await
            .status,
        412
    );
}
