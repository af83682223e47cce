//! One instance is carried to another: the whole way in one command, and step by step on a kept emulator.

use std::fmt::Write as _;

use ferry_e2e::samples::{rest, text};
use ferry_e2e::{Stand, Workspace, envelope, ferry, says, wire};
use ferry_testkit::cli::Output;
use serde_json::Value;

/// Connections of `test` that name a place; those of the same id in `prod` must be given another.
const PLACES: [&str; 6] = [
    "BILLING_API",
    "CRM_SOAP",
    "FILES_FTP",
    "ORDERS_API",
    "STATUS_API",
    "WAREHOUSE_DB",
];

#[tokio::test(flavor = "multi_thread")]
async fn one_command_carries_an_instance_across() {
    let ferry = ferry();
    let output = ferry
        .args(["promote", "test", "prod", "--live=stop", "--emulator"])
        .run()
        .await
        .expect(0);
    for step in ["exported", "imported", "re-pointed", "activated"] {
        let line = output.stdout.lines().find(|line| line.starts_with(step));
        assert!(line.is_some(), "no row {step}: {output}");
    }
    for word in ["EMULATOR", "sha256", "verified", "ORDERS_API", "ACTIVATED"] {
        assert!(output.stdout.contains(word), "no {word}: {output}");
    }
    assert!(!output.stdout.contains("STOPPED"), "{output}");
    says(&output, &["EMULATOR"]);
    // What is thrown away leaves nothing behind.
    for place in ["work", "state", "tmp"] {
        let left = std::fs::read_dir(ferry.root().join(place)).unwrap().count();
        assert_eq!(left, 0, "something was left in {place}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_report_of_a_promotion_tells_each_part() {
    let ferry = ferry();
    let call = ferry.args([
        "promote",
        "test",
        "prod",
        "--live=stop",
        "--emulator",
        "-o",
        "json",
    ]);
    let output = call.run().await.expect(0);
    let envelope = envelope(&output);
    assert_eq!(envelope["emulator"], true, "{output}");
    let report = &envelope["report"];
    let (export, import) = (&report["export"], &report["import"]);
    assert_eq!(export["job-state"], "COMPLETED", "{output}");
    assert_eq!(import["job-state"], "COMPLETED", "{output}");
    assert_eq!(export["archive"]["sha256"], import["archive"]["sha256"]);
    assert_eq!(export["archive"]["sha256"].as_str().unwrap().len(), 64);
    let connections = report["connections"].as_array().unwrap();
    for id in PLACES {
        let mut of = connections.iter().filter(|one| one["id"] == id).peekable();
        assert!(of.peek().is_some(), "{id} was not re-pointed: {output}");
        assert!(of.all(|one| one["test"] == "SUCCESS"), "{id}: {output}");
    }
    let activations = report["activations"].as_array().unwrap();
    // Eleven of test, and what was live in prod before.
    assert_eq!(activations.len(), 12, "{output}");
    assert!(activations.iter().all(|one| one["status"] == "ACTIVATED"));
    // What is called is there before its caller.
    let place = |id: &str| activations.iter().position(|one| one["id"] == id).unwrap();
    assert!(place("ORDER_ENRICH|01.00.0000") < place("ORDER_INTAKE|01.00.0000"));
    // What is idle in the source stays idle.
    assert!(!output.stderr.contains("activating CUSTOMER_MERGE"));
}

#[tokio::test(flavor = "multi_thread")]
async fn commands_one_after_the_other_work_on_the_same_instances() {
    let ferry = ferry();
    let on = |args: &[&str]| {
        let args = args.iter().copied();
        ferry.args(args.chain(["--emulator=./play", "-o", "json"]))
    };
    let exported = on(&[
        "export",
        "test",
        "--name",
        "crossing",
        "--download=copy.zip",
    ]);
    let exported = exported.run().await.expect(0);
    let report = envelope(&exported)["report"].clone();
    let archive = report["archive"]["name"].as_str().unwrap().to_owned();
    let run = report["run"].as_str().unwrap().to_owned();
    let sha256 = report["archive"]["sha256"].as_str().unwrap().to_owned();
    assert_eq!(archive, "crossing.zip");
    let copy = std::fs::read(ferry.work().join("copy.zip")).unwrap();
    assert_eq!(wire::sha256(&copy), sha256, "the download is another");
    // The same archive, named in every way there is. All leave the target with what the source holds.
    for reference in [
        format!("run:{run}"),
        format!("bucket:test/{archive}"),
        "file:copy.zip".to_owned(),
        "./copy.zip".to_owned(),
    ] {
        let output = on(&["import", "prod", &reference]).run().await.expect(0);
        let report = &envelope(&output)["report"];
        assert_eq!(report["job-state"], "COMPLETED", "{reference}: {output}");
        assert_eq!(report["archive"]["sha256"], *sha256, "{reference}");
        let integrations = report["target"]["integrations"].as_array().unwrap();
        // Twelve of test; the two of prod that test does not have.
        assert_eq!(integrations.len(), 14, "{reference}: {output}");
        let here = |one: &&Value| one["id"] == "ORDER_INTAKE|01.00.0000";
        let intake = integrations.iter().find(here).unwrap();
        assert_eq!(
            intake["status"], "CONFIGURED",
            "an import activates nothing"
        );
    }
    let listed = on(&["jobs", "list"]).run().await.expect(0);
    let jobs = envelope(&listed)["report"].as_array().unwrap().clone();
    let of = |kind: &str| {
        let prefix = format!("job:{kind}:");
        let job = |job: &&Value| job["job"].as_str().unwrap().starts_with(&prefix);
        jobs.iter().filter(job).count()
    };
    assert_eq!((of("export"), of("import")), (1, 4), "{listed}");
    // What was imported is what another export gives out: the instances are the same in each command.
    let again = on(&["export", "prod", "--name", "after"])
        .run()
        .await
        .expect(0);
    let entries = |output: &Output| {
        let report = &envelope(output)["report"];
        report["archive"]["entries"].as_u64().unwrap()
    };
    assert!(entries(&again) >= entries(&exported), "{again}");
}

/// A promotion by files, as between real services: nothing but the overrides tell where connections point.
async fn promotion(stand: &Stand, overrides: &str) -> Output {
    let workspace = Workspace::of(stand.cards());
    workspace.write(&stand.ferry);
    stand.ferry.write("prod.overrides.toml", overrides);
    let args = ["promote", "test", "prod", "--live=stop", "-o", "json"];
    workspace.call(&stand.ferry, args).run().await
}

/// Keeps the source's places for these connections.
fn kept(ids: &[&str]) -> String {
    ids.iter().fold(String::new(), |mut out, id| {
        // Writing to a string does not fail.
        let _ = writeln!(out, "[connections.{id}]\nkeep = [\"*\"]");
        out
    })
}

fn activation<'a>(report: &'a Value, id: &str) -> &'a Value {
    let all = report["activations"].as_array().expect("activations");
    let found = all.iter().find(|one| one["id"] == id);
    found.unwrap_or_else(|| panic!("{id} is not in the report: {report}"))
}

#[tokio::test(flavor = "multi_thread")]
async fn a_connection_that_points_at_the_source_stops_what_uses_it() {
    let stand = Stand::new().await;
    // All but one are spoken for.
    let ids: Vec<&str> = PLACES
        .into_iter()
        .filter(|id| *id != "BILLING_API")
        .collect();
    let output = promotion(&stand, &kept(&ids)).await.expect(9);
    let report = envelope(&output)["report"].clone();
    for id in ["INVOICE_POST|01.00.0000", "PAYMENT_RECON|01.00.0000"] {
        let one = activation(&report, id);
        assert_eq!(one["stopped"], true, "{output}");
        assert_eq!(one["status"], "CONFIGURED", "{output}");
        let problem = one["problem"].as_str().unwrap();
        for word in [
            "BILLING_API",
            "still points at the source",
            "keep = [\"connectionUrl\"]",
        ] {
            assert!(problem.contains(word), "no {word}: {problem}");
        }
    }
    // Whatever does not use it goes through.
    for id in ["ORDER_INTAKE|01.00.0000", "CREDIT_CHECK|01.00.0000"] {
        assert_eq!(activation(&report, id)["status"], "ACTIVATED", "{output}");
    }
    says(&output, &["BILLING_API still points at the source"]);
    // The service was not asked to.
    let asked = |id: &str| stand.seen("POST", id);
    assert_eq!(asked("INVOICE_POST"), 0);
    assert_ne!(asked("CREDIT_CHECK"), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn keep_says_that_the_sources_place_is_meant() {
    let stand = Stand::new().await;
    let output = promotion(&stand, &kept(&PLACES)).await.expect(0);
    let report = envelope(&output)["report"].clone();
    let one = activation(&report, "INVOICE_POST|01.00.0000");
    assert_eq!(one["status"], "ACTIVATED", "{output}");
}

#[tokio::test(flavor = "multi_thread")]
async fn overrides_reach_the_target() {
    let stand = Stand::new().await;
    let others: Vec<&str> = PLACES
        .into_iter()
        .filter(|id| *id != "BILLING_API")
        .collect();
    let overrides = kept(&others)
        + "[connections.BILLING_API]\n\
           properties = { connectionUrl = \"https://billing.prod.example.com/api\" }\n";
    let output = promotion(&stand, &overrides).await.expect(0);
    let report = envelope(&output)["report"].clone();
    let changed = report["connections"].as_array().unwrap();
    let billing = changed
        .iter()
        .find(|one| one["id"] == "BILLING_API")
        .unwrap();
    assert_eq!(billing["changed"][0], "connectionUrl", "{output}");
    let cards = stand.cards();
    let prod = cards
        .iter()
        .find(|card| text(card, "name") == "prod")
        .unwrap();
    let there = rest(prod, "projects/FINANCE/connections/BILLING_API").await;
    let there: Value = serde_json::from_slice(&there).unwrap();
    let properties = there["connectionProperties"].as_array().unwrap();
    let url = properties
        .iter()
        .find(|one| one["propertyName"] == "connectionUrl");
    let url = &url.unwrap()["propertyValue"];
    assert_eq!(url, "https://billing.prod.example.com/api");
}

#[tokio::test(flavor = "multi_thread")]
async fn overrides_count_on_an_emulator_too() {
    let stand = Stand::new().await;
    let toml = "[connections.BILLING_API]\n\
                properties = { connectionUrl = \"https://mine.example.com\" }\n";
    stand.ferry.write("prod.overrides.toml", toml);
    let args = ["promote", "test", "prod", "--live=stop"];
    stand.args(args).run().await.expect(0);
    let cards = stand.cards();
    let prod = cards
        .iter()
        .find(|card| text(card, "name") == "prod")
        .unwrap();
    let there = rest(prod, "projects/FINANCE/connections/BILLING_API").await;
    let there = String::from_utf8(there).unwrap();
    assert!(there.contains("https://mine.example.com"), "{there}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_misspelled_override_is_told_before_anything_starts() {
    let stand = Stand::new().await;
    let output = promotion(&stand, &kept(&["BILING_API"])).await.expect(2);
    says(&output, &["BILING_API", "prod"]);
    assert!(stand.jobs("test", "export").await.is_empty());
    assert!(stand.jobs("prod", "import").await.is_empty());
    assert!(stand.changes().is_empty(), "{:?}", stand.changes());
}
