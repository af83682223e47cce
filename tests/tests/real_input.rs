//! Real artifacts go in, cross, and come out again byte for byte; judged by a script that shares no code with us.

use std::path::{Path, PathBuf};

use ferry_core::ids::EnvironmentName;
use ferry_e2e::{Stand, envelope, options};
use ferry_emulator::{Emulator, Load, Options};
use ferry_testkit::fixtures::{samples, skip};
use tempfile::TempDir;
use tokio::process::Command;

/// Folder, its settings, and the samples in it.
const SOURCES: &[(&str, &str, &[&str])] = &[
    (
        "projects",
        "gen3",
        &[
            "DEMO_FIRST_PROJECT_4.car",
            "HEALTHCARE_ADT_PROJECT.car",
            "oic.ocw.hol.par",
            "SUBSCIRB_PO_DETAILS_SYNC_01.00.0000.iar",
            "LL_ERPPO_BACKEND_B2B_02.00.0000.iar",
            "OIO_LOG_EVENT_01.00.0000.iar",
        ],
    ),
    ("first", "gen3", &["DEMO_FIRST_PROJECT.car"]),
    ("older", "gen2", &["JITSIEVENTS_01.00.0000.iar"]),
];

/// Copies the samples into a load of three sources and three empty targets; `None`, said aloud, where there are none.
fn load(test: &str) -> Option<(TempDir, Options)> {
    let Some(samples) = samples() else {
        skip(test, "no samples: set FERRY_SAMPLES");
        return None;
    };
    let folder = tempfile::tempdir().unwrap();
    for (name, generation, files) in SOURCES {
        for instance in [(*name).to_owned(), format!("{name}-target")] {
            let path = folder.path().join(&instance);
            std::fs::create_dir(&path).unwrap();
            std::fs::write(
                path.join("instance.toml"),
                format!("generation = \"{generation}\"\n"),
            )
            .unwrap();
        }
        for file in *files {
            std::fs::copy(samples.join(file), folder.path().join(name).join(file)).unwrap();
        }
    }
    let mut options = options();
    options.load = Load::Folder(folder.path().to_owned());
    Some((folder, options))
}

#[tokio::test(flavor = "multi_thread")]
async fn every_inner_entry_comes_out_as_it_went_in() {
    const TEST: &str = "every_inner_entry_comes_out_as_it_went_in";
    let Some((folder, options)) = load(TEST) else {
        return;
    };
    if !is_there("python3").await {
        skip(TEST, "no python3: scripts/compare-entries.py needs it");
        return;
    }
    let stand = Stand::with(options).await;
    for (name, ..) in SOURCES {
        let target = format!("{name}-target");
        let exported = stand
            .args(["export", name, "-o", "json"])
            .run()
            .await
            .expect(0);
        let run = text(&envelope(&exported), &["report", "run"]);
        stand
            .args(["import", &target, &format!("run:{run}")])
            .run()
            .await
            .expect(0);
        compare(&stand, &folder.path().join(name), &target).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_printed_sha256_is_that_of_the_object_in_the_bucket() {
    const TEST: &str = "the_printed_sha256_is_that_of_the_object_in_the_bucket";
    if !is_there("curl").await || !is_there("sha256sum").await {
        skip(TEST, "no curl or no sha256sum");
        return;
    }
    let stand = Stand::new().await;
    let exported = stand
        .args(["export", "test", "-o", "json"])
        .run()
        .await
        .expect(0);
    let report = envelope(&exported);
    let name = text(&report, &["report", "archive", "name"]);
    let sign_in = format!(
        "{}:{}",
        stand.card("test", "storage_user"),
        stand.card("test", "storage_password")
    );
    let url = format!("{}/{name}", stand.card("test", "storage_url"));
    let summed = Command::new("sh")
        .args(["-c", r#"curl -sf -u "$SIGN_IN" "$OBJECT" | sha256sum"#])
        .env("SIGN_IN", sign_in)
        .env("OBJECT", url)
        .output()
        .await
        .unwrap();
    let summed = String::from_utf8(summed.stdout).unwrap();
    assert_eq!(
        summed.split_whitespace().next(),
        Some(text(&report, &["report", "archive", "sha256"]).as_str())
    );
}

#[test]
fn two_contents_of_one_identity_are_refused_naming_both() {
    const TEST: &str = "two_contents_of_one_identity_are_refused_naming_both";
    let Some(samples) = samples() else {
        return skip(TEST, "no samples: set FERRY_SAMPLES");
    };
    let folder = tempfile::tempdir().unwrap();
    let instance = folder.path().join("clash");
    std::fs::create_dir(&instance).unwrap();
    // Both hold integrations of the same identities, exported at different times.
    for file in ["DEMO_FIRST_PROJECT.car", "DEMO_FIRST_PROJECT_4.car"] {
        let project = std::fs::read(samples.join(file)).unwrap();
        std::fs::write(instance.join(file), project).unwrap();
    }
    let mut options = options();
    options.load = Load::Folder(folder.path().to_owned());
    let refused = chain(&Emulator::start(options).expect_err("one project in two states"));
    for file in ["DEMO_FIRST_PROJECT.car", "DEMO_FIRST_PROJECT_4.car"] {
        assert!(refused.contains(file), "{refused}");
    }
}

async fn compare(stand: &Stand, folder: &Path, target: &str) {
    let target: EnvironmentName = target.parse().unwrap();
    let card = stand
        .cards()
        .into_iter()
        .find(|card| card["name"] == target.as_str())
        .unwrap();
    let file = stand.ferry.write("card.json", card.to_string());
    let script: PathBuf = ferry_testkit::fixtures::root().join("scripts/compare-entries.py");
    let judged = Command::new("python3")
        .arg(script)
        .arg(folder)
        .arg(&stand.running.url)
        .arg(file)
        .output()
        .await
        .unwrap();
    let said = String::from_utf8_lossy(&judged.stdout);
    println!("{target}: {said}");
    assert!(
        judged.status.success(),
        "{said}{}",
        String::from_utf8_lossy(&judged.stderr)
    );
}

async fn is_there(program: &str) -> bool {
    Command::new(program)
        .arg("--version")
        .output()
        .await
        .is_ok_and(|output| output.status.success())
}

fn text(value: &serde_json::Value, path: &[&str]) -> String {
    let found = path.iter().fold(value, |value, key| &value[key]);
    found
        .as_str()
        .unwrap_or_else(|| panic!("no {path:?} in {value}"))
        .to_owned()
}

fn chain(error: &dyn std::error::Error) -> String {
    std::iter::successors(Some(error), |error| error.source())
        .map(ToString::to_string)
        .collect::<Vec<_>>()
        .join(": ")
}
