//! A promotion with its rails, its plan, and what is live meanwhile.
#![expect(
    clippy::indexing_slicing,
    clippy::unwrap_used,
    reason = "helpers of tests"
)]

use std::collections::BTreeMap;

use ferry_e2e::held::Reader;
use ferry_e2e::proof::never_active_with_the_source;
use ferry_e2e::samples::{rest, text};
use ferry_e2e::{Stand, Workspace, envelope, says};
use ferry_emulator::{Action, JobEnd, Recorded, Rule, Service};
use serde_json::{Value, json};

/// Values of its own for `live`, which the demonstration does not bring.
const LIVE: &str = r#"
[connections."*"]
credentials = { username = "env:NOBODY_SETS_THIS", password = "env:NOBODY_SETS_THIS" }
[connections.STATUS_API]
properties.connectionUrl = "https://status.live.example.com"
[connections.BILLING_API]
properties.connectionUrl = "https://billing.live.example.com"
[connections.ORDERS_API]
properties.connectionUrl = "https://orders.live.example.com"
[connections.CRM_SOAP]
properties.targetWSDLURL = "https://crm.live.example.com/?wsdl"
[connections.WAREHOUSE_DB]
properties = { Host = "warehouse.live.example.com", Port = "443" }
[connections.FILES_FTP]
properties = { Host = "files.live.example.com", Port = "443" }
"#;

fn card(stand: &Stand, name: &str) -> Value {
    let cards = stand.cards();
    let found = cards.iter().find(|card| text(card, "name") == name);
    found.unwrap().clone()
}

/// The status of every integration of an environment, by id.
async fn statuses(stand: &Stand, name: &str) -> BTreeMap<String, String> {
    let list = ["integrations", "list", name, "-o", "json"];
    let output = stand.args(list).run().await.expect(0);
    let mut found = BTreeMap::new();
    let report: Value = serde_json::from_str(&output.stdout).unwrap();
    let all = report["report"]["integrations"].as_array();
    let all = all.or(report["report"].as_array());
    for one in all.unwrap_or_else(|| panic!("{output}")) {
        let (id, status) = (one["id"].as_str().unwrap(), one["status"].as_str().unwrap());
        found.insert(id.to_owned(), status.to_owned());
    }
    found
}

/// The requests of the instance `name` that change its design, by method and path without the query.
fn design(stand: &Stand) -> Vec<(Recorded, String)> {
    let of = |record: Recorded| {
        let path = record.target.split('?').next().unwrap_or_default();
        let path = path.replace("/ic/api/integration/v1", "");
        (record, path)
    };
    let all = stand.changes().into_iter();
    all.filter(|record| record.service == Some(Service::Oic))
        .map(of)
        .collect()
}

fn plan_of(report: &Value) -> (String, String) {
    let next = report["next"].as_array().unwrap();
    let last = next.last().unwrap().as_str().unwrap();
    let words: Vec<&str> = last.split_whitespace().collect();
    let after = |flag: &str| {
        let at = words.iter().position(|word| *word == flag).unwrap();
        words[at + 1].to_owned()
    };
    (after("--plan"), after("--approve"))
}

#[tokio::test(flavor = "multi_thread")]
async fn a_protected_environment_is_opened_by_an_approved_plan_alone() {
    let stand = Stand::new().await;
    stand.ferry.write("live.overrides.toml", LIVE);
    let before = statuses(&stand, "live").await;
    // It is busy with one already.
    let exports = stand.jobs("live", "export").await.len();
    let output = stand.args(["promote", "test", "live", "-o", "json"]);
    let output = output.run().await.expect(9);
    let report = envelope(&output)["report"].clone();
    let (path, fingerprint) = plan_of(&report);
    assert_eq!(report["plan"]["fingerprint"], fingerprint);
    // It was exported, and nothing of the target was touched.
    assert_eq!(stand.jobs("test", "export").await.len(), 1);
    assert!(stand.jobs("live", "import").await.is_empty());
    assert_eq!(stand.jobs("live", "export").await.len(), exports);
    assert_eq!(statuses(&stand, "live").await, before);
    // Without its plan an approval would say nothing.
    let unplanned = ["promote", "test", "live", "--approve", fingerprint.as_str()];
    let output = stand.args(unplanned).run().await.expect(2);
    says(&output, &["promote --plan FILE --approve FINGERPRINT"]);
    let carry = |more: &[&str]| {
        let args = ["promote", "--plan", path.as_str(), "-o", "json"];
        stand.args(args.into_iter().chain(more.iter().copied()))
    };
    let output = carry(&[]).run().await.expect(9);
    says(&output, &["not approved"]);
    let output = carry(&["--approve", "0000"]).run().await.expect(9);
    says(&output, &["names another plan"]);
    // It is busy: nothing that is live is touched without a word.
    let approve = ["--approve", fingerprint.as_str()];
    let output = carry(&approve).run().await.expect(9);
    says(
        &output,
        &["live today", "ORDER_STATUS|01.00.0000", "--live=stop"],
    );
    assert_eq!(statuses(&stand, "live").await, before);
    assert!(stand.jobs("live", "import").await.is_empty());
    // Its own export runs for a year: without a safety copy nothing is stopped, and the run can be gone on with.
    let output = carry(&[approve[0], approve[1], "--live=stop"]);
    let output = output.run().await.expect(8);
    says(&output, &["another job runs on live"]);
    assert_eq!(statuses(&stand, "live").await, before);
    stand.advance(2 * 365 * 24 * 3600);
    let output = carry(&[approve[0], approve[1], "--live=stop"]);
    let output = output.run().await.expect(0);
    let report = envelope(&output)["report"].clone();
    assert_eq!(report["stopped"].as_array().unwrap().len(), 4, "{output}");
    assert!(
        report["safety-copy"]["archive"]["sha256"].is_string(),
        "{output}"
    );
    let after = statuses(&stand, "live").await;
    for id in [
        "ORDER_STATUS|01.00.0000",
        "INVOICE_POST|01.00.0000",
        "STOCK_LEVELS|01.00.0001",
    ] {
        assert_eq!(after[id], "ACTIVATED", "{after:?}");
    }
    assert_eq!(report["schedules"][0]["status"], "ICS_SCHEDULE_ACTIVE");
    // The plan is used up: what it promised is there now.
    let output = carry(&[approve[0], approve[1], "--live=stop"]);
    let output = output.run().await.expect(9);
    says(&output, &["has moved since the plan was made"]);
}

/// As a shell reads it, with a folder that has a blank and a quote in its name.
#[tokio::test(flavor = "multi_thread")]
async fn the_command_that_is_told_can_be_pasted() {
    let stand = Stand::new().await;
    stand.ferry.write("live.overrides.toml", LIVE);
    let args = ["promote", "test", "live", "--state=its state", "-o", "json"];
    let output = stand.args(args).run().await.expect(9);
    let report = envelope(&output)["report"].clone();
    let next = report["next"].as_array().unwrap();
    let last = next.last().unwrap().as_str().unwrap();
    let (_, command) = last.split_once(": ferry ").unwrap();
    let words = format!("for word in {command}; do echo \"$word\"; done");
    let shell = std::process::Command::new("sh")
        .args(["-c", &words])
        .output();
    let words = String::from_utf8(shell.unwrap().stdout).unwrap();
    let words: Vec<&str> = words.lines().collect();
    assert_eq!(words[..2], ["promote", "--plan"], "{last}");
    assert!(words[2].starts_with("its state/"), "{last}");
    // What it says next: the plan was found and approved.
    let output = stand.args(words).run().await.expect(9);
    says(&output, &["live today"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn no_integration_of_the_target_was_active_with_a_connection_of_the_source() {
    let stand = Stand::new().await;
    let held = async |name: &str| Reader::of(&card(&stand, name)).await.held().await;
    let (source, target) = (held("test").await, held("prod").await);
    let mark = stand.running.emulator.requests();
    let before = design(&stand).len();
    let promote = ["promote", "test", "prod", "--live=stop"];
    stand.args(promote).run().await.expect(0);
    let mut journal = stand.running.emulator.journal();
    journal.retain(|record| record.nth > mark);
    never_active_with_the_source(&journal, &source, &target, |key| {
        let mut values = source.connections[key].values();
        values.any(|value| value.contains(".test.example.com"))
    });
    let made = design(&stand).split_off(before);
    let paths: Vec<&str> = made.iter().map(|(_, path)| path.as_str()).collect();
    let switches = |path: &str| {
        let last = path.rsplit('/').next().unwrap_or_default();
        path.contains("/integrations/") && last.contains("%7C")
    };
    let refused: Vec<_> = made
        .iter()
        .filter(|(record, _)| record.refusal.is_some())
        .collect();
    assert!(refused.is_empty(), "{refused:?}");
    // The schedule was started once, behind the last activation.
    let starts: Vec<usize> = paths
        .iter()
        .enumerate()
        .filter(|(_, path)| path.ends_with("/schedule/start"))
        .map(|(at, _)| at)
        .collect();
    assert_eq!(starts.len(), 1, "{paths:#?}");
    assert!(paths.iter().rposition(|path| switches(path)).unwrap() < starts[0]);
    // The same from the other side: the connections of prod lead to prod.
    let there = rest(&card(&stand, "prod"), "connections/STATUS_API").await;
    let there = String::from_utf8(there).unwrap();
    assert!(!there.contains("test.example.com"), "{there}");
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_choice_what_is_live_stays_and_the_export_is_not_made_again() {
    let stand = Stand::new().await;
    let before = statuses(&stand, "prod").await;
    for choice in [&[][..], &["--live=abort"]] {
        let args = ["promote", "test", "prod"];
        let output = stand.args(args.into_iter().chain(choice.iter().copied()));
        let output = output.run().await.expect(9);
        says(&output, &["PROD_HEARTBEAT|01.00.0000", "--live=stop"]);
        assert_eq!(statuses(&stand, "prod").await, before);
    }
    let promote = ["promote", "test", "prod", "--live=stop"];
    stand.args(promote).run().await.expect(0);
    assert_eq!(stand.jobs("test", "export").await.len(), 1);
    assert_eq!(stand.jobs("prod", "import").await.len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_plan_that_has_moved_is_refused_and_says_what() {
    let stand = Stand::new().await;
    let export = ["export", "test", "--name", "weekly"];
    stand.args(export).run().await.expect(0);
    let plan = [
        "plan",
        "prod",
        "bucket:test/weekly.zip",
        "--save",
        "plan.json",
    ];
    stand.args(plan).run().await.expect(0);
    let carry = ["promote", "--plan", "plan.json", "--live=stop"];
    let off = [
        "integrations",
        "deactivate",
        "prod",
        "PROD_HEARTBEAT|01.00.0000",
    ];
    stand.args(off).run().await.expect(0);
    let output = stand.args(carry).run().await.expect(9);
    says(
        &output,
        &["has moved", "PROD_HEARTBEAT|01.00.0000: it is gone"],
    );
    let on = [
        "integrations",
        "activate",
        "prod",
        "PROD_HEARTBEAT|01.00.0000",
    ];
    stand.args(on).run().await.expect(0);
    // Another archive of that name.
    let off = [
        "integrations",
        "deactivate",
        "test",
        "CUSTOMER_SYNC|01.00.0000",
    ];
    stand.args(off).run().await.expect(0);
    let again = ["export", "test", "--download=other.zip"];
    stand.args(again).run().await.expect(0);
    let other = stand.ferry.work().join("other.zip");
    stand.put_file("test", "weekly.zip", &other).await;
    let output = stand.args(carry).run().await.expect(9);
    says(&output, &["source: ", "sha256"]);
    stand.object("DELETE", "test", "weekly.zip", None).await;
    let output = stand.args(carry).run().await.expect(9);
    says(&output, &["there is no archive weekly.zip"]);
    assert!(stand.jobs("prod", "import").await.is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_given_archive_is_taken_and_nothing_exported() {
    let stand = Stand::new().await;
    let export = ["export", "test", "--name", "weekly"];
    stand.args(export).run().await.expect(0);
    let take = [
        "promote",
        "test",
        "prod",
        "--live=stop",
        "--archive",
        "bucket:test/weekly.zip",
    ];
    let output = stand.args(take.into_iter().chain(["-o", "json"]));
    let output = output.run().await.expect(0);
    let report = envelope(&output)["report"].clone();
    assert_eq!(report["export"], Value::Null);
    assert_eq!(stand.jobs("test", "export").await.len(), 1);
    assert_eq!(
        report["activations"].as_array().unwrap().len(),
        12,
        "{output}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn what_fails_before_the_import_brings_back_what_was_live() {
    let stand = Stand::new().await;
    let before = statuses(&stand, "prod").await;
    stand.running.emulator.add_rule(Rule {
        method: Some("POST".to_owned()),
        path: Some("/importServiceInstanceArchive".to_owned()),
        times: Some(1),
        ..Rule::new(Action::Status {
            code: 403,
            body: None,
            headers: BTreeMap::new(),
        })
    });
    let promote = ["promote", "test", "prod", "--live=stop"];
    let output = stand.args(promote).run().await.expect(4);
    says(&output, &["PROD_HEARTBEAT|01.00.0000 is live again"]);
    assert_eq!(statuses(&stand, "prod").await, before);
    assert!(stand.jobs("prod", "import").await.is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn after_an_import_that_failed_connections_are_re_pointed_before_what_was_live_is_on() {
    let stand = Stand::new().await;
    let export = ["export", "test", "--name", "weekly"];
    stand.args(export).run().await.expect(0);
    stand.running.emulator.add_rule(Rule {
        path: Some("/importServiceInstanceArchive".to_owned()),
        method: Some("POST".to_owned()),
        ..Rule::new(Action::Job(JobEnd {
            state: "FAILED".to_owned(),
            integration: None,
            process: None,
        }))
    });
    let take = [
        "promote",
        "test",
        "prod",
        "--live=stop",
        "--archive",
        "bucket:test/weekly.zip",
    ];
    let output = stand.args(take).run().await.expect(6);
    says(&output, &["PROD_HEARTBEAT|01.00.0000 is live again"]);
    let after = statuses(&stand, "prod").await;
    assert_eq!(after["PROD_HEARTBEAT|01.00.0000"], "ACTIVATED");
    assert_eq!(after["STOCK_LEVELS|01.00.0000"], "ACTIVATED");
    let made = design(&stand);
    let paths: Vec<&str> = made.iter().map(|(_, path)| path.as_str()).collect();
    let import = paths
        .iter()
        .position(|path| path.ends_with("/importServiceInstanceArchive"));
    let behind = &paths[import.unwrap()..];
    let tested = behind.iter().rposition(|path| path.ends_with("/test"));
    let on = behind.iter().position(|path| path.contains("%7C"));
    assert!(tested.unwrap() < on.unwrap(), "{paths:#?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn rows_and_parameters_reach_the_target() {
    let stand = Stand::new().await;
    let toml = "[lookups.\"/Country_Codes\"]\nrows = [{ Code = \"XX\" }]\n\
                [schedules.ORDER_NIGHTLY]\nparameters = { since = \"2026-01-01\" }\n";
    let get = ["lookups", "get", "test", "Country_Codes", "-o", "json"];
    let lookup = stand.args(get).run().await.expect(0);
    let lookup = envelope(&lookup)["report"].clone();
    let first = lookup["columns"][0].as_str().unwrap();
    stand.ferry.write(
        "prod.overrides.toml",
        toml.replace("Code =", &format!("{first:?} =")),
    );
    let promote = ["promote", "test", "prod", "--live=stop", "-o", "json"];
    let output = stand.args(promote).run().await.expect(0);
    let report = envelope(&output)["report"].clone();
    assert_eq!(report["lookups"][0]["changed"], 1, "{output}");
    assert_eq!(
        report["schedules"][0]["changed"],
        json!(["since"]),
        "{output}"
    );
    let get = ["lookups", "get", "prod", "Country_Codes", "-o", "json"];
    let there = stand.args(get).run().await.expect(0);
    assert!(there.stdout.contains("\"XX\""), "{there}");
}

#[tokio::test(flavor = "multi_thread")]
async fn outside_of_its_windows_nothing_is_changed() {
    let stand = Stand::new().await;
    let workspace = Workspace::of(stand.cards());
    workspace.write(&stand.ferry);
    let file = stand.ferry.work().join("ferry.toml");
    let toml = std::fs::read_to_string(&file).unwrap();
    let with = |windows: &str| {
        let keys = format!("[environments.prod]\nwindows = {windows}\n");
        let toml = toml.replace("[environments.prod]\n", &keys);
        std::fs::write(&file, toml).unwrap();
    };
    stand.ferry.write(
        "prod.overrides.toml",
        "[connections.\"*\"]\nkeep = [\"*\"]\n",
    );
    let promote = ["promote", "test", "prod", "--live=stop"];
    with("[]");
    let before = stand.changes().len();
    let bad = "[\"Fri 18:00-22:00 Europe/Berlim\"]";
    with(bad);
    let output = workspace.call(&stand.ferry, promote).run().await.expect(2);
    says(&output, &["windows", "no time zone"]);
    assert_eq!(stand.changes().len(), before);
    // A day that is neither today nor tomorrow, wherever on earth.
    let now = (ferry_e2e::options().now)().to_zoned_datetime(jiff::tz::TimeZone::UTC);
    let away = now.date().checked_add(jiff::Span::new().days(3)).unwrap();
    let names = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];
    let day = names[usize::try_from(away.weekday().to_monday_zero_offset()).unwrap()];
    with(&format!("[\"{day} 09:00-10:00 UTC\"]"));
    let output = workspace.call(&stand.ferry, promote).run().await.expect(9);
    says(&output, &["may not be changed at this time", day]);
    assert!(stand.jobs("prod", "import").await.is_empty());
    assert!(stand.jobs("prod", "export").await.is_empty());
    // In one of them it goes on where it stopped.
    with(&format!(
        "[\"{day} 09:00-10:00 UTC\", \"Mon-Sun 00:00-24:00 UTC\"]"
    ));
    workspace.call(&stand.ferry, promote).run().await.expect(0);
    assert_eq!(stand.jobs("test", "export").await.len(), 1);
}
