//! What a promotion leaves for others to read: the published schema, JUnit, a page for a summary, and a run's bundle.
#![expect(clippy::unwrap_used, reason = "helpers of tests")]

use std::collections::BTreeMap;
use std::path::PathBuf;

use ferry_e2e::{Stand, envelope, says};
use ferry_emulator::{Action, Rule};
use ferry_testkit::cli::Output;
use ferry_testkit::fixtures::root;
use roxmltree::Document;
use serde_json::Value;
use tokio::process::Command;

/// Asserts that a document is what the published schema says, and gives it.
fn published(output: &Output) -> Value {
    let envelope = envelope(output);
    let path = root().join("docs/reference/schemas/ferry-1.json");
    let schema: Value = serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap();
    let validator = jsonschema::validator_for(&schema).unwrap();
    let wrong: Vec<String> = validator
        .iter_errors(&envelope)
        .map(|error| format!("{}: {error}", error.instance_path()))
        .collect();
    assert!(wrong.is_empty(), "{wrong:#?}\n{output}");
    envelope
}

#[tokio::test(flavor = "multi_thread")]
async fn every_answer_is_what_the_schema_says() {
    let stand = Stand::new().await;
    let run = async |args: &[&str], exit: i32| {
        let all = args.iter().copied().chain(["-o", "json"]);
        let output = stand.args(all).run().await.expect(exit);
        published(&output)
    };
    run(&["promote", "test", "prod", "--dry-run"], 0).await;
    // Before the plan's end, at an approval, at a mistake, and whole.
    run(&["promote", "test", "prod"], 9).await;
    let waits = run(&["promote", "test", "live"], 9).await;
    assert!(waits["report"]["plan"]["plan"].is_object(), "{waits}");
    run(&["promote", "test", "nowhere"], 2).await;
    let whole = run(&["promote", "test", "prod", "--live=stop"], 0).await;
    assert!(
        !whole["report"]["activations"]
            .as_array()
            .unwrap()
            .is_empty()
    );
    run(&["export", "test", "--name", "weekly"], 0).await;
    run(&["plan", "live", "bucket:test/weekly.zip"], 0).await;
    let runs = run(&["runs", "list"], 0).await;
    let id = runs["report"][0]["id"].as_str().unwrap().to_owned();
    run(&["runs", "show", &id], 0).await;
    run(&["runs", "bundle", &id], 0).await;
    run(&["runs", "show", "nothing"], 1).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn every_answer_about_objects_is_what_the_schema_says() {
    let stand = Stand::new().await;
    let run = async |line: &str, exit: i32| {
        let all = line.split(' ').chain(["-o", "json"]);
        let output = stand.args(all).run().await.expect(exit);
        published(&output)["report"].clone()
    };
    for noun in [
        "integrations",
        "connections",
        "schedules",
        "lookups",
        "libraries",
        "packages",
        "projects",
        "agents",
        "certificates",
    ] {
        let list = run(&format!("{noun} list test"), 0).await;
        let things = if noun == "agents" {
            "agent-groups"
        } else {
            noun
        };
        assert_eq!(
            list["count"],
            list[things].as_array().unwrap().len(),
            "{list}"
        );
    }
    for (line, exit) in [
        ("integrations show test ORDER_INTAKE", 0),
        ("integrations show test NOTHING", 1),
        ("integrations deactivate prod PROD_HEARTBEAT", 0),
        ("integrations activate prod PROD_HEARTBEAT", 0),
        ("integrations activate live STOCK_LEVELS", 9),
        ("integrations export test ORDER_INTAKE one.iar", 0),
        ("integrations import prod one.iar", 0),
        ("integrations activate prod ORDER_INTAKE", 3),
        ("connections show test BILLING_API", 0),
        (
            "connections set test BILLING_API connectionUrl=https://billing.example.com",
            0,
        ),
        ("connections test test", 0),
        ("schedules stop test ORDER_NIGHTLY", 0),
        ("schedules start test ORDER_NIGHTLY", 0),
        ("schedules pause test ORDER_NIGHTLY", 0),
        ("schedules resume test ORDER_NIGHTLY", 0),
        ("schedules set test ORDER_NIGHTLY lastRun=2026-01-01", 0),
        ("lookups get test Country_Codes", 0),
        ("lookups get test Country_Codes codes.csv", 0),
        ("lookups put prod codes.csv", 0),
    ] {
        run(line, exit).await;
    }
    stand.running.emulator.add_rule(Rule {
        path: Some("/projects/ORDERS/integrations".to_owned()),
        ..Rule::new(Action::Status {
            code: 403,
            body: None,
            headers: BTreeMap::new(),
        })
    });
    let part = run("integrations list test", 4).await;
    assert!(
        !part["integrations"].as_array().unwrap().is_empty(),
        "{part}"
    );
}

#[test]
fn the_schema_knows_what_it_refuses() {
    let path = root().join("docs/reference/schemas/ferry-1.json");
    let schema: Value = serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap();
    let validator = jsonschema::validator_for(&schema).unwrap();
    let envelope = |command: &str, report: Value| {
        serde_json::json!({
            "schema": "ferry/1", "command": command, "emulator": true, "exit": 0, "report": report, "error": null,
        })
    };
    assert!(validator.is_valid(&envelope("promote", Value::Null)));
    assert!(!validator.is_valid(&envelope("promote", serde_json::json!({"from": "a"}))));
    assert!(!validator.is_valid(&envelope("runs list", serde_json::json!([{"id": 1}]))));
    assert!(!validator.is_valid(&envelope("runs resume", serde_json::json!({"from": "a"}))));
    assert!(!validator.is_valid(&envelope("lookups list", serde_json::json!({"count": 1}))));
    assert!(!validator.is_valid(&envelope(
        "connections test",
        serde_json::json!({"objects": []})
    )));
}

/// The names of the cases of each suite, and why each failed.
fn cases(text: &str) -> BTreeMap<String, Vec<(String, Option<String>)>> {
    let page = Document::parse(text).unwrap_or_else(|error| panic!("{error}: {text}"));
    let top = page.root_element();
    assert_eq!(top.tag_name().name(), "testsuites");
    let mut found = BTreeMap::new();
    let mut sums = (0, 0);
    for suite in top.children().filter(roxmltree::Node::is_element) {
        assert_eq!(suite.tag_name().name(), "testsuite");
        let name = suite.attribute("name").unwrap();
        let mut cases = Vec::new();
        for case in suite.children().filter(roxmltree::Node::is_element) {
            assert_eq!(case.tag_name().name(), "testcase");
            assert_eq!(case.attribute("classname"), Some(name));
            let failure = case.children().find(|it| it.has_tag_name("failure"));
            let why = failure.map(|it| it.text().unwrap().to_owned());
            cases.push((case.attribute("name").unwrap().to_owned(), why));
        }
        let failed = cases.iter().filter(|(_, why)| why.is_some()).count();
        assert_eq!(suite.attribute("tests").unwrap(), cases.len().to_string());
        assert_eq!(suite.attribute("failures").unwrap(), failed.to_string());
        sums = (sums.0 + cases.len(), sums.1 + failed);
        found.insert(name.to_owned(), cases);
    }
    assert_eq!(top.attribute("tests").unwrap(), sums.0.to_string());
    assert_eq!(top.attribute("failures").unwrap(), sums.1.to_string());
    found
}

fn junit(stand: &Stand) -> BTreeMap<String, Vec<(String, Option<String>)>> {
    cases(&std::fs::read_to_string(stand.ferry.work().join("junit.xml")).unwrap())
}

#[tokio::test(flavor = "multi_thread")]
async fn junit_has_a_case_for_each_thing_that_was_done() {
    let stand = Stand::new().await;
    let promote = [
        "promote",
        "test",
        "prod",
        "--live=stop",
        "--junit=junit.xml",
        "-o",
        "json",
    ];
    let output = stand.args(promote).run().await.expect(0);
    let report = envelope(&output)["report"].clone();
    let suites = junit(&stand);
    for name in ["connections", "activations", "schedules"] {
        assert_eq!(
            suites[name].len(),
            report[name].as_array().unwrap().len(),
            "{name}"
        );
    }
    assert_eq!(suites["promotion"], [("test to prod".to_owned(), None)]);
    assert_eq!(
        suites["verification"],
        [("prod holds what the plan promised".to_owned(), None)]
    );
    assert!(suites.values().flatten().all(|(_, why)| why.is_none()));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_failed_is_in_the_report_and_on_the_page() {
    let stand = Stand::new().await;
    let toml =
        "[connections.BILLING_API]\nproperties.connectionUrl = \"https://unreachable.example\"\n";
    stand.ferry.write("prod.overrides.toml", toml);
    let promote = [
        "promote",
        "test",
        "prod",
        "--live=stop",
        "--junit=junit.xml",
    ];
    let output = stand.args(promote.into_iter().chain(["-o", "markdown"]));
    let output = output.run().await.expect(9);
    let suites = junit(&stand);
    let why = |suite: &str, name: &str| {
        let found = suites[suite].iter().find(|(one, _)| one == name);
        found
            .unwrap_or_else(|| panic!("no {name}: {suites:?}"))
            .1
            .clone()
    };
    let failure = why("connections", "FINANCE: BILLING_API").unwrap();
    assert!(failure.contains("the host cannot be reached"), "{failure}");
    assert!(why("activations", "FINANCE: INVOICE_POST|01.00.0000").is_some());
    let whole = why("promotion", "test to prod").unwrap();
    assert_eq!(whole, "stopped by a safety rail");
    assert_eq!(why("activations", "FINANCE: CREDIT_CHECK|01.00.0000"), None);
    let page = &output.stdout;
    assert!(
        page.starts_with("EMULATOR\n\n## Promotion `test to prod`\n"),
        "{page}"
    );
    assert!(
        page.contains("| `FINANCE: INVOICE_POST\\|01.00.0000` | `STOPPED: "),
        "{page}"
    );
    assert!(!page.contains("```"), "{page}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_promotion_that_does_not_begin_is_a_failed_case() {
    let stand = Stand::new().await;
    let promote = [
        "promote",
        "test",
        "prod",
        "--live=abort",
        "--junit=junit.xml",
    ];
    let output = stand.args(promote.into_iter().chain(["-o", "markdown"]));
    let output = output.run().await.expect(9);
    let page = &output.stdout;
    assert!(
        page.starts_with("EMULATOR\n\n## `promote` ended with 9: `rail`\n"),
        "{page}"
    );
    let (_, next) = page.split_once("### Next\n").unwrap();
    assert!(next.contains("--live=stop"), "{page}");
    let suites = junit(&stand);
    let (name, why) = &suites["promotion"][0];
    assert_eq!(name, "test to prod");
    assert!(why.as_ref().unwrap().contains("--live=stop"), "{why:?}");
    assert_eq!(suites.len(), 1);
    // Nor does an earlier report stay for the pipeline to read.
    let promote = ["promote", "test", "nowhere", "--junit=junit.xml"];
    stand.args(promote).run().await.expect(2);
    let (name, why) = &junit(&stand)["promotion"][0];
    assert_eq!(name, "test to nowhere");
    assert!(why.as_ref().unwrap().contains("nowhere"), "{why:?}");
    let promote = ["promote", "--plan=none.json", "--junit=junit.xml"];
    stand.args(promote).run().await.expect(2);
    let (name, why) = &junit(&stand)["promotion"][0];
    assert_eq!(name, "none.json");
    assert!(why.as_ref().unwrap().contains("cannot be read"), "{why:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_report_that_has_no_place_is_told_before_anything_is_done() {
    let stand = Stand::new().await;
    let promote = [
        "promote",
        "test",
        "prod",
        "--live=stop",
        "--junit=nowhere/junit.xml",
    ];
    let output = stand.args(promote).run().await.expect(74);
    says(&output, &["nowhere/junit.xml"]);
    assert!(stand.changes().is_empty(), "{:?}", stand.changes());
    // One that nobody takes in the end leaves the promotion as it is.
    let pipe = stand.ferry.work().join("taken");
    let made = std::process::Command::new("mkfifo").arg(&pipe).status();
    assert!(made.unwrap().success());
    let reader = std::thread::spawn(move || std::fs::File::open(pipe).map(drop));
    let promote = [
        "promote",
        "test",
        "prod",
        "--live=stop",
        "--junit=taken",
        "-o",
        "json",
    ];
    let output = stand.args(promote).run().await.expect(74);
    reader.join().unwrap().unwrap();
    let done = envelope(&output);
    assert_eq!(
        done["report"]["activations"].as_array().unwrap().len(),
        12,
        "{output}"
    );
    let left = std::fs::read_dir(stand.ferry.work()).unwrap().count();
    assert_eq!(left, 1, "no half-written file");
}

/// Opens a bundle as whoever gets it does.
async fn opened(stand: &Stand, bundle: &str) -> PathBuf {
    let work = stand.ferry.work();
    let mut tar = Command::new("tar");
    let opened = tar.args(["-xf", bundle]).current_dir(&work).status().await;
    assert!(opened.unwrap().success());
    work
}

#[tokio::test(flavor = "multi_thread")]
async fn the_bundle_of_a_failed_run_names_the_request() {
    let stand = Stand::new().await;
    stand.running.emulator.add_rule(Rule {
        method: Some("POST".to_owned()),
        path: Some("/importServiceInstanceArchive".to_owned()),
        ..Rule::new(Action::Status {
            code: 403,
            body: None,
            headers: BTreeMap::from([("opc-request-id".to_owned(), "THE-REQUEST".to_owned())]),
        })
    });
    let promote = ["promote", "test", "prod", "--live=stop"];
    stand.args(promote).run().await.expect(4);
    let runs = stand
        .args(["runs", "list", "-o", "json"])
        .run()
        .await
        .expect(0);
    let id = envelope(&runs)["report"][0]["id"]
        .as_str()
        .unwrap()
        .to_owned();
    let bundle = ["runs", "bundle", id.as_str(), "--to=run.tar"];
    let output = stand.args(bundle).run().await.expect(0);
    assert!(
        output
            .stdout
            .contains("run.tar: about.json, journal.ndjson, plan.json, trace.ndjson"),
        "{output}"
    );
    let opened = opened(&stand, "run.tar").await.join(&id);
    let file = |name: &str| std::fs::read_to_string(opened.join(name)).unwrap();
    let lines = |name: &str| -> Vec<Value> {
        let text = file(name);
        let line = |line| serde_json::from_str(line).unwrap();
        text.lines().map(line).collect()
    };
    let trace = lines("trace.ndjson");
    let failed: Vec<&Value> = trace
        .iter()
        .filter(|line| line["request-id"] == "THE-REQUEST")
        .collect();
    assert_eq!(failed.len(), 1, "{trace:?}");
    assert_eq!(
        (&failed[0]["method"], &failed[0]["outcome"]),
        (&"POST".into(), &"403 Forbidden".into())
    );
    // Every request is there, those before the run was known as well, and each with its id.
    let design = |line: &&Value| line["target"].as_str().unwrap().contains("/ic/api/");
    let asked = trace.iter().filter(design).count();
    assert_eq!(
        asked,
        stand.seen("GET", "/ic/api/") + stand.seen("POST", "/ic/api/")
    );
    assert!(
        trace
            .iter()
            .filter(design)
            .all(|line| line["request-id"].is_string())
    );
    // The journal is whole, and no value of a connection is in what leaves the house.
    let journal = lines("journal.ndjson");
    assert!(
        journal
            .iter()
            .any(|record| record["event"]["part"] == "planned")
    );
    let plan: Value = serde_json::from_str(&file("plan.json")).unwrap();
    let values: Vec<&Value> = plan["connections"]
        .as_array()
        .unwrap()
        .iter()
        .flat_map(|it| it["values"].as_array().unwrap())
        .collect();
    let shown = ["today", "before", "after"];
    let shown = shown.map(|key| values.iter().filter_map(move |it| it.get(key)));
    let shown: Vec<&Value> = shown.into_iter().flatten().collect();
    assert!(!shown.is_empty());
    assert!(shown.iter().all(|it| **it == "[hidden]"), "{values:?}");
    for name in ["journal.ndjson", "plan.json", "trace.ndjson"] {
        assert!(
            !file(name).contains("status-api.prod.example.com"),
            "{name}"
        );
    }
    assert_eq!(
        serde_json::from_str::<Value>(&file("about.json")).unwrap()["exit"],
        4
    );
    let unknown = stand
        .args(["runs", "bundle", "nothing"])
        .run()
        .await
        .expect(1);
    says(&unknown, &["there is no run nothing"]);
    let nowhere = ["runs", "bundle", id.as_str(), "--to=nowhere/run.tar"];
    stand.args(nowhere).run().await.expect(74);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_bundle_takes_no_other_files_place_by_chance() {
    let stand = Stand::new().await;
    stand.args(["export", "test"]).run().await.expect(0);
    let runs = stand.args(["runs", "list", "-o", "json"]);
    let runs = envelope(&runs.run().await.expect(0));
    let id = runs["report"][0]["id"].as_str().unwrap();
    let other = stand.ferry.write("other.tar", "theirs");
    let bundle = ["runs", "bundle", id, "--to=other.tar"];
    let output = stand.args(bundle).run().await.expect(8);
    says(&output, &["other.tar is there already", "--overwrite"]);
    assert_eq!(std::fs::read(&other).unwrap(), b"theirs");
    let overwrite = bundle.into_iter().chain(["--overwrite"]);
    stand.args(overwrite).run().await.expect(0);
    let whole = std::fs::read(&other).unwrap();
    let stdout = ["runs", "bundle", id, "--to=-", "-o", "json"];
    let output = stand.args(stdout).run().await.expect(0);
    assert_eq!(output.stdout, String::from_utf8_lossy(&whole));
}
