//! Whole exports and imports in virtual time.

use bytes::Bytes;
use serde_json::{Value, json};

use crate::house::{Client, demo, items, loaded};

const PATTERNS: [&str; 3] = ["suffix", "valid-zips", "final-name"];

#[tokio::test]
async fn an_export_goes_through_its_states_with_each_pattern_of_temporaries() {
    for pattern in PATTERNS {
        let emulator = demo(&[("temporaries", pattern)]);
        let test = Client::of(&emulator, "test").await;
        let started = test
            .start("export", json!({"jobName": "first", "description": "d"}))
            .await;
        assert_eq!(started.status, 202);
        let started = started.json();
        assert_eq!(started["status"], "NOT_STARTED");
        assert_eq!(started["location"], test.card.storage_url.as_str());
        let id = started["jobId"].as_str().unwrap();
        assert_eq!(
            test.status("export", id).await["overallStatus"],
            "NOT_STARTED"
        );

        let mut seen = Vec::new();
        for _ in 0..8 {
            test.advance(200);
            let status = test.status("export", id).await;
            assert_eq!(status["overallStatus"], "RUNNING", "{pattern}: {status}");
            assert!(status.get("archiveName").is_none() && status.get("endTime").is_none());
            for (name, bytes) in test.bucket().await {
                assert_eq!(
                    name == "first.zip",
                    pattern == "final-name",
                    "{pattern}: {name}"
                );
                seen.push((name, bytes));
            }
        }
        seen.dedup();
        assert!(seen.len() >= 3, "{pattern}: {seen:?}");
        assert_eq!(seen[0].1 == 0, pattern == "final-name");

        test.advance(20);
        let status = test.status("export", id).await;
        assert_eq!(status["overallStatus"], "COMPLETED");
        assert_eq!(status["archiveName"], "first.zip");
        assert_eq!(status["jobName"], "first");
        assert_eq!(
            status["components"][1],
            json!({"name": "Process", "status": "COMPLETED", "percentage": 100})
        );
        // COMPLETED does not prove that the whole archive is there.
        let half = test.bucket().await;
        assert_eq!(half.len(), usize::from(pattern == "final-name"));
        test.advance(10);
        let whole = test.bucket().await;
        assert_eq!(whole.len(), 1, "{pattern}: {whole:?}");
        assert_eq!(whole[0].0, "first.zip");
        if let Some(half) = half.first() {
            assert!(half.1 < whole[0].1);
        }
        let archive = test.store("GET", "/first.zip", Bytes::new()).await;
        assert!(archive.bytes.starts_with(b"PK\x03\x04"));
    }
}

#[tokio::test]
async fn what_is_imported_is_byte_for_byte_what_was_exported() {
    for pattern in PATTERNS {
        let emulator = demo(&[("temporaries", pattern)]);
        let test = Client::of(&emulator, "test").await;
        let prod = Client::of(&emulator, "prod").await;
        let export = test
            .finish(
                "export",
                json!({"jobName": "promotion", "exportSecurityArtifacts": true}),
            )
            .await;
        assert_eq!(export["overallStatus"], "COMPLETED");
        let archive = test
            .store("GET", "/promotion.zip", Bytes::new())
            .await
            .bytes;
        assert_eq!(
            prod.store("PUT", "/promotion.zip", archive).await.status,
            201
        );

        let import = json!({
            "archiveFile": "promotion",
            "importActivateMode": "importOnly",
            "importSecurityArtifacts": true,
        });
        let status = prod.finish("import", import).await;
        assert_eq!(status["overallStatus"], "COMPLETED", "{status}");
        assert_eq!(status["mode"], "ImportOnly");
        let (source, target) = (test.artifacts().await, prod.artifacts().await);
        for artifact in &source {
            assert!(
                target.contains(artifact),
                "{pattern}: {artifact:?} is not in {target:?}"
            );
        }
        // What prod had of its own is still there, active; what came is not active.
        let states = prod.states().await;
        let state = |id: &str| states.iter().find(|(i, _)| i == id).unwrap().1.as_str();
        assert_eq!(state("PROD_HEARTBEAT|01.00.0000"), "ACTIVATED");
        assert_eq!(state("STOCK_LEVELS|01.00.0000"), "ACTIVATED");
        assert_eq!(state("STOCK_LEVELS|01.00.0001"), "CONFIGURED");
        assert_eq!(state("ORDER_INTAKE|01.00.0000"), "CONFIGURED");
        assert_eq!(states.len(), 12 + 2);
        // The log object of the import is gone again.
        assert_eq!(prod.bucket().await.len(), 1);
    }
}

#[tokio::test]
async fn gen2_to_gen2_with_each_pattern() {
    for pattern in PATTERNS {
        let folder = gen2_folder();
        let emulator = loaded(folder.path(), &[("temporaries", pattern)]);
        let source = Client::of(&emulator, "source").await;
        let target = Client::of(&emulator, "target").await;
        let status = source
            .finish("export", json!({"jobName": "is ignored"}))
            .await;
        assert_eq!(status["overallStatus"], "COMPLETED");
        let id = status["jobId"].as_str().unwrap();
        assert!(id.chars().all(|c| c.is_ascii_digit()));
        let name = status["archiveName"].as_str().unwrap();
        assert_eq!(name, format!("Local_Suite_Instance-{id}.zip"));
        // On Gen2 credentials always travel.
        assert_eq!(status["includeSecurityArtifacts"], true);
        assert!(status.get("jobName").is_none());

        let import = json!({
            "archiveFile": name,
            "importActivateMode": "ImportActivate",
            "storageInfo": source.storage(),
        });
        let status = target.finish("import", import).await;
        assert_eq!(status["overallStatus"], "COMPLETED", "{status}");
        assert_eq!(
            source.artifacts().await,
            target.artifacts().await,
            "{pattern}"
        );
        assert_eq!(target.states().await, source.states().await);
        assert!(
            target
                .states()
                .await
                .iter()
                .any(|(_, state)| state == "ACTIVATED")
        );
    }
}

pub(crate) fn gen2_folder() -> tempfile::TempDir {
    // The demonstration's own artifacts, without its projects, told to be Gen2.
    let folder = tempfile::tempdir().unwrap();
    for name in ["source", "target"] {
        let own = folder.path().join(name);
        std::fs::create_dir_all(own.join("certificates")).unwrap();
        std::fs::write(own.join("instance.toml"), "generation = \"gen2\"\n").unwrap();
    }
    std::fs::write(folder.path().join("source/certificates/ca.pem"), "ca").unwrap();
    for (path, bytes) in demo_artifacts() {
        if !path.starts_with("projects/") {
            let file = path.rsplit('/').next().unwrap();
            std::fs::write(folder.path().join("source").join(file), bytes).unwrap();
        }
    }
    folder
}

/// The artifacts of the demonstration's `test`, as its archive holds them.
fn demo_artifacts() -> Vec<(String, Vec<u8>)> {
    let runtime = std::thread::spawn(|| {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .build()
            .unwrap();
        runtime.block_on(async {
            let test = Client::of(&demo(&[]), "test").await;
            let mut out = Vec::new();
            for (path, sha256) in test.artifacts().await {
                let path_of_bytes = format!("/_ferry/artifacts/test/{sha256}");
                let request = http::Request::builder()
                    .uri(path_of_bytes)
                    .header("host", "localhost")
                    .body(Bytes::new())
                    .unwrap();
                let bytes = crate::house::send(&test.emulator, request).await.bytes;
                out.push((path, bytes.to_vec()));
            }
            out
        })
    });
    runtime.join().unwrap()
}

#[tokio::test]
async fn connections_follow_the_switch() {
    for (switch, expected, status) in [
        (
            "replace",
            "https://status-api.test.example.com",
            "CONFIGURED",
        ),
        ("keep", "https://status-api.prod.example.com", "CONFIGURED"),
        ("draft", "%%STATUS_API_connectionUrl", "INPROGRESS"),
    ] {
        let emulator = demo(&[("import.connection.values", switch)]);
        let test = Client::of(&emulator, "test").await;
        let prod = Client::of(&emulator, "prod").await;
        test.finish("export", json!({"jobName": "x"})).await;
        let import = json!({
            "archiveFile": "x.zip",
            "importActivateMode": "importOnly",
            "storageInfo": test.storage(),
        });
        prod.finish("import", import).await;
        let connection = prod.get("/connections/STATUS_API").await.json();
        assert_eq!(connection["status"], status, "{switch}");
        let properties = connection["connectionProperties"].as_array().unwrap();
        let url = properties
            .iter()
            .find(|p| p["propertyName"] == "connectionUrl")
            .unwrap();
        assert_eq!(url["propertyValue"], expected, "{switch}");
    }
}

#[tokio::test]
async fn security_artifacts_travel_only_when_both_sides_say_so() {
    for (exported, imported, come) in [
        (true, true, true),
        (true, false, false),
        (false, true, false),
    ] {
        let emulator = demo(&[]);
        let test = Client::of(&emulator, "test").await;
        let prod = Client::of(&emulator, "prod").await;
        test.finish(
            "export",
            json!({"jobName": "x", "exportSecurityArtifacts": exported}),
        )
        .await;
        let import = json!({
            "archiveFile": "x",
            "importActivateMode": "importOnly",
            "importSecurityArtifacts": imported,
            "storageInfo": test.storage(),
        });
        let status = prod.finish("import", import).await;
        assert_eq!(status["includeSecurityArtifacts"], imported);
        let paths: Vec<String> = prod.artifacts().await.into_iter().map(|(p, _)| p).collect();
        let has = |prefix: &str| paths.iter().any(|p| p.starts_with(prefix));
        assert_eq!(has("certificates/"), come);
        assert_eq!(has("security/"), come);
        assert!(
            has("process/"),
            "process parts travel in their own component"
        );
    }
}

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

#[tokio::test]
async fn active_integrations_are_left_or_replaced_or_fail_the_job() {
    for (switch, outcome) in [
        ("skip", "COMPLETED"),
        ("replace", "COMPLETED"),
        ("fail", "FAILED"),
    ] {
        let emulator = demo(&[("import.active", switch)]);
        let test = Client::of(&emulator, "test").await;
        let live = Client::of(&emulator, "live").await;
        let before = live.artifacts().await;
        test.finish("export", json!({"jobName": "x"})).await;
        // First `live` gets an active FINANCE project, then an archive that holds an older one.
        let archive = json!({"archiveFile": "x", "importActivateMode": "importActivate", "storageInfo": test.storage()});
        live.finish("import", archive.clone()).await;
        let prod = Client::of(&emulator, "prod").await;
        prod.finish("export", json!({"jobName": "older"})).await;
        let older = json!({"archiveFile": "older", "importActivateMode": "importOnly", "storageInfo": prod.storage()});
        let status = live.finish("import", older).await;
        assert_eq!(status["overallStatus"], outcome, "{switch}: {status}");
        let finance = |all: &[(String, String)]| {
            all.iter()
                .find(|(p, _)| p == "projects/FINANCE.car")
                .cloned()
        };
        let (mine, theirs) = (
            finance(&live.artifacts().await),
            finance(&prod.artifacts().await),
        );
        assert_eq!(mine == theirs, switch == "replace", "{switch}");
        assert!(before.len() < live.artifacts().await.len());
    }
}

#[tokio::test]
async fn existing_integrations_are_replaced_or_left_or_fail_the_job() {
    for (switch, outcome) in [
        ("replace", "COMPLETED"),
        ("skip", "COMPLETED"),
        ("fail", "FAILED"),
    ] {
        let emulator = demo(&[("import.existing", switch)]);
        let test = Client::of(&emulator, "test").await;
        let prod = Client::of(&emulator, "prod").await;
        let before = prod.artifacts().await;
        test.finish("export", json!({"jobName": "x"})).await;
        let import = json!({
            "archiveFile": "x",
            "importActivateMode": "importOnly",
            "storageInfo": test.storage(),
        });
        let status = prod.finish("import", import).await;
        assert_eq!(status["overallStatus"], outcome, "{switch}: {status}");
        let after = prod.artifacts().await;
        let finance = before
            .iter()
            .find(|(p, _)| p == "projects/FINANCE.car")
            .unwrap();
        // Of two that are new beside one that is skipped, a project is made that is neither of both.
        assert_eq!(after.contains(finance), switch == "fail", "{switch}");
        assert_eq!(
            after == before,
            switch == "fail",
            "a job that fails installs nothing"
        );
    }
}

#[tokio::test]
async fn a_running_job_survives_a_restart() {
    let data = tempfile::tempdir().unwrap();
    let start = || {
        let mut options = crate::house::options(&[]);
        options.data = Some(data.path().to_owned());
        ferry_emulator::Emulator::start(options).unwrap()
    };
    let emulator = start();
    let test = Client::of(&emulator, "test").await;
    let started = test.start("export", json!({"jobName": "x"})).await.json();
    let id = started["jobId"].as_str().unwrap().to_owned();
    test.advance(600);
    assert_eq!(test.status("export", &id).await["overallStatus"], "RUNNING");
    let during = test.bucket().await;
    emulator.save().unwrap();
    drop(test);
    drop(emulator);

    let emulator = start();
    let test = Client::of(&emulator, "test").await;
    assert_eq!(test.bucket().await, during);
    test.advance(1800);
    assert_eq!(
        test.status("export", &id).await["overallStatus"],
        "COMPLETED"
    );
    assert_eq!(test.bucket().await.len(), 1);
}

#[tokio::test]
async fn a_foreign_zip_is_carried_and_something_else_fails() {
    let emulator = demo(&[]);
    let prod = Client::of(&emulator, "prod").await;
    // A zip of the demonstration is foreign once it is inside nothing: a bare .par.
    let par = prod.get("/packages/acme.customer/archive").await.bytes;
    assert_eq!(
        prod.store("PUT", "/foreign.zip", par.clone()).await.status,
        201
    );
    let import = |name: &str| json!({"archiveFile": name, "importActivateMode": "importOnly"});
    let status = prod.finish("import", import("foreign.zip")).await;
    assert_eq!(status["overallStatus"], "COMPLETED");
    assert!(
        prod.artifacts()
            .await
            .iter()
            .any(|(path, _)| path == "other/foreign.zip")
    );

    prod.store("PUT", "/page.zip", Bytes::from_static(b"<html>no</html>"))
        .await;
    for name in ["page.zip", "absent"] {
        let status = prod.finish("import", import(name)).await;
        assert_eq!(status["overallStatus"], "FAILED", "{name}");
        assert!(status["message"].as_str().unwrap().contains(name));
    }
}

#[tokio::test]
async fn a_removed_temporary_fails_the_job() {
    for pattern in PATTERNS {
        let emulator = demo(&[("temporaries", pattern)]);
        let test = Client::of(&emulator, "test").await;
        let started = test.start("export", json!({"jobName": "x"})).await.json();
        test.advance(300);
        let id = started["jobId"].as_str().unwrap();
        test.status("export", id).await;
        let (name, _) = test.bucket().await.remove(0);
        assert_eq!(
            test.store("DELETE", &format!("/{name}"), Bytes::new())
                .await
                .status,
            204
        );
        test.advance(1800);
        let status = test.status("export", id).await;
        assert_eq!(status["overallStatus"], "FAILED", "{pattern}");
        assert!(test.bucket().await.is_empty());
        // A failed job frees its name.
        assert_eq!(
            test.start("export", json!({"jobName": "x"})).await.status,
            202
        );
    }
}

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
