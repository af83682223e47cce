//! Somebody else is at work while a promotion is: each time it ends by name, and nothing is hurt.
#![expect(
    clippy::indexing_slicing,
    clippy::unwrap_used,
    reason = "helpers of tests"
)]

use std::collections::BTreeMap;

use ferry_e2e::crossing::{LIVE, OVERRIDES, crossing, holds};
use ferry_e2e::kill::journal;
use ferry_e2e::samples::{bearer, patch, text};
use ferry_e2e::{Stand, envelope, eventually, says, wire};
use ferry_emulator::{Action, Rule, Side};
use ferry_testkit::cli::Running;
use serde_json::{Value, json};

const PROMOTE: [&str; 6] = ["promote", "test", "prod", "--live=stop", "-o", "json"];
const NIGHTLY: &str = "integrations/NIGHTLY%7C01.00.0000";

async fn stand() -> Stand {
    let (options, _load) = crossing(3, 3);
    let stand = Stand::with(options).await;
    stand.ferry.write("prod.overrides.toml", OVERRIDES);
    stand
}

/// A promotion that waits before, or after, the first request that is meant.
struct Paused {
    stand: Stand,
    running: Running,
}

/// A request that is meant: its method, and a part of its path.
type Meant = (&'static str, &'static str);

const IMPORT: Meant = ("POST", "/importServiceInstanceArchive");

impl Paused {
    /// By what is asked, not by its number: of requests that are made at once, any may be the first.
    async fn at(side: Side, (method, path): Meant) -> Self {
        let stand = stand().await;
        stand.running.emulator.add_rule(Rule {
            method: Some(method.to_owned()),
            path: Some(path.to_owned()),
            times: Some(1),
            ..Rule::new(Action::Barrier { side })
        });
        let running = stand.args(PROMOTE).spawn();
        let url = format!("http://{}/_ferry/barriers", stand.running.authority);
        eventually("the request that is meant is there", || async {
            let barriers = wire::send("GET", &url, None, None).await.json();
            barriers[0]["progress"] == "reached"
        })
        .await;
        Self { stand, running }
    }

    /// Goes on, and ends so.
    async fn ends(self, exit: i32) -> (Stand, ferry_testkit::cli::Output) {
        control(&self.stand, "POST", "barriers/1/release", &Value::Null).await;
        let output = self.running.wait().await.expect(exit);
        (self.stand, output)
    }
}

/// Somebody else's change of the connection.
async fn edit(stand: &Stand, url: &str) {
    let change = json!({ "connectionProperties": [{
        "propertyGroup": "CONNECTION_PROPS", "propertyName": "connectionUrl", "propertyType": "URL", "propertyValue": url
    }] });
    patch(&prod(stand), "connections/ORDERS_API", &change).await;
}

fn prod(stand: &Stand) -> Value {
    let cards = stand.cards();
    let found = cards.iter().find(|card| text(card, "name") == "prod");
    found.unwrap().clone()
}

async fn control(stand: &Stand, method: &str, path: &str, body: &Value) {
    let url = format!("http://{}/_ferry/{path}", stand.running.authority);
    let body = body.to_string();
    let answer = wire::send(method, &url, None, Some(body.as_bytes())).await;
    assert!(
        (200..300).contains(&answer.status),
        "{path}: {}",
        answer.head
    );
}

async fn lock(stand: &Stand, what: &str, id: &str) {
    control(
        stand,
        "POST",
        "instances/prod/locks",
        &json!({ what: id, "by": "colleague@example.com" }),
    )
    .await;
}

fn outcome<'a>(report: &'a Value, list: &str, id: &str) -> &'a Value {
    let mut all = report[list].as_array().unwrap().iter();
    all.find(|one| one["id"] == id)
        .unwrap_or_else(|| panic!("no {id} in {report}"))
}

/// Nothing is active in `prod` that uses the connection which everything live uses.
async fn nothing_uses_it(stand: &Stand) {
    for (path, it) in holds(stand, "prod").await {
        let used = it["dependencies"]["connections"].as_array();
        let mut used = used.into_iter().flatten();
        if used.any(|connection| connection["id"] == "ORDERS_API") {
            assert_eq!(it["status"], "CONFIGURED", "{path}");
        }
    }
}

async fn status(stand: &Stand, id: &str) -> Value {
    holds(stand, "prod").await[&format!("integrations/{}", id.replace('|', "%7C"))]["status"]
        .clone()
}

/// An import of somebody else runs when ours is asked for: the service decides, and what was stopped is live again.
#[tokio::test(flavor = "multi_thread")]
async fn somebody_elses_import_runs() {
    let paused = Paused::at(Side::Before, IMPORT).await;
    control(
        &paused.stand,
        "PATCH",
        "switches",
        &json!({ "job.seconds": 100_000_000 }),
    )
    .await;
    let bucket = json!({
        "storageUrl": paused.stand.card("prod", "storage_url"),
        "storageUser": paused.stand.card("prod", "storage_user"),
        "storagePassword": paused.stand.card("prod", "storage_password"),
    });
    let order = json!({ "jobName": "theirs", "archiveFile": "any", "importActivateMode": "importOnly", "storageInfo": bucket });
    let prod = prod(&paused.stand);
    let url = format!(
        "{}/ic/api/common/v1/importServiceInstanceArchive?integrationInstance=prod",
        text(&prod, "url")
    );
    let bearer = bearer(&prod).await;
    let order = order.to_string();
    let answer = wire::send("POST", &url, Some(&bearer), Some(order.as_bytes())).await;
    assert_eq!(answer.status, 202, "{}", answer.head);
    let (stand, output) = paused.ends(8).await;
    says(
        &output,
        &[
            "another job runs on prod",
            "the service says",
            "ENRICH|01.00.0000 is live again",
        ],
    );
    for id in LIVE {
        assert_eq!(status(&stand, id).await, "ACTIVATED", "{id}");
    }
    assert_eq!(stand.jobs("prod", "import").await.len(), 1);
}

/// What is live has been opened by somebody: it is not stopped, and nothing is imported.
#[tokio::test(flavor = "multi_thread")]
async fn what_is_live_is_locked() {
    // The last that is written before anything is stopped.
    let placed = ("PUT", "/ferry-prod/ferry-test-");
    let paused = Paused::at(Side::After, placed).await;
    lock(&paused.stand, "integration", "ENRICH|01.00.0000").await;
    let (stand, output) = paused.ends(8).await;
    says(
        &output,
        &["ENRICH|01.00.0000 cannot be stopped, and nothing was imported"],
    );
    for id in LIVE {
        assert_eq!(status(&stand, id).await, "ACTIVATED", "{id}");
    }
    assert!(stand.jobs("prod", "import").await.is_empty());
}

/// Something that came has been opened by somebody before it is activated: the rest is done, and it is named.
#[tokio::test(flavor = "multi_thread")]
async fn what_came_is_locked() {
    let tests = ("POST", "/connections/ORDERS_API/test");
    let paused = Paused::at(Side::After, tests).await;
    lock(&paused.stand, "integration", "NIGHTLY|01.00.0000").await;
    let (stand, output) = paused.ends(3).await;
    let report = envelope(&output)["report"].clone();
    let nightly = outcome(&report, "activations", "NIGHTLY|01.00.0000");
    assert!(
        nightly["problem"].as_str().unwrap().contains("lock"),
        "{output}"
    );
    assert_eq!(status(&stand, "INTAKE|01.00.0000").await, "ACTIVATED");
    assert_eq!(stand.seen("POST", &format!("{NIGHTLY}/schedule/start")), 0);
}

/// A connection has been opened by somebody: it is not re-pointed, and nothing that uses it is activated.
#[tokio::test(flavor = "multi_thread")]
async fn a_connection_is_locked() {
    let change = ("POST", "/connections/ORDERS_API?");
    let paused = Paused::at(Side::Before, change).await;
    lock(&paused.stand, "connection", "ORDERS_API").await;
    let (stand, output) = paused.ends(9).await;
    let report = envelope(&output)["report"].clone();
    let problem = &outcome(&report, "connections", "ORDERS_API")["problem"];
    assert!(
        problem.as_str().unwrap().contains("somebody has it open"),
        "{output}"
    );
    let notes = report["notes"].to_string();
    for told in LIVE.into_iter().chain(["NOT live again"]) {
        assert!(notes.contains(told), "{told}: {notes}");
    }
    let shown = stand.args(["runs", "show", &run(&stand)]).run().await;
    assert!(shown.stdout.contains("NOT live again: "), "{shown}");
    nothing_uses_it(&stand).await;
}

/// Between the plan and the import: what the overrides give wins, as the plan said.
#[tokio::test(flavor = "multi_thread")]
async fn a_connection_is_edited_before_the_import() {
    let paused = Paused::at(Side::Before, IMPORT).await;
    edit(&paused.stand, "https://else.prod.example.com").await;
    let (stand, _) = paused.ends(0).await;
    let there = holds(&stand, "prod").await["connections/ORDERS_API"].to_string();
    assert!(
        there.contains("orders.prod.example.com") && !there.contains("else.prod"),
        "{there}"
    );
}

/// Between the making of a plan and its carrying out: it is not that plan any more.
#[tokio::test(flavor = "multi_thread")]
async fn a_connection_is_edited_behind_a_plan() {
    let stand = stand().await;
    stand
        .args(["export", "test", "--name", "weekly"])
        .run()
        .await
        .expect(0);
    let plan = [
        "plan",
        "prod",
        "bucket:test/weekly.zip",
        "--save",
        "plan.json",
    ];
    stand.args(plan).run().await.expect(0);
    edit(&stand, "https://else.prod.example.com").await;
    let carry = ["promote", "--plan", "plan.json", "--live=stop"];
    let output = stand.args(carry).run().await.expect(9);
    says(
        &output,
        &["has moved since the plan was made", "ORDERS_API"],
    );
    assert!(stand.jobs("prod", "import").await.is_empty());
}

/// Between re-pointing and activation, back to the source: the overrides meant another value, so nothing is activated.
#[tokio::test(flavor = "multi_thread")]
async fn a_connection_is_turned_back_to_the_source() {
    let tests = ("POST", "/connections/ORDERS_API/test");
    let paused = Paused::at(Side::After, tests).await;
    edit(&paused.stand, "https://orders-api.test.example.com").await;
    let (stand, output) = paused.ends(9).await;
    let report = envelope(&output)["report"].clone();
    let stopped = outcome(&report, "activations", "ENRICH|01.00.0000");
    assert_eq!(stopped["stopped"], true, "{output}");
    assert!(
        stopped["problem"]
            .as_str()
            .unwrap()
            .contains("still points at the source"),
        "{output}"
    );
    nothing_uses_it(&stand).await;
}

/// The archive is gone before it was brought to the target: nothing is stopped or imported.
#[tokio::test(flavor = "multi_thread")]
async fn the_archive_is_deleted_before_it_is_placed() {
    let claims = ("PUT", "/.ferry-claims/");
    let paused = Paused::at(Side::After, claims).await;
    let name = archive_in(&paused.stand, "test").await;
    let gone = paused.stand.object("DELETE", "test", &name, None).await;
    assert_eq!(gone.status, 204, "{}", gone.head);
    let (stand, output) = paused.ends(1).await;
    says(&output, &["there is no archive", &name]);
    for id in LIVE {
        assert_eq!(status(&stand, id).await, "ACTIVATED", "{id}");
    }
    assert!(stand.jobs("prod", "import").await.is_empty());
    // Nothing is left to go on with: the command begins anew.
    stand.args(PROMOTE).run().await.expect(0);
    assert_eq!(stand.jobs("test", "export").await.len(), 2);
}

/// The archive is gone when the service looks for it: its job fails, and what was live is live again.
#[tokio::test(flavor = "multi_thread")]
async fn the_archive_is_deleted_behind_its_placing() {
    let paused = Paused::at(Side::Before, IMPORT).await;
    let name = archive_in(&paused.stand, "test").await;
    let gone = paused.stand.object("DELETE", "prod", &name, None).await;
    assert_eq!(gone.status, 204, "{}", gone.head);
    let (stand, output) = paused.ends(6).await;
    says(&output, &["ENRICH|01.00.0000 is live again"]);
    for id in LIVE {
        assert_eq!(status(&stand, id).await, "ACTIVATED", "{id}");
    }
}

/// The name of the archive that the promotion made of an environment.
async fn archive_in(stand: &Stand, environment: &str) -> String {
    let jobs = stand.jobs(environment, "export").await;
    let journal = std::fs::read_to_string(journal(&stand.ferry.state()).unwrap()).unwrap();
    assert_eq!(jobs.len(), 1, "{jobs:?}");
    let verified = journal
        .lines()
        .find(|line| line.contains("\"verified\""))
        .unwrap();
    let record: Value = serde_json::from_str(verified).unwrap();
    record["event"]["what"]["verified"]["object"]["name"]
        .as_str()
        .unwrap()
        .to_owned()
}

/// Two processes never work on one run, by the lock of the machine.
#[tokio::test(flavor = "multi_thread")]
async fn a_second_process_is_refused() {
    let paused = Paused::at(Side::Before, IMPORT).await;
    let run = run(&paused.stand);
    let resume = ["runs", "resume", run.as_str()];
    for second in [&PROMOTE[..], &resume] {
        let output = paused
            .stand
            .args(second.iter().copied())
            .run()
            .await
            .expect(8);
        says(&output, &["is being carried out by another process", &run]);
    }
    let (stand, _) = paused.ends(0).await;
    assert_eq!(stand.jobs("prod", "import").await.len(), 1);
    let output = stand.args(resume).run().await.expect(2);
    says(&output, &["is finished"]);
}

fn run(stand: &Stand) -> String {
    let journal = journal(&stand.ferry.state()).unwrap();
    let folder = journal.parent().unwrap().file_name().unwrap();
    folder.to_str().unwrap().to_owned()
}

/// Between machines there is the advisory claim, and it is gone in the end.
#[tokio::test(flavor = "multi_thread")]
async fn a_promotion_of_another_machine_is_told_by_its_claim() {
    let paused = Paused::at(Side::Before, IMPORT).await;
    let stand = &paused.stand;
    let elsewhere = ferry_e2e::ferry();
    elsewhere.write("prod.overrides.toml", OVERRIDES);
    let output = stand.of(&elsewhere, PROMOTE).run().await.expect(8);
    let claim = claim_of_prod();
    let remove = format!("ferry bucket rm prod/{claim}");
    says(
        &output,
        &[
            "another promotion has claimed prod (the claim is advisory)",
            &run(stand),
            &remove,
        ],
    );
    let there = stand.object("GET", "prod", &claim, None).await;
    assert_eq!(there.json()["run"], run(stand).as_str());
    let (stand, _) = paused.ends(0).await;
    assert_eq!(stand.object("GET", "prod", &claim, None).await.status, 404);
    // The other has its plan, and finds what it was to bring.
    stand.of(&elsewhere, PROMOTE).run().await;
    assert_eq!(stand.object("GET", "prod", &claim, None).await.status, 404);
}

fn claim_of_prod() -> String {
    let short: String = wire::sha256(b"prod").chars().take(16).collect();
    format!(".ferry-claims/{short}.json")
}

/// A claim is no lock: one that is old, one that is none, and a bucket that takes none hinder nobody.
#[tokio::test(flavor = "multi_thread")]
async fn a_claim_that_says_nothing_hinders_nobody() {
    let claim = claim_of_prod();
    let old = json!({ "schema": "ferry-claim/1", "run": "promote-of-old", "what": "promotion of test to prod",
        "at": "2020-01-01T00:00:00Z" });
    for (there, told) in [
        (
            old.to_string(),
            "an old claim of prod is replaced: run promote-of-old",
        ),
        ("{}".to_owned(), "is no claim, and is replaced"),
    ] {
        let stand = stand().await;
        let put = stand
            .object("PUT", "prod", &claim, Some(there.as_bytes()))
            .await;
        assert_eq!(put.status, 201, "{}", put.head);
        let output = stand.args(PROMOTE).run().await.expect(0);
        says(&output, &[told]);
        assert_eq!(stand.object("GET", "prod", &claim, None).await.status, 404);
    }
    let stand = stand().await;
    stand.running.emulator.add_rule(Rule {
        path: Some("/.ferry-claims/".to_owned()),
        ..Rule::new(Action::Status {
            code: 403,
            body: None,
            headers: BTreeMap::new(),
        })
    });
    let output = stand.args(PROMOTE).run().await.expect(0);
    says(&output, &["prod is not claimed (a claim is advisory)"]);
}

/// The claim of a run that was abandoned stays, is told of, and can be removed where the run was.
#[tokio::test(flavor = "multi_thread")]
async fn the_claim_of_an_abandoned_run_is_told_of() {
    let paused = Paused::at(Side::Before, IMPORT).await;
    let Paused { stand, running, .. } = paused;
    running.kill9().await.expect(137);
    let run = run(&stand);
    let output = stand.args(["runs", "abandon", &run]).run().await.expect(0);
    let remove = format!("ferry bucket rm prod/{}", claim_of_prod());
    assert!(output.stdout.contains(&remove), "{output}");
    // Nobody else will ever say it: a new run knows nothing of what this one stopped.
    for left in LIVE
        .into_iter()
        .chain(["NOT live again", "ORDERS_API", "may point at the source"])
    {
        assert!(output.stdout.contains(left), "{left}: {output}");
    }
    let output = stand
        .args(["promote", "test", "prod"])
        .run()
        .await
        .expect(8);
    says(&output, &["has claimed prod", &run]);
    let object = format!("prod/{}", claim_of_prod());
    stand
        .bucket(&["rm", &object, "--yes"])
        .run()
        .await
        .expect(0);
    stand
        .args(["promote", "test", "prod", "--live=stop"])
        .run()
        .await
        .expect(0);
}

/// The word on a lost answer is taken where the run waits for it, and nowhere else.
#[tokio::test(flavor = "multi_thread")]
async fn a_word_that_nobody_waits_for_is_refused() {
    let paused = Paused::at(Side::Before, IMPORT).await;
    let Paused { stand, running, .. } = paused;
    running.kill9().await.expect(137);
    let run = run(&stand);
    for word in ["--assume=started", "--assume=not-started"] {
        // Its name can still be asked by.
        let output = stand
            .args(["runs", "resume", &run, word])
            .run()
            .await
            .expect(2);
        says(
            &output,
            &["does not wait to be told", "the import is asked for"],
        );
    }
    assert!(stand.jobs("prod", "import").await.is_empty());
    stand.args(["runs", "resume", &run]).run().await.expect(0);
    assert_eq!(stand.jobs("prod", "import").await.len(), 1);
}

/// Where the job was started, the word that it was not is not believed: its name is taken.
#[tokio::test(flavor = "multi_thread")]
async fn a_wrong_word_starts_no_second_job() {
    let paused = Paused::at(Side::After, IMPORT).await;
    let Paused { stand, running, .. } = paused;
    running.kill9().await.expect(137);
    let run = run(&stand);
    let resume = |more: &'static [&'static str]| {
        let args = ["runs", "resume", run.as_str(), "-o", "json"];
        stand.args(args.into_iter().chain(more.iter().copied()))
    };
    resume(&[]).run().await.expect(8);
    let output = resume(&["--assume=not-started"]).run().await.expect(8);
    says(&output, &["is taken on prod", "--assume=started"]);
    assert_eq!(stand.jobs("prod", "import").await.len(), 1);
    let output = resume(&["--assume=started"]).run().await.expect(0);
    let report = envelope(&output)["report"].clone();
    assert_eq!(report["import"]["job-state"], "unknown", "{output}");
    assert_eq!(report["import"]["job"], Value::Null, "{output}");
}
