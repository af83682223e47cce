//! Lookups, libraries, certificates and agent groups.

use bytes::Bytes;
use serde_json::{Value, json};

use crate::house::{Answer, Client, demo, items, loaded};

fn rows(lookup: &Value) -> Vec<Vec<String>> {
    serde_json::from_value(
        lookup["rows"]
            .as_array()
            .unwrap()
            .iter()
            .map(|row| row["rowData"].clone())
            .collect(),
    )
    .unwrap()
}

#[tokio::test]
async fn a_lookup_is_made_changed_and_deleted_and_travels() {
    let emulator = demo(&[]);
    let test = Client::of(&emulator, "test").await;
    let prod = Client::of(&emulator, "prod").await;
    let lookup = json!({"name": "Sites", "description": "codes, by site", "columns": ["SITE", "CODE"],
        "rows": [{"rowData": ["Kiel", "K1"]}, {"rowData": ["\"Ulm\"", ""]}]});
    let made = test.post("/lookups", &lookup).await;
    assert_eq!(made.status, 200, "{}", made.json());
    assert_eq!(test.post("/lookups", &lookup).await.status, 409);
    let shown = test.get("/lookups/Sites").await.json();
    assert_eq!(rows(&shown), [["Kiel", "K1"], ["\"Ulm\"", ""]]);

    let put = |name: &str, body: Value| {
        let path = format!("/ic/api/integration/v1/lookups/{name}");
        let test = &test;
        async move { test.call("PUT", &path, &[], &body).await }
    };
    let changed = json!({"name": "Sites", "columns": ["SITE", "CODE"], "rows": [{"rowData": ["Bonn", "B1"]}]});
    assert_eq!(put("Sites", changed.clone()).await.status, 200);
    assert_eq!(put("Nothing", changed.clone()).await.status, 404);
    assert_eq!(put("Country_Codes", changed).await.status, 400);
    let csv = test.get("/lookups/Sites/archive").await.bytes;
    assert_eq!(
        csv,
        "\u{feff}DVM,Sites,\"\"\nSITE,CODE\nBonn,B1\n".replace("\"\"", "")
    );

    test.finish("export", json!({"jobName": "all"})).await;
    let from = json!({"archiveFile": "all.zip", "importActivateMode": "importOnly", "storageInfo": test.storage()});
    let imported = prod.finish("import", from).await;
    assert_eq!(imported["overallStatus"], "COMPLETED");
    let there = prod.get("/lookups/Sites").await.json();
    assert_eq!(rows(&there), [["Bonn", "B1"]]);

    assert_eq!(
        test.ask("DELETE", "/lookups/Country_Codes").await.status,
        412,
        "it is used"
    );
    assert_eq!(test.ask("DELETE", "/lookups/Sites").await.status, 200);
    assert_eq!(test.get("/lookups/Sites").await.status, 404);
    let artifacts = test.artifacts().await;
    assert!(artifacts.iter().all(|(path, _)| !path.contains("Sites")));
}

#[tokio::test]
async fn what_lies_in_a_project_and_what_is_used_stays() {
    let emulator = demo(&[]);
    let test = Client::of(&emulator, "test").await;
    let lookup = json!({"name": "X", "columns": ["A"]});
    let refused = test.post("/projects/ORDERS/lookups", &lookup).await;
    assert_eq!(refused.status, 405);
    let libraries = items(&test.get("/libraries").await);
    let id = libraries[0]["id"].as_str().unwrap().replace('|', "%7C");
    let used = test.ask("DELETE", &format!("/libraries/{id}")).await;
    assert_eq!(used.status, 412);
    assert_eq!(test.get(&format!("/libraries/{id}")).await.status, 200);
    test.patch(
        "/integrations/STOCK_LEVELS%7C01.00.0001",
        &json!({"status": "CONFIGURED"}),
    )
    .await;
    test.ask("DELETE", "/integrations/STOCK_LEVELS%7C01.00.0001")
        .await;
    let free = test.ask("DELETE", &format!("/libraries/{id}")).await;
    assert_eq!(free.status, 200);
    assert_eq!(test.get(&format!("/libraries/{id}")).await.status, 404);
}

/// Uploads a certificate.
async fn upload(
    client: &Client,
    path: &str,
    texts: &[(&str, &str)],
    headers: &[(&str, &str)],
) -> Answer {
    let mut body = String::new();
    for (name, text) in texts {
        body +=
            &format!("--xx\r\ncontent-disposition: form-data; name=\"{name}\"\r\n\r\n{text}\r\n");
    }
    body += "--xx\r\ncontent-disposition: form-data; name=\"file\"; filename=\"c.asc\"\r\n\r\nKEY\r\n--xx--\r\n";
    let mut all = vec![("content-type", "multipart/form-data; boundary=xx")];
    all.extend(headers);
    let path = format!("/ic/api/integration/v1{path}");
    client.raw("POST", &path, &all, Bytes::from(body)).await
}

#[tokio::test]
async fn certificates_are_uploaded_found_and_updated() {
    let emulator = demo(&[]);
    let test = Client::of(&emulator, "test").await;
    let prod = Client::of(&emulator, "prod").await;
    let pgp = [
        ("name", "TESTPGP"),
        ("type", "PGP"),
        ("category", "PUBLIC"),
        ("passPhrase", "never-kept"),
    ];
    assert_eq!(upload(&test, "/certificates", &pgp, &[]).await.status, 204);
    assert_eq!(upload(&test, "/certificates", &pgp, &[]).await.status, 409);
    for wrong in [
        [("name", "A"), ("type", "PGP"), ("category", "TRUST")],
        [("name", "A"), ("type", "ODD"), ("category", "TRUST")],
        [("name", "../A"), ("type", "X509"), ("category", "TRUST")],
    ] {
        let refused = upload(&test, "/certificates", &wrong, &[]).await;
        assert_eq!(refused.status, 400, "{wrong:?}");
    }
    let id = "/certificates/USER%7CPGP%7CPUBLIC%7CTESTPGP";
    assert_eq!(test.get(id).await.json()["type"], "PGP");
    let patch = [("x-http-method-override", "PATCH")];
    assert_eq!(upload(&test, id, &[], &patch).await.status, 204);
    assert_eq!(upload(&test, id, &[], &[]).await.status, 405);
    let unknown = "/certificates/USER%7CPGP%7CPUBLIC%7CNOBODY";
    assert_eq!(upload(&test, unknown, &[], &patch).await.status, 404);
    let found = items(&test.get("/certificates?q=%7Btype%3A%20%27PGP%27%7D").await);
    assert_eq!(found.len(), 1);

    // Its type and category travel with it.
    let order = json!({"jobName": "all", "exportSecurityArtifacts": true});
    test.finish("export", order).await;
    let from = json!({"archiveFile": "all.zip", "importActivateMode": "importOnly",
        "importSecurityArtifacts": true, "storageInfo": test.storage()});
    prod.finish("import", from).await;
    assert_eq!(prod.get(id).await.status, 200);
}

#[tokio::test]
async fn an_agent_group_is_listed_and_a_connection_that_needs_another_fails_its_test() {
    let folder = tempfile::tempdir().unwrap();
    let test = demo(&[]);
    let test = Client::of(&test, "test").await;
    let iar = test
        .get("/integrations/SHIPMENT_NOTICE%7C01.00.0001/archive")
        .await;
    fs_err::create_dir(folder.path().join("dev")).unwrap();
    fs_err::write(folder.path().join("dev/a.iar"), &iar.bytes).unwrap();
    let settings = "agent-groups = [\"PLANT\"]\n";
    fs_err::write(folder.path().join("dev/instance.toml"), settings).unwrap();
    let dev = Client::of(&loaded(folder.path(), &[]), "dev").await;
    let groups = items(&dev.get("/monitoring/agentgroups").await);
    assert_eq!(groups[0]["id"], "PLANT");
    assert_eq!(dev.get("/monitoring/agentgroups/PLANT").await.status, 200);
    assert_eq!(dev.get("/monitoring/agentgroups/MILL").await.status, 404);

    let tested = |group: &'static str| {
        let dev = &dev;
        async move {
            dev.patch("/connections/STATUS_API", &json!({"agentGroupId": group}))
                .await;
            let answer = dev.post("/connections/STATUS_API/test", &Value::Null).await;
            answer.json()["status"].as_str().unwrap().to_owned()
        }
    };
    assert_eq!(tested("PLANT").await, "SUCCESS");
    assert_eq!(tested("MILL").await, "FAILED");
    let no_url = json!({"agentGroupId": "PLANT", "connectionProperties": [
        {"propertyGroup": "CONNECTION_PROPS", "propertyName": "connectionUrl", "propertyType": "URL",
         "propertyValue": "no url"}]});
    dev.patch("/connections/STATUS_API", &no_url).await;
    let answer = dev.post("/connections/STATUS_API/test", &Value::Null).await;
    assert_eq!(answer.json()["status"], "FAILED");
}
