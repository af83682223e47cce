//! The emulator's own controls over its state: reset, snapshots, switches, storage settings, time.

use bytes::Bytes;
use ferry_emulator::{Emulator, Load, controls};
use serde_json::{Value, json};

use crate::house::{Client, demo, items, options};

const STOCK: &str = "/integrations/STOCK_LEVELS%7C01.00.0001";

async fn status(client: &Client) -> String {
    let shown = client.get(STOCK).await.json();
    shown["status"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn a_snapshot_is_gone_back_to_and_a_reset_begins_anew() {
    let emulator = demo(&[]);
    let test = Client::of(&emulator, "test").await;
    assert_eq!(status(&test).await, "ACTIVATED");
    test.store("PUT", "/early", Bytes::from("early")).await;
    let before = test.control("GET", "/clock", &Value::Null).await.json();
    let taken = test.control("PUT", "/snapshots/early", &Value::Null).await;
    assert_eq!(taken.status, 204);

    test.patch(STOCK, &json!({"status": "CONFIGURED"})).await;
    test.store("PUT", "/late", Bytes::from("late")).await;
    test.advance(3600);
    test.control("PATCH", "/switches", &json!({"job.outcome": "FAILED"}))
        .await;
    assert_eq!(status(&test).await, "CONFIGURED");

    let restored = test.control("POST", "/snapshots/early/restore", &Value::Null);
    assert_eq!(restored.await.status, 204);
    assert_eq!(status(&test).await, "ACTIVATED");
    let names: Vec<String> = test
        .bucket()
        .await
        .into_iter()
        .map(|(name, _)| name)
        .collect();
    assert_eq!(names, ["early"]);
    assert_eq!(
        test.store("GET", "/early", Bytes::new()).await.bytes,
        "early"
    );
    let after = test.control("GET", "/clock", &Value::Null).await.json();
    assert_eq!(before, after);
    let switches = test.control("GET", "/switches", &Value::Null).await.json();
    assert_eq!(switches["job-outcome"], "COMPLETED");

    test.control("POST", "/reset", &Value::Null).await;
    assert!(test.bucket().await.is_empty());
    let journal = test.control("GET", "/journal", &Value::Null).await.json();
    assert_eq!(journal.as_array().unwrap().len(), 1, "the listing alone");
    assert_eq!(
        test.get(STOCK).await.status,
        401,
        "tokens given out since are forgotten"
    );
    let again = Client::of(&emulator, "test").await;
    assert_eq!(again.card.client_secret, test.card.client_secret);

    let listed = test.control("GET", "/snapshots", &Value::Null).await.json();
    assert_eq!(listed, json!(["early"]));
    let gone = |method, path| test.control(method, path, &Value::Null);
    assert_eq!(gone("DELETE", "/snapshots/early").await.status, 204);
    assert_eq!(gone("DELETE", "/snapshots/early").await.status, 404);
    assert_eq!(gone("POST", "/snapshots/early/restore").await.status, 404);
    assert_eq!(gone("PUT", "/snapshots/a%2Fb").await.status, 400);
}

#[tokio::test]
async fn snapshots_outlive_the_process_where_the_state_does() {
    let folder = tempfile::tempdir().unwrap();
    let start = || {
        let mut options = options(&[]);
        options.data = Some(folder.path().to_owned());
        Emulator::start(options).unwrap()
    };
    let first = start();
    let test = Client::of(&first, "test").await;
    test.store("PUT", "/kept", Bytes::from("kept")).await;
    test.control("PUT", "/snapshots/one", &Value::Null).await;
    test.store("DELETE", "/kept", Bytes::new()).await;
    drop((first, test));

    let second = start();
    assert!(second.resumed());
    let test = Client::of(&second, "test").await;
    assert!(test.bucket().await.is_empty());
    test.control("POST", "/snapshots/one/restore", &Value::Null)
        .await;
    assert_eq!(test.store("GET", "/kept", Bytes::new()).await.bytes, "kept");
}

#[tokio::test]
async fn storage_settings_are_saved_after_a_probe_and_shown_masked() {
    let emulator = demo(&[("storage-info-optional", "true")]);
    let test = Client::of(&emulator, "test").await;
    let path = "/instances/test/storage";
    let own = test.control("GET", path, &Value::Null).await.json();
    assert_eq!(own["storagePassword"], "******");

    let mut wrong = test.storage();
    wrong["storagePassword"] = json!("wrong");
    let refused = test.control("PUT", path, &wrong).await;
    assert_eq!(refused.status, 400);
    assert!(
        refused.json()["detail"]
            .as_str()
            .unwrap()
            .contains("refused")
    );
    assert_eq!(test.control("GET", path, &Value::Null).await.json(), own);
    let saved = test.control("PUT", path, &test.storage()).await;
    assert_eq!(saved.status, 200);
    let secret = test.card.storage_password.as_str();
    assert!(!String::from_utf8_lossy(&saved.bytes).contains(secret));
    assert!(test.bucket().await.is_empty(), "a probe leaves nothing");

    let without = json!({"jobName": "first", "storageInfo": null});
    let call = "/ic/api/common/v1/exportServiceInstanceArchive";
    let order = |body: Value| {
        let test = &test;
        async move { test.call("POST", call, &[], &body).await }
    };
    let mut body = without.clone();
    body.as_object_mut().unwrap().remove("storageInfo");
    assert_eq!(order(body.clone()).await.status, 202);
    test.advance(30 * 60);
    assert_eq!(test.bucket().await[0].0, "first.zip");

    assert_eq!(test.control("DELETE", path, &Value::Null).await.status, 204);
    assert_eq!(test.control("GET", path, &Value::Null).await.status, 404);
    body["jobName"] = json!("second");
    assert_eq!(order(body).await.status, 400, "there is no storage to use");
    let nobody = test.control("GET", "/instances/nobody/storage", &Value::Null);
    assert_eq!(nobody.await.status, 404);
}

#[tokio::test]
async fn the_controls_are_listed_and_each_is_there() {
    let emulator = demo(&[]);
    let test = Client::of(&emulator, "test").await;
    let listed = test.control("GET", "/", &Value::Null).await.json();
    assert_eq!(
        listed["controls"].as_array().unwrap().len(),
        controls().len()
    );
    for control in controls() {
        if control.path == "/_ferry/barriers/{id}" {
            // It waits for a request.
            continue;
        }
        let path = control.path.trim_start_matches("/_ferry");
        let path = path
            .replace("{instance}", "test")
            .replace("{name}", "one")
            .replace("{id}", "7")
            .replace("{sha256}", "0");
        let answer = test.control(control.method, &path, &Value::Null).await;
        let said = String::from_utf8_lossy(&answer.bytes);
        assert!(!said.contains("no such control"), "{control:?}");
    }
    let wrong = |body: Value| {
        let test = &test;
        async move { test.control("POST", "/clock", &body).await.status }
    };
    assert_eq!(wrong(json!({"speed": -1})).await, 400);
    assert_eq!(wrong(json!({"speed": 1e300})).await, 400);
    assert_eq!(wrong(json!({"speed": 0, "advance_seconds": 5})).await, 200);
}

#[tokio::test]
async fn a_description_brings_instances_switches_and_faults() {
    let folder = tempfile::tempdir().unwrap();
    let demo = demo(&[]);
    let test = Client::of(&demo, "test").await;
    let iar = test.get(&format!("{STOCK}/archive")).await.bytes;
    fs_err::create_dir(folder.path().join("own")).unwrap();
    fs_err::write(folder.path().join("own/a.iar"), iar).unwrap();
    let file = folder.path().join("lab.toml");
    let text = r#"
        [switches]
        "job.outcome" = "FAILED"
        archive-late-seconds = 60

        [[rules]]
        path = "/libraries"
        times = 1
        action = { status = { code = 503 } }

        [instances.big]
        integrations = 30

        [instances.old]
        generation = "gen2"
        folder = "own"
        [instances.old.connections.WAREHOUSE_DB.properties]
        Host = "db.example.com"
    "#;
    fs_err::write(&file, text).unwrap();
    let mut options = options(&[]);
    options.describe(&file).unwrap();
    assert!(matches!(options.load, Load::Described(_)));
    assert_eq!(options.switches.archive_late_seconds, 60);
    let emulator = Emulator::start(options).unwrap();
    let big = Client::of(&emulator, "big").await;
    assert_eq!(big.states().await.len(), 30);
    let old = Client::of(&emulator, "old").await;
    assert_eq!(old.card.generation, "gen2");
    assert_eq!(items(&old.get("/integrations").await).len(), 1);
    let connection = old.get("/connections/WAREHOUSE_DB").await.json();
    assert!(connection.to_string().contains("db.example.com"));
    assert_eq!(old.get("/libraries").await.status, 503);
    assert_eq!(old.get("/libraries").await.status, 200);

    for (wrong, why) in [
        ("", "no instance"),
        ("[instances.a]\ncolour = 1\n", "colour"),
        ("[instances.a]\n[switches]\ncolour = 1\n", "colour"),
        (
            "[instances.a]\n[[rules]]\none-in = 0\naction = \"reset\"\n",
            "one-in",
        ),
    ] {
        fs_err::write(&file, wrong).unwrap();
        let mut options = crate::house::options(&[]);
        let mut error: &dyn std::error::Error = &options.describe(&file).unwrap_err();
        let mut said = error.to_string();
        while let Some(cause) = error.source() {
            said += &format!(": {cause}");
            error = cause;
        }
        assert!(said.contains("lab.toml") && said.contains(why), "{said}");
    }
}
