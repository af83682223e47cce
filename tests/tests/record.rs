//! Recordings of a service that does as an assumption has it not: what `--conform` makes of them.
#![expect(
    clippy::indexing_slicing,
    clippy::unwrap_used,
    reason = "helpers of tests"
)]

use ferry_e2e::stand::{self, Stand};
use ferry_e2e::{envelope, ferry, says};
use ferry_testkit::cli::Ferry;
use serde_json::Value;

/// What an export alone tells of: the switch, another value of it, and the exit code of the export.
const TOLD: [(&str, &str, i32); 11] = [
    ("job-outcome", "COMPLETED_WITH_ERRORS", 3),
    ("integration-component", "FAILED", 3),
    ("process-component", "CANCELLED", 0),
    ("job-seconds", "180", 0),
    ("archive-late-seconds", "60", 0),
    ("temporaries", "valid-zips", 0),
    ("temporaries", "final-name", 0),
    ("archive-has-zip-suffix", "false", 0),
    ("field-names", "archive-filename", 0),
    ("field-names", "hyphenated", 0),
    ("token-seconds", "60", 0),
];

/// Slow enough that the bucket is seen on the way: a job of 27 minutes takes most of a second.
const SPEED: f64 = 2_000.0;

async fn recorded(switch: &str, value: &str, exit: i32) -> (Ferry, Vec<Value>) {
    let mut options = stand::options();
    options.speed = SPEED;
    options.switches.set(switch, value).unwrap();
    let stand = Stand::with(options).await;
    let output = stand
        .args(["record", "export", "test"])
        .run()
        .await
        .expect(exit);
    says(&output, &["EMULATOR"]);
    let home = stand.ferry.clone();
    // A row that is refuted makes the answer a "no".
    let output = home
        .args(["-o", "json", "emulator", "--conform", "record.json"])
        .run()
        .await
        .expect(1);
    let rows = envelope(&output)["report"]["rows"]
        .as_array()
        .unwrap()
        .clone();
    (home, rows)
}

#[tokio::test(flavor = "multi_thread")]
async fn each_other_value_is_told_and_its_switch_named() {
    for (switch, value, exit) in TOLD {
        let (home, rows) = recorded(switch, value, exit).await;
        let refuted: Vec<(&Value, &Value)> = rows
            .iter()
            .filter(|row| row["verdict"] != "silent" && row["verdict"] != "confirmed")
            .map(|row| (&row["switch"], &row["seen"]))
            .collect();
        assert!(
            refuted.contains(&(&Value::from(switch), &Value::from(value))),
            "{switch}={value}: {refuted:?}"
        );
        // A component that ends otherwise than its job is the one thing that two rows tell.
        let alone = refuted.len() == 1 || switch == "job-outcome";
        assert!(alone, "{switch}={value}: {refuted:?}");
        let output = home
            .args(["emulator", "--conform", "record.json"])
            .run()
            .await
            .expect(1);
        let setting = format!("--switch {switch}={value}");
        assert!(output.stdout.contains(&setting), "{output}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_recording_holds_no_secret_and_no_name_of_the_instance() {
    let stand = Stand::with(stand::options()).await;
    stand
        .args(["record", "export", "test"])
        .run()
        .await
        .expect(0);
    let text = std::fs::read_to_string(stand.ferry.work().join("record.json")).unwrap();
    let recording: Value = serde_json::from_str(&text).unwrap();
    let entries = recording["archive"]["entries"].as_array().unwrap().clone();
    assert!(!entries.is_empty());
    let mut without = recording.clone();
    without["archive"]["entries"] = Value::Null;
    let without = without.to_string();
    for card in stand.cards() {
        for key in [
            "client_id",
            "client_secret",
            "password",
            "storage_password",
            "storage_user",
            "storage_url",
        ] {
            let value = card[key].as_str().unwrap();
            assert!(!text.contains(value), "{key} stands in the recording");
        }
    }
    for name in ["ferry-test", "acme", &stand.running.authority] {
        assert!(!without.contains(name), "{name} stands in the recording");
    }
    let kept = std::fs::read_to_string(stand.ferry.work().join("record.json")).unwrap();
    // What is there is never written over.
    let output = stand
        .args(["record", "export", "test"])
        .run()
        .await
        .expect(2);
    says(&output, &["record.json is there already"]);
    let after = std::fs::read_to_string(stand.ferry.work().join("record.json")).unwrap();
    assert_eq!(kept, after);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_import_and_a_failed_export_are_recorded_too() {
    let mut options = stand::options();
    "FAILED".clone_into(&mut options.switches.job_outcome);
    options.switches.job_outcome_times = Some(1);
    let stand = Stand::with(options).await;
    stand
        .args(["record", "--out", "failed.json", "export", "test"])
        .run()
        .await
        .expect(6);
    let output = stand
        .args(["-o", "json", "export", "test"])
        .run()
        .await
        .expect(0);
    let archive = envelope(&output)["report"]["archive"]["name"]
        .as_str()
        .unwrap()
        .to_owned();
    stand
        .args([
            "record",
            "--out",
            "import.json",
            "import",
            "prod",
            &format!("bucket:test/{archive}"),
            "--start-schedules",
            "--mode",
            "ImportActivate",
        ])
        .run()
        .await
        .expect(0);
    let conform = |file: &'static str| {
        stand
            .ferry
            .args(["-o", "json", "emulator", "--conform", file])
            .run()
    };
    let failed = conform("failed.json").await.expect(1);
    let rows = envelope(&failed)["report"]["rows"].clone();
    let row = |rows: &Value, name: &str| {
        let rows = rows.as_array().unwrap().clone();
        rows.into_iter().find(|row| row["switch"] == name).unwrap()
    };
    assert_eq!(row(&rows, "job-outcome")["seen"], "FAILED");
    let imported = conform("import.json").await.expect(0);
    let rows = envelope(&imported)["report"]["rows"].clone();
    assert_eq!(row(&rows, "start-schedules-field")["verdict"], "confirmed");
    assert_eq!(row(&rows, "archive-layout")["verdict"], "silent");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_no_recording_is_2() {
    let home = ferry();
    home.write("other.json", "{}");
    let output = home
        .args(["emulator", "--conform", "other.json"])
        .run()
        .await
        .expect(2);
    says(&output, &["no recording"]);
}
