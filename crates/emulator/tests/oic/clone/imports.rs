//! What an import brings.

use bytes::Bytes;
use serde_json::json;

use super::{PATTERNS, gen2_folder};
use crate::house::{Client, demo, loaded};

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
