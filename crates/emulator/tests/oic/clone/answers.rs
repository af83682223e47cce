//! How jobs are told.

use serde_json::{Value, json};

use super::gen2_folder;
use crate::house::{Client, demo, items, loaded};

#[tokio::test]
async fn outcomes_are_as_switched() {
    for (outcome, archives) in [
        ("FAILED", 0),
        ("COMPLETED_WITH_WARNINGS", 1),
        ("MYSTERY", 0),
    ] {
        let emulator = demo(&[("job.outcome", outcome), ("job.outcome.times", "1")]);
        let test = Client::of(&emulator, "test").await;
        let status = test.finish("export", json!({"jobName": "x"})).await;
        assert_eq!(status["overallStatus"], outcome);
        let found = test.bucket().await;
        assert_eq!(found.iter().filter(|(n, _)| n == "x.zip").count(), archives);
        let again = test.start("export", json!({"jobName": "y"})).await;
        assert_eq!(again.status, if outcome == "MYSTERY" { 409 } else { 202 });
    }
    let emulator = demo(&[("process.component", "CANCELLED")]);
    let test = Client::of(&emulator, "test").await;
    let status = test.finish("export", json!({"jobName": "x"})).await;
    assert_eq!(status["overallStatus"], "COMPLETED");
    assert_eq!(
        status["components"][1],
        json!({"name": "Process", "status": "CANCELLED"})
    );
}

#[tokio::test]
async fn every_field_spelling() {
    for (spelling, state, archive) in [
        ("documented", "overallStatus", Some("archiveName")),
        ("archive-filename", "overallStatus", Some("archiveFilename")),
        ("hyphenated", "overall-status", Some("archive-name")),
        ("status-only", "status", None),
    ] {
        let emulator = demo(&[("field.names", spelling)]);
        let test = Client::of(&emulator, "test").await;
        let started = test.start("export", json!({})).await.json();
        let key = if spelling == "hyphenated" {
            "job-id"
        } else {
            "jobId"
        };
        let id = started[key].as_str().unwrap();
        test.advance(1800);
        let status = test.status("export", id).await;
        assert_eq!(status[state], "COMPLETED", "{spelling}");
        let name = format!("Service_Instance_Data-{id}.zip");
        assert_eq!(
            archive.map(|a| status[a].clone()),
            archive.map(|_| Value::from(name.clone()))
        );
        assert_eq!(test.bucket().await[0].0, name);
    }
}

#[tokio::test]
async fn the_ancestors_calls_work_on_gen2() {
    let folder = gen2_folder();
    let emulator = loaded(folder.path(), &[]);
    let source = Client::of(&emulator, "source").await;
    let body = json!({"storageInfo": source.storage()});
    let started = source
        .call("POST", "/icsapis/v2/clonepod/exportArtifacts", &[], &body)
        .await;
    assert_eq!(started.status, 202);
    let name = started.json()["archiveFilename"]
        .as_str()
        .unwrap()
        .to_owned();
    assert!(name.starts_with("archive_Local_Suite_Instance-"));
    source.advance(1800);
    let status = source
        .call(
            "GET",
            "/icsapis/v2/clonepod/exportStatus",
            &[],
            &Value::Null,
        )
        .await
        .json();
    assert_eq!(status["overallStatus"], "COMPLETED");
    assert_eq!(status["archiveFilename"], name.as_str());
    assert!(items(&source.get("/integrations?limit=1").await).len() == 1);
}
