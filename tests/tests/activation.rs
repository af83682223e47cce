//! What is active after a promotion, how it came to be so, and what was promised of it.
#![expect(
    clippy::indexing_slicing,
    clippy::unwrap_used,
    reason = "helpers of tests"
)]

use std::collections::BTreeMap;

use ferry_e2e::samples::{patch, rest, text};
use ferry_e2e::{Stand, Workspace, envelope, eventually, options, says, wire};
use ferry_emulator::{Action, JobEnd, Load, OnImport, Options, Rule};
use ferry_testkit::cli::Output;
use ferry_testkit::instance::{Home, Noise, iar, sample};
use serde_json::{Value, json};

const HEARTBEAT: &str = "integrations/PROD_HEARTBEAT%7C01.00.0000";

fn card(stand: &Stand, name: &str) -> Value {
    let cards = stand.cards();
    let found = cards.iter().find(|card| text(card, "name") == name);
    found.unwrap().clone()
}

async fn shown(card: &Value, path: &str) -> Value {
    serde_json::from_slice(&rest(card, path).await).unwrap()
}

/// What is recorded of an integration's messages.
async fn flags(card: &Value, path: &str) -> [bool; 3] {
    let shown = shown(card, path).await;
    [
        "tracingEnabledFlag",
        "payloadTracingEnabledFlag",
        "recordEnabledFlag",
    ]
    .map(|name| shown[name].as_bool().unwrap())
}

/// Has `PROD_HEARTBEAT` of `prod` traced, with payloads.
async fn trace(stand: &Stand) -> Value {
    let prod = card(stand, "prod");
    patch(
        &prod,
        HEARTBEAT,
        &json!({"status": "CONFIGURED", "stopScheduleForDeactivation": "true"}),
    )
    .await;
    let on = json!({"status": "ACTIVATED", "tracingEnabledFlag": true, "payloadTracingEnabledFlag": true});
    patch(&prod, HEARTBEAT, &on).await;
    eventually("it is active", async || {
        shown(&prod, HEARTBEAT).await["status"] == "ACTIVATED"
    })
    .await;
    assert_eq!(flags(&prod, HEARTBEAT).await, [true, true, false]);
    prod
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_traced_is_traced_again_and_nothing_else_is() {
    let stand = Stand::new().await;
    let prod = trace(&stand).await;
    let promote = ["promote", "test", "prod", "--live=stop"];
    stand.args(promote).run().await.expect(0);
    assert_eq!(flags(&prod, HEARTBEAT).await, [true, true, false]);
    let other = "integrations/STOCK_LEVELS%7C01.00.0001";
    assert_eq!(shown(&prod, other).await["status"], "ACTIVATED");
    assert_eq!(flags(&prod, other).await, [false; 3]);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_traced_is_so_again_where_nothing_was_imported() {
    for takes in [true, false] {
        let stand = Stand::new().await;
        let prod = trace(&stand).await;
        let refused = Action::Status {
            code: 403,
            body: None,
            headers: BTreeMap::new(),
        };
        stand.running.emulator.add_rule(Rule {
            method: Some("POST".to_owned()),
            path: Some("/importServiceInstanceArchive".to_owned()),
            times: Some(1),
            ..Rule::new(refused)
        });
        let switches = format!("{}/_ferry/switches", stand.running.url);
        let body = json!({"activation-tracing": takes}).to_string();
        let turned = wire::send("PATCH", &switches, None, Some(body.as_bytes())).await;
        assert!(turned.status < 300, "{}", turned.head);
        let promote = ["promote", "test", "prod", "--live=stop"];
        let output = stand.args(promote).run().await.expect(4);
        assert_eq!(flags(&prod, HEARTBEAT).await, [takes, takes, false]);
        if takes {
            says(&output, &["PROD_HEARTBEAT|01.00.0000 is live again"]);
        } else {
            let why = "its tracing was tracing, payload and is off";
            says(
                &output,
                &["PROD_HEARTBEAT|01.00.0000 is NOT live again", why],
            );
        }
    }
}

/// What a promotion says and leaves, by `-o json`.
async fn promoted(stand: &Stand, more: &[&str], exit: i32) -> (Value, Output) {
    let promote = ["promote", "test", "prod", "--live=stop", "-o", "json"];
    let args = promote.into_iter().chain(more.iter().copied());
    let output = stand.args(args).run().await.expect(exit);
    (envelope(&output)["report"].clone(), output)
}

/// The status of every integration of an environment, by id.
async fn statuses(stand: &Stand, name: &str) -> BTreeMap<String, String> {
    let list = ["integrations", "list", name, "-o", "json"];
    let output = stand.args(list).run().await.expect(0);
    let all = envelope(&output)["report"].clone();
    let all = all.as_array().or(all["integrations"].as_array()).unwrap();
    let text = |one: &Value, key: &str| one[key].as_str().unwrap().to_owned();
    all.iter()
        .map(|one| (text(one, "id"), text(one, "status")))
        .collect()
}

/// The integrations of which a request asked to turn them on or off, behind the import.
fn switched(stand: &Stand) -> Vec<String> {
    let paths = stand.changes().into_iter();
    let paths = paths.map(|it| it.target.split('?').next().unwrap_or_default().to_owned());
    let mut behind = paths.skip_while(|path| !path.ends_with("/importServiceInstanceArchive"));
    behind.next();
    behind
        .filter_map(|path| Some(path.rsplit_once("/integrations/")?.1.to_owned()))
        .collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_job_of_the_service_activates_all_and_starts_the_schedules() {
    let stand = Stand::new().await;
    let (report, output) = promoted(&stand, &["--activate-by=job"], 0).await;
    assert_eq!(
        report["activation-job"]["mode"], "activate-only",
        "{output}"
    );
    assert_eq!(report["activation-job"]["job-state"], "COMPLETED");
    assert_eq!(
        report["activations"].as_array().unwrap().len(),
        12,
        "{output}"
    );
    assert_eq!(report["verification"], json!([]));
    let jobs = stand.jobs("prod", "import").await;
    assert_eq!(jobs.len(), 2);
    assert_ne!(jobs[0]["name"], jobs[1]["name"]);
    // Only what is not in the archive was turned on by itself.
    assert_eq!(switched(&stand), ["PROD_HEARTBEAT%7C01.00.0000"]);
    assert_eq!(stand.seen("POST", "/schedule/start"), 0);
    assert_eq!(report["schedules"][0]["status"], "ICS_SCHEDULE_ACTIVE");
}

#[tokio::test(flavor = "multi_thread")]
async fn schedules_with_parameters_of_their_own_are_not_the_jobs_to_start() {
    let stand = Stand::new().await;
    let toml = "[schedules.ORDER_NIGHTLY]\nparameters = { since = \"2026-01-01\" }\n";
    stand.ferry.write("prod.overrides.toml", toml);
    let (report, output) = promoted(&stand, &["--activate-by=job"], 0).await;
    assert_eq!(
        report["schedules"][0]["changed"],
        json!(["since"]),
        "{output}"
    );
    assert_eq!(stand.seen("POST", "/schedule/start"), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_traced_is_so_again_where_a_job_activates() {
    let stand = Stand::new().await;
    let prod = trace(&stand).await;
    promoted(&stand, &["--activate-by=job"], 0).await;
    assert_eq!(flags(&prod, HEARTBEAT).await, [true, true, false]);
}

#[tokio::test(flavor = "multi_thread")]
async fn one_that_a_rail_stops_stops_the_whole_job() {
    let stand = Stand::new().await;
    let workspace = Workspace::of(stand.cards());
    workspace.write(&stand.ferry);
    let kept = |billing: &str| {
        let ids = [
            "STATUS_API",
            "ORDERS_API",
            "CRM_SOAP",
            "WAREHOUSE_DB",
            "FILES_FTP",
        ];
        let kept = ids.map(|id| format!("[connections.{id}]\nkeep = [\"*\"]\n"));
        stand
            .ferry
            .write("prod.overrides.toml", kept.concat() + billing);
    };
    let args = [
        "promote",
        "test",
        "prod",
        "--live=stop",
        "--activate-by=job",
    ];
    let run = async || workspace.call(&stand.ferry, args).run().await;
    kept("");
    let output = run().await.expect(9);
    says(
        &output,
        &[
            "it cannot leave out what is stopped",
            "FINANCE/INVOICE_POST|01.00.0000: its connection BILLING_API still points at the source",
            "PROD_HEARTBEAT|01.00.0000 is live again",
        ],
    );
    assert_eq!(stand.jobs("prod", "import").await.len(), 1);
    let after = statuses(&stand, "prod").await;
    assert_eq!(after["PROD_HEARTBEAT|01.00.0000"], "ACTIVATED");
    for (id, status) in &after {
        let was_live = id.starts_with("PROD_HEARTBEAT") || id == "STOCK_LEVELS|01.00.0000";
        assert!(was_live || status == "CONFIGURED", "{id} is {status}");
    }
    kept("[connections.BILLING_API]\nkeep = [\"*\"]\n");
    run().await.expect(0);
    assert_eq!(stand.jobs("prod", "import").await.len(), 2);
    assert_eq!(stand.jobs("test", "export").await.len(), 1);
    let after = statuses(&stand, "prod").await;
    assert_eq!(after["INVOICE_POST|01.00.0000"], "ACTIVATED");
    assert_eq!(after["STOCK_LEVELS|01.00.0000"], "CONFIGURED");
}

#[tokio::test(flavor = "multi_thread")]
async fn after_a_job_that_failed_what_was_live_is_live_again() {
    let stand = Stand::new().await;
    let failed = Action::Job(JobEnd {
        state: "FAILED".to_owned(),
        integration: None,
        process: None,
    });
    stand.running.emulator.add_rule(Rule {
        path: Some("/importServiceInstanceArchive".to_owned()),
        method: Some("POST".to_owned()),
        from: Some(2),
        ..Rule::new(failed)
    });
    let args = [
        "promote",
        "test",
        "prod",
        "--live=stop",
        "--activate-by=job",
    ];
    let output = stand.args(args).run().await.expect(6);
    says(&output, &["PROD_HEARTBEAT|01.00.0000 is live again"]);
    assert_eq!(stand.jobs("prod", "import").await.len(), 2);
    let after = statuses(&stand, "prod").await;
    assert_eq!(after["PROD_HEARTBEAT|01.00.0000"], "ACTIVATED");
}

/// Id and what was promised of everything that does not hold.
fn unkept(report: &Value) -> Vec<(String, String)> {
    let all = report["verification"].as_array().unwrap();
    let text = |one: &Value, key: &str| one[key].as_str().unwrap().to_owned();
    all.iter()
        .map(|one| (text(one, "id"), text(one, "promised")))
        .collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn an_integration_that_was_not_replaced_is_not_what_was_promised() {
    let mut options = options();
    options.switches.import_existing = OnImport::Skip;
    let stand = Stand::with(options).await;
    let (report, output) = promoted(&stand, &[], 3).await;
    let wanting = ["CUSTOMER_SYNC|01.00.0000", "INVOICE_POST|01.00.0000"];
    let wanting = wanting.map(|id| (id.to_owned(), "the source's design".to_owned()));
    assert_eq!(unkept(&report), wanting, "{output}");
    says(
        &output,
        &["CUSTOMER_SYNC|01.00.0000: promised was the source's design"],
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_value_that_did_not_come_is_not_what_was_promised() {
    let stand = Stand::new().await;
    // The service says yes, and does nothing.
    stand.running.emulator.add_rule(Rule {
        method: Some("POST".to_owned()),
        path: Some("/connections/BILLING_API".to_owned()),
        times: Some(1),
        ..Rule::new(Action::Status {
            code: 200,
            body: Some("{}".to_owned()),
            headers: BTreeMap::new(),
        })
    });
    let (report, output) = promoted(&stand, &[], 9).await;
    let promised = "connectionUrl is https://billing-api.prod.example.com";
    let billing = ("BILLING_API".to_owned(), promised.to_owned());
    let unkept = unkept(&report);
    assert!(unkept.contains(&billing), "{output}");
    // What uses it was stopped, and that is no promise kept either.
    let invoice = ("INVOICE_POST|01.00.0000".to_owned(), "ACTIVATED".to_owned());
    assert!(unkept.contains(&invoice), "{output}");
}

/// `new` and an empty `newer` of generation 3, `old` and `older` of generation 2: integrations that call each other, and
/// one that runs by a schedule.
fn two_generations() -> (Options, tempfile::TempDir) {
    let folder = tempfile::tempdir().unwrap();
    let whole = sample();
    for (name, generation) in [("new", 3), ("newer", 3), ("old", 2), ("older", 2)] {
        let instance = folder.path().join(name);
        std::fs::create_dir_all(&instance).unwrap();
        let settings =
            format!("generation = \"gen{generation}\"\nagent-groups = [\"ON_PREMISES\"]\n");
        std::fs::write(instance.join("instance.toml"), settings).unwrap();
        if name.ends_with("er") {
            continue;
        }
        for it in whole
            .integrations
            .iter()
            .filter(|it| it.home == Home::Alone)
        {
            let file = instance.join(format!("{}.iar", it.folder()));
            std::fs::write(file, iar(&whole, it, &Noise::none())).unwrap();
        }
    }
    let mut options = options();
    options.load = Load::Folder(folder.path().to_owned());
    (options, folder)
}

#[tokio::test(flavor = "multi_thread")]
async fn the_three_steps_of_the_guide_work_each_by_itself_in_both_generations() {
    let (options, _folder) = two_generations();
    let stand = Stand::with(options).await;
    for (from, to) in [("new", "newer"), ("old", "older")] {
        let export = ["export", from, "-o", "json"];
        let output = stand.args(export).run().await.expect(0);
        let archive = envelope(&output)["report"]["archive"]["name"].clone();
        let archive = format!("bucket:{from}/{}", archive.as_str().unwrap());
        let import = async |mode: &str, more: &[&str]| {
            let args = ["import", to, archive.as_str(), "--mode", mode];
            let args = args.into_iter().chain(more.iter().copied());
            stand.args(args).run().await.expect(0)
        };
        // Alone it activates what is there: nothing.
        import("activate-only", &[]).await;
        assert!(statuses(&stand, to).await.is_empty());
        import("import-only", &[]).await;
        let there = statuses(&stand, to).await;
        let source = statuses(&stand, from).await;
        assert_eq!(there.len(), source.len());
        assert!(
            there.values().all(|status| status == "CONFIGURED"),
            "{there:?}"
        );
        let place = "Host=files.other.example.com";
        let set = ["connections", "set", to, "FILES_FTP", place];
        stand.args(set).run().await.expect(0);
        let output = import("activate-only", &["--start-schedules"]).await;
        assert_eq!(statuses(&stand, to).await, source, "{output}");
        let show = ["connections", "show", to, "FILES_FTP", "-o", "json"];
        let shown = stand.args(show).run().await.expect(0);
        assert!(
            shown.stdout.contains("files.other.example.com"),
            "nothing is imported again: {shown}"
        );
        let list = ["schedules", "list", to, "-o", "json"];
        let schedules = stand.args(list).run().await.expect(0);
        assert!(
            schedules.stdout.contains("ICS_SCHEDULE_ACTIVE"),
            "{schedules}"
        );
        // The last step by itself, and not twice.
        let stop = ["schedules", "stop", to, "NIGHTLY_EXPORT"];
        stand.args(stop).run().await.expect(0);
        let before = stand.seen("POST", "/schedule/start");
        for _ in 0..2 {
            let start = ["schedules", "start", to, "NIGHTLY_EXPORT"];
            stand.args(start).run().await.expect(0);
        }
        assert_eq!(stand.seen("POST", "/schedule/start"), before + 1);
        assert_eq!(stand.jobs(to, "import").await.len(), 3);
    }
}
