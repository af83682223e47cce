//! The switch `archive-layout`.

use bytes::Bytes;
use serde_json::json;

use crate::house::{Client, demo};

#[tokio::test]
async fn every_layout_is_read_again_byte_for_byte() {
    for layout in ["nested", "flat", "expanded", "opaque"] {
        let source = demo(&[("archive-layout", layout)]);
        // The reader is another emulator, which is told nothing of the layout.
        let target = demo(&[]);
        let test = Client::of(&source, "test").await;
        let prod = Client::of(&target, "prod").await;
        let export = json!({"jobName": "x", "exportSecurityArtifacts": true});
        test.finish("export", export).await;
        let archive = test.store("GET", "/x.zip", Bytes::new()).await.bytes;
        assert!(archive.starts_with(b"PK\x03\x04"), "{layout}");
        prod.store("PUT", "/x.zip", archive.clone()).await;
        let import = json!({
            "archiveFile": "x.zip",
            "importActivateMode": "importActivate",
            "importSecurityArtifacts": true,
        });
        let status = prod.finish("import", import).await;
        assert_eq!(status["overallStatus"], "COMPLETED", "{layout}: {status}");
        let (mine, theirs) = (test.artifacts().await, prod.artifacts().await);
        for artifact in &mine {
            assert!(theirs.contains(artifact), "{layout}: {artifact:?}");
        }
        let crm = prod.get("/connections/CRM_SOAP").await.json();
        assert_eq!(crm["status"], "CONFIGURED", "{layout}");

        let names = entries(&archive);
        let has = |name: &str| names.iter().any(|n| n == name);
        let car = "projects/ORDERS.car";
        match layout {
            "nested" => assert!(has(car) && has("manifest.json")),
            "flat" => assert!(names.iter().all(|n| !n.contains('/')), "{names:?}"),
            "expanded" => assert!(
                !has(car) && has("projects/ORDERS.car/project/project.yaml"),
                "{names:?}"
            ),
            _ => {
                assert_eq!(names, ["content.bin"]);
                assert!(!archive[4..].windows(4).any(|w| w == b"PK\x03\x04"));
            }
        }
    }
}

/// The names in a zip's table, read as the format has it.
fn entries(zip: &[u8]) -> Vec<String> {
    let u16_at = |at: usize| usize::from(u16::from_le_bytes([zip[at], zip[at + 1]]));
    let end = zip.windows(4).rposition(|w| w == b"PK\x05\x06").unwrap();
    let mut at = u16_at(end + 16) + (u16_at(end + 18) << 16);
    let mut names = Vec::new();
    while zip[at..].starts_with(b"PK\x01\x02") {
        let (name, extra, comment) = (u16_at(at + 28), u16_at(at + 30), u16_at(at + 32));
        names.push(String::from_utf8(zip[at + 46..at + 46 + name].to_vec()).unwrap());
        at += 46 + name + extra + comment;
    }
    names
}

#[tokio::test]
async fn a_damaged_archive_fails_and_nothing_comes_in() {
    for layout in ["nested", "opaque"] {
        let emulator = demo(&[("archive-layout", layout)]);
        let test = Client::of(&emulator, "test").await;
        let prod = Client::of(&emulator, "prod").await;
        test.finish("export", json!({"jobName": "x"})).await;
        test.advance(10);
        let archive = test.store("GET", "/x.zip", Bytes::new()).await.bytes;
        let before = prod.artifacts().await;
        let mut damaged = archive.to_vec();
        let middle = damaged.len() / 2;
        damaged[middle] ^= 0xff;
        for bytes in [damaged, archive[..archive.len() - 40].to_vec()] {
            prod.store("PUT", "/x.zip", Bytes::from(bytes)).await;
            let import = json!({"archiveFile": "x", "importActivateMode": "importOnly"});
            let status = prod.finish("import", import).await;
            assert_eq!(status["overallStatus"], "FAILED", "{layout}: {status}");
            assert_eq!(prod.artifacts().await, before);
        }
    }
}
