//! Real artifacts through the whole product: an emulator of its own process, loaded with them, gives out from another
//! instance exactly what went in.
#![expect(clippy::indexing_slicing, reason = "helpers of tests")]

use std::path::{Path, PathBuf};

use ferry_e2e::samples::{Served, rest, text};
use ferry_e2e::{Stand, envelope, ferry};
use ferry_testkit::cli::Ferry;
use ferry_testkit::fixtures::{root, samples, skip};
use serde_json::Value;
use tempfile::TempDir;
use tokio::process::Command;

/// An instance that is loaded, the empty one that it is carried to, the generation of both, and what it holds.
const INSTANCES: [(&str, &str, &str, &[&str]); 3] = [
    (
        "src3",
        "dst3",
        "gen3",
        &[
            "DEMO_FIRST_PROJECT_4.car",
            "HEALTHCARE_ADT_PROJECT.car",
            "oic.ocw.hol.par",
            "LL_ERPPO_BACKEND_B2B_02.00.0000.iar",
            "OIO_LOG_EVENT_01.00.0000.iar",
            "SUBSCIRB_PO_DETAILS_SYNC_01.00.0000.iar",
        ],
    ),
    ("src3b", "dst3b", "gen3", &["DEMO_FIRST_PROJECT.car"]),
    ("src2", "dst2", "gen2", &["JITSIEVENTS_01.00.0000.iar"]),
];

/// The folder of real artifacts, if it is there and holds them all; else the test says that it is skipped.
fn real(test: &str) -> Option<PathBuf> {
    let Some(folder) = samples() else {
        skip(test, "no real artifacts: set FERRY_SAMPLES");
        return None;
    };
    let wanted = INSTANCES.iter().flat_map(|(.., files)| files.iter());
    let missing = wanted.copied().find(|file| !folder.join(file).is_file());
    if let Some(file) = missing {
        skip(test, &format!("no real artifact {file}: set FERRY_SAMPLES"));
        return None;
    }
    Some(folder)
}

/// A folder to load: every instance with its artifacts, and the empty ones.
fn load(samples: &Path) -> TempDir {
    let folder = tempfile::tempdir().expect("a temporary directory");
    for (source, target, generation, files) in INSTANCES {
        for name in [source, target] {
            let instance = folder.path().join(name);
            std::fs::create_dir(&instance).expect("a new directory");
            let settings = format!("generation = \"{generation}\"\n");
            std::fs::write(instance.join("instance.toml"), settings).expect("a new file");
        }
        for file in files {
            let to = folder.path().join(source).join(file);
            std::fs::copy(samples.join(file), to).expect("a copy");
        }
    }
    folder
}

/// Whether a program can be run.
async fn there(program: &str) -> bool {
    let mut command = Command::new(program);
    let output = command.arg("--version").output().await;
    output.is_ok_and(|output| output.status.success())
}

/// Exports and imports, and gives the archive: the name in the bucket, and the SHA-256 that was printed.
async fn cross(ferry: &Ferry, served: &Served, source: &str, target: &str) -> (String, String) {
    let on = |args: &[&str]| {
        let call = ferry.args(args.iter().copied().chain(["-o", "json"]));
        call.env("FERRY_EMULATOR", &served.url)
    };
    let exported = on(&["export", source]).run().await.expect(0);
    let report = envelope(&exported)["report"].clone();
    let text = |value: &Value| value.as_str().expect("a text").to_owned();
    let archive = text(&report["archive"]["name"]);
    let from = format!("run:{}", text(&report["run"]));
    let imported = on(&["import", target, &from]).run().await.expect(0);
    let there = &envelope(&imported)["report"];
    assert_eq!(there["job-state"], "COMPLETED", "{imported}");
    assert_eq!(there["archive"]["sha256"], report["archive"]["sha256"]);
    (archive, text(&report["archive"]["sha256"]))
}

#[tokio::test(flavor = "multi_thread")]
async fn every_entry_that_went_in_comes_out_of_the_target() {
    const TEST: &str = "every_entry_that_went_in_comes_out_of_the_target";
    let Some(samples) = real(TEST) else { return };
    if !there("python3").await {
        skip(TEST, "no python3, which scripts/compare-entries.py needs");
        return;
    }
    let load = load(&samples);
    let (served, ferry) = (Served::start(load.path()).await, ferry());
    for (source, target, _, files) in INSTANCES {
        // Nothing is there before: what comes out later came across.
        let (before, _) = compare(&served, target, &samples, files).await;
        assert_eq!(before, Some(1), "{target} is not empty");
        cross(&ferry, &served, source, target).await;
        let (code, said) = compare(&served, target, &samples, files).await;
        assert_eq!(code, Some(0), "{source} to {target}: {said}");
        assert!(said.ends_with("entries: equal\n"), "{said}");
    }
    // The comparison sees a difference: this instance holds another state of the project.
    let (code, said) = compare(&served, "dst3b", &samples, &["DEMO_FIRST_PROJECT_4.car"]).await;
    assert_eq!(code, Some(1), "{said}");
    let (code, said) = compare(&served, "nobody", &samples, &["DEMO_FIRST_PROJECT.car"]).await;
    assert_eq!(code, Some(2), "{said}");
    assert_eq!(served.interrupt().await, Some(0));
}

/// Runs the script on an instance: its exit code and all that it said.
async fn compare(
    served: &Served,
    instance: &str,
    samples: &Path,
    files: &[&str],
) -> (Option<i32>, String) {
    let mut command = Command::new("python3");
    command
        .arg(root().join("scripts/compare-entries.py"))
        .args(["--emulator", &served.url, "--instance", instance])
        .args(files.iter().map(|file| samples.join(file)));
    let output = command.output().await.expect("python3 runs");
    let said = [output.stdout, output.stderr].concat();
    (
        output.status.code(),
        String::from_utf8_lossy(&said).into_owned(),
    )
}

#[tokio::test(flavor = "multi_thread")]
async fn the_printed_sha256_is_that_of_the_object() {
    const TEST: &str = "the_printed_sha256_is_that_of_the_object";
    let Some(samples) = real(TEST) else { return };
    for program in ["curl", "sha256sum"] {
        if !there(program).await {
            skip(TEST, &format!("no {program}"));
            return;
        }
    }
    let load = load(&samples);
    let (served, ferry) = (Served::start(load.path()).await, ferry());
    for (source, target, ..) in INSTANCES {
        let (archive, sha256) = cross(&ferry, &served, source, target).await;
        for side in [source, target] {
            let card = served.card(side).await;
            let config = ferry.write("curl.conf", {
                let (user, token) = (text(&card, "storage_user"), text(&card, "storage_password"));
                format!(
                    "user = \"{user}:{token}\"\nurl = \"{}/{archive}\"\n",
                    text(&card, "storage_url")
                )
            });
            let pipe =
                "set -e; curl --fail --silent --show-error --noproxy '*' -K \"$1\" | sha256sum";
            let mut shell = Command::new("sh");
            let output = shell.args(["-c", pipe, "sh"]).arg(config).output().await;
            let output = output.expect("a shell");
            let said = String::from_utf8_lossy(&output.stdout).into_owned();
            let digest = said.split_whitespace().next().unwrap_or_default();
            assert_eq!(
                digest,
                sha256,
                "{side}: {}",
                String::from_utf8_lossy(&output.stderr)
            );
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_ready_line_and_the_table_tell_every_instance() {
    let Some(samples) = real("the_ready_line_and_the_table_tell_every_instance") else {
        return;
    };
    let load = load(&samples);
    let served = Served::start(load.path()).await;
    let said = served.said.join("\n");
    assert!(said.contains(&format!("ready on {}", served.url)), "{said}");
    for (source, target, generation, _) in INSTANCES {
        for name in [source, target] {
            let row = served
                .said
                .iter()
                .find(|line| line.starts_with(&format!("{name} ")));
            let row = row.unwrap_or_else(|| panic!("no row {name}: {said}"));
            assert!(row.contains(generation), "{row}");
        }
    }
}

/// A load of one instance with these files is refused, naming both, and what they both hold.
async fn refused(files: &[(&str, Vec<u8>)], what: &str) {
    let folder = tempfile::tempdir().expect("a temporary directory");
    let instance = folder.path().join("two");
    std::fs::create_dir(&instance).expect("a new directory");
    for (name, bytes) in files {
        std::fs::write(instance.join(name), bytes).expect("a new file");
    }
    let load = folder.path().display().to_string();
    let call = ferry().args(["emulator", "--port", "0", "--load", &load]);
    let output = call.run().await.expect(2);
    for word in files.iter().map(|(name, _)| *name).chain([what]) {
        assert!(output.stderr.contains(word), "no {word}: {output}");
    }
    assert!(!output.stdout.contains("ready"), "{output}");
}

#[tokio::test(flavor = "multi_thread")]
async fn two_projects_of_one_identity_are_refused() {
    let Some(samples) = real("two_projects_of_one_identity_are_refused") else {
        return;
    };
    let file = |name: &'static str| (name, std::fs::read(samples.join(name)).unwrap());
    let files = [
        file("DEMO_FIRST_PROJECT.car"),
        file("DEMO_FIRST_PROJECT_4.car"),
    ];
    refused(&files, "project").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn two_integrations_of_one_identity_are_refused() {
    // Two environments of the demonstration hold the same integration, one of them an older state of it.
    let stand = Stand::new().await;
    let cards = stand.cards();
    let mut files = Vec::new();
    for (environment, file) in [("prod", "older.iar"), ("live", "newer.iar")] {
        let card = cards
            .iter()
            .find(|card| card["name"] == environment)
            .unwrap();
        let path = "integrations/STOCK_LEVELS%7C01.00.0000/archive";
        files.push((file, rest(card, path).await));
    }
    assert_ne!(files[0].1, files[1].1);
    refused(&files, "integration STOCK_LEVELS|01.00.0000").await;
    // The same twice is no contradiction.
    files[1].1 = files[0].1.clone();
    let folder = tempfile::tempdir().unwrap();
    let instance = folder.path().join("two");
    std::fs::create_dir(&instance).unwrap();
    for (name, bytes) in &files {
        std::fs::write(instance.join(name), bytes).unwrap();
    }
    Served::start(folder.path()).await;
}
