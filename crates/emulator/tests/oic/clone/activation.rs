//! What the import modes activate and start.

use serde_json::json;

use super::gen2_folder;
use super::report::{outcome, report};
use crate::house::{Client, demo, loaded};

#[tokio::test]
async fn import_modes_activate_what_was_active() {
    let emulator = demo(&[]);
    let test = Client::of(&emulator, "test").await;
    let prod = Client::of(&emulator, "prod").await;
    test.finish("export", json!({"jobName": "x"})).await;
    let import = |mode: &str| {
        json!({
            "archiveFile": "x.zip",
            "importActivateMode": mode,
            "startSchedules": true,
            "storageInfo": test.storage(),
        })
    };
    prod.finish("import", import("importOnly")).await;
    prod.finish("import", import("activateOnly")).await;
    let states = prod.states().await;
    let state = |id: &str| states.iter().find(|(i, _)| i == id).unwrap().1.as_str();
    assert_eq!(state("STOCK_LEVELS|01.00.0001"), "ACTIVATED");
    assert_eq!(
        state("STOCK_LEVELS|01.00.0000"),
        "CONFIGURED",
        "one version of a major at a time"
    );
    assert_eq!(
        state("CUSTOMER_MERGE|01.00.0000"),
        "CONFIGURED",
        "idle in the source"
    );
    let nightly = prod
        .get("/projects/ORDERS/integrations/ORDER_NIGHTLY%7C01.00.0000")
        .await
        .json();
    assert_eq!(nightly["scheduleStatus"], "ICS_SCHEDULE_ACTIVE");
}

fn import_of(from: &Client, mode: &str, start: bool) -> serde_json::Value {
    json!({
        "archiveFile": "x",
        "importActivateMode": mode,
        "startSchedules": start,
        "storageInfo": from.storage(),
    })
}

#[tokio::test]
async fn activate_only_before_any_import_says_that_nothing_was_there() {
    let folder = gen2_folder();
    let emulator = loaded(folder.path(), &[]);
    let source = Client::of(&emulator, "source").await;
    let target = Client::of(&emulator, "target").await;
    let exported = source.finish("export", json!({})).await;
    let import = json!({
        "archiveFile": exported["archiveName"],
        "importActivateMode": "ActivateOnly",
        "storageInfo": source.storage(),
    });
    let status = target.finish("import", import).await;
    assert_eq!(status["overallStatus"], "COMPLETED");
    assert!(target.states().await.is_empty() && target.artifacts().await.is_empty());
    let told = report(&target, &status).await;
    let (result, why) = outcome(&told, "integration", "STOCK_LEVELS|01.00.0001");
    assert_eq!(result, "skipped");
    assert!(why.contains("not in this instance"), "{why}");
    let summary = told["summary"].as_object().unwrap();
    assert_eq!(summary.keys().collect::<Vec<_>>(), ["skipped"]);
}

#[tokio::test]
async fn a_draft_connection_keeps_its_integrations_from_being_activated() {
    let emulator = demo(&[]);
    let test = Client::of(&emulator, "test").await;
    let prod = Client::of(&emulator, "prod").await;
    test.finish("export", json!({"jobName": "x"})).await;
    let id = "ORDER_NIGHTLY|01.00.0000";
    let nightly = "/projects/ORDERS/integrations/ORDER_NIGHTLY%7C01.00.0000";
    prod.finish("import", import_of(&test, "importOnly", true))
        .await;
    // A connection that came in new came with its values: one of them is taken away here.
    let host = |value: &str| {
        json!({"connectionProperties": [
            {"propertyGroup": "CONNECTION_PROPS", "propertyName": "Host", "propertyValue": value},
        ]})
    };
    let files = "/projects/ORDERS/connections/FILES_FTP";
    let answer = prod.patch(files, &host("%%FILES_FTP_Host")).await;
    assert_eq!(answer.status, 200, "{}", answer.json());
    let again = import_of(&test, "activateOnly", true);
    let status = prod.finish("import", again.clone()).await;
    assert_eq!(status["overallStatus"], "COMPLETED");
    let told = report(&prod, &status).await;
    let (result, why) = outcome(&told, "integration", id);
    assert_eq!(result, "failed");
    assert!(
        why.contains("Connection FILES_FTP is not configured."),
        "{why}"
    );
    let schedule = outcome(&told, "schedule", id);
    assert_eq!(schedule, ("skipped", "its integration is not active"));
    let intake = outcome(&told, "integration", "ORDER_INTAKE|01.00.0000");
    assert_eq!(intake.0, "activated");
    assert_eq!(prod.get(nightly).await.json()["status"], "FAILEDACTIVATION");

    // Once the connection has its values, the same job does what is left.
    prod.patch(files, &host("files.example.com")).await;
    let status = prod.finish("import", again).await;
    let told = report(&prod, &status).await;
    assert_eq!(outcome(&told, "integration", id), ("activated", ""));
    assert_eq!(outcome(&told, "schedule", id).0, "started");
    let intake = outcome(&told, "integration", "ORDER_INTAKE|01.00.0000");
    assert_eq!(intake, ("skipped", "it is active already"));
}

#[tokio::test]
async fn schedules_are_started_later_where_they_were_not_asked_for_at_first() {
    let emulator = demo(&[]);
    let test = Client::of(&emulator, "test").await;
    let prod = Client::of(&emulator, "prod").await;
    test.finish("export", json!({"jobName": "x"})).await;
    let nightly = "/projects/ORDERS/integrations/ORDER_NIGHTLY%7C01.00.0000";
    prod.finish("import", import_of(&test, "importActivate", false))
        .await;
    let idle = prod.get(nightly).await.json();
    assert_eq!(idle["status"], "ACTIVATED");
    assert!(idle.get("scheduleStatus").is_none());
    prod.finish("import", import_of(&test, "activateOnly", true))
        .await;
    let running = prod.get(nightly).await.json();
    assert_eq!(running["scheduleStatus"], "ICS_SCHEDULE_ACTIVE");
}
