//! What an export does and leaves.

use bytes::Bytes;
use serde_json::json;

use super::PATTERNS;
use crate::house::{Client, demo};

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
