//! Real artifacts, where they are at hand: what goes in comes out, byte for byte, also through a whole archive.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use serde_json::json;

use crate::house::{Client, loaded};

/// The folder of real artifacts, or a note that the test is skipped.
fn samples(test: &str) -> Option<PathBuf> {
    #[expect(
        clippy::disallowed_methods,
        reason = "tells a test where its data lies"
    )]
    let folder = match std::env::var_os("FERRY_SAMPLES") {
        Some(folder) => PathBuf::from(folder),
        None => Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/samples/oic"),
    };
    if folder.is_dir() {
        return Some(folder);
    }
    println!("FERRY-SKIP: {test}: no real artifacts; name their folder by FERRY_SAMPLES");
    None
}

/// Copies the samples into the two instances of a load: two of them are exports of one project.
fn load(samples: &Path) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    for name in ["first", "second", "empty"] {
        std::fs::create_dir(folder.path().join(name)).unwrap();
    }
    for entry in std::fs::read_dir(samples).unwrap() {
        let entry = entry.unwrap();
        if !entry.path().is_file() {
            continue;
        }
        let name = entry.file_name().into_string().unwrap();
        let instance = if name == "DEMO_FIRST_PROJECT_4.car" {
            "second"
        } else {
            "first"
        };
        std::fs::copy(entry.path(), folder.path().join(instance).join(&name)).unwrap();
    }
    folder
}

#[tokio::test]
async fn real_artifacts_load_and_tell_their_facts() {
    let Some(samples) = samples("real_artifacts_load_and_tell_their_facts") else {
        return;
    };
    let folder = load(&samples);
    let emulator = loaded(folder.path(), &[]);
    let first = Client::of(&emulator, "first").await;
    assert_eq!(first.card.generation, "gen3");
    let states = first.states().await;
    let has = |id: &str| states.iter().any(|(i, _)| i == id);
    assert!(has("JITSIEVENTS|01.00.0000") && has("LL_ERPPO_BACKEND_B2B|02.00.0000"));
    assert!(has("RETRIEVE_COUNTRY_INFORMATIO|01.00.0000"));
    let calls = first
        .get("/integrations/LL_ERPPO_BACKEND_B2B%7C02.00.0000")
        .await
        .json();
    assert_eq!(
        calls["dependencies"]["integrations"][0]["id"],
        "LL_DELL_FTP_SEND|01.00.0000"
    );
    let erp = first.get("/connections/JITSIERP").await.json();
    assert_eq!(erp["status"], "CONFIGURED", "{erp}");
    assert!(first.get("/lookups/HL7_to_FHIR_Gender_Map").await.status == 200);
    let second = Client::of(&emulator, "second").await;
    assert_eq!(second.states().await.len(), 6);
}

#[tokio::test]
async fn real_artifacts_come_out_as_they_went_in() {
    let Some(samples) = samples("real_artifacts_come_out_as_they_went_in") else {
        return;
    };
    let folder = load(&samples);
    let emulator = loaded(folder.path(), &[]);
    let empty = Client::of(&emulator, "empty").await;
    for name in ["first", "second"] {
        let client = Client::of(&emulator, name).await;
        let loaded: BTreeSet<String> = client
            .artifacts()
            .await
            .into_iter()
            .map(|(_, sha)| sha)
            .collect();
        let files: BTreeSet<String> = std::fs::read_dir(folder.path().join(name))
            .unwrap()
            .map(|entry| {
                use sha2::Digest;
                let bytes = std::fs::read(entry.unwrap().path()).unwrap();
                sha2::Sha256::digest(bytes)
                    .iter()
                    .fold(String::new(), |s, b| format!("{s}{b:02x}"))
            })
            .collect();
        assert_eq!(loaded, files);

        let export = client
            .finish(
                "export",
                json!({"jobName": name, "exportSecurityArtifacts": true}),
            )
            .await;
        assert_eq!(export["overallStatus"], "COMPLETED");
        let import = json!({
            "archiveFile": name,
            "importActivateMode": "importOnly",
            "importSecurityArtifacts": true,
            "storageInfo": client.storage(),
        });
        let status = empty.finish("import", import).await;
        assert_eq!(status["overallStatus"], "COMPLETED", "{status}");
        let target = empty.artifacts().await;
        for artifact in client.artifacts().await {
            assert!(target.contains(&artifact), "{artifact:?}");
        }
    }
}
