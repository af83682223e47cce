//! Jobs and runs from the outside: attach, ask, give up; and what goes to which stream.
#![expect(
    clippy::indexing_slicing,
    clippy::unwrap_used,
    reason = "helpers of tests"
)]

use ferry_e2e::{Stand, envelope, says};
use ferry_testkit::cli::Output;
use ferry_testkit::fixtures;
use serde_json::Value;

/// Starts an export and leaves it; the job's id.
async fn left(stand: &Stand) -> String {
    let output = stand
        .args(["export", "test", "--no-wait", "-o", "json"])
        .run()
        .await
        .expect(0);
    let report = envelope(&output)["report"].clone();
    assert_eq!(report["archive"], Value::Null);
    let job = report["job"].as_str().expect("a job").to_owned();
    let next = report["next"].to_string();
    assert!(
        next.contains(&format!("ferry jobs wait test job:export:{job}")),
        "{next}"
    );
    job
}

#[tokio::test(flavor = "multi_thread")]
async fn a_job_that_was_left_is_followed_from_anywhere() {
    let stand = Stand::frozen().await;
    let job = left(&stand).await;
    let named = format!("job:export:{job}");

    let output = stand
        .args(["jobs", "report", "test", &named])
        .run()
        .await
        .expect(1);
    says(
        &output,
        &["not yet", &format!("ferry jobs wait test {named}")],
    );
    let output = stand
        .args(["jobs", "show", "test", &named, "-o", "json"])
        .run()
        .await
        .expect(0);
    assert_eq!(
        envelope(&output)["report"]["snapshot"]["state"],
        "NOT_STARTED"
    );

    // Another machine, which knows nothing but the id.
    let elsewhere = ferry_e2e::ferry();
    let wait = ["jobs", "wait", "test", &named];
    let output = stand
        .of(&elsewhere, wait.into_iter().chain(["--timeout", "1s"]))
        .run()
        .await
        .expect(7);
    says(
        &output,
        &["the job goes on", &format!("ferry jobs wait test {named}")],
    );
    let waiting = stand
        .of(&elsewhere, wait.into_iter().chain(["-o", "json"]))
        .spawn();
    let polls = stand.seen("GET", "exportServiceInstanceArchive/");
    stand
        .until_seen("GET", "exportServiceInstanceArchive/", polls + 2)
        .await;
    stand.advance(60 * 60);
    let output = waiting.wait().await.expect(0);
    let report = envelope(&output)["report"].clone();
    assert_eq!(report["snapshot"]["state"], "COMPLETED");
    let archive = report["archive"]["name"]
        .as_str()
        .expect("an archive")
        .to_owned();
    let there = stand.object("HEAD", "test", &archive, None).await;
    assert_eq!(there.status, 200, "{}", there.head);

    let output = stand
        .of(&elsewhere, ["jobs", "report", "test", &named])
        .run()
        .await
        .expect(0);
    assert!(output.stdout.contains(&archive), "{output}");
    assert!(output.stdout.contains("COMPLETED"), "{output}");

    // Only the machine that started it lists it, and the same command there goes on with it.
    let output = stand.args(["jobs", "list"]).run().await.expect(0);
    assert!(output.stdout.contains(&named), "{output}");
    let output = stand.args(["jobs", "list", "prod"]).run().await.expect(0);
    assert!(!output.stdout.contains(&named), "{output}");
    let output = stand.of(&elsewhere, ["jobs", "list"]).run().await.expect(0);
    assert!(!output.stdout.contains(&named), "{output}");
    let output = stand
        .args(["export", "test", "-o", "json"])
        .run()
        .await
        .expect(0);
    assert_eq!(envelope(&output)["report"]["job"], job.as_str());
    assert_eq!(stand.jobs("test", "export").await.len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_import_tells_what_the_target_holds() {
    let stand = Stand::new().await;
    let output = stand
        .args(["export", "test", "-o", "json"])
        .run()
        .await
        .expect(0);
    let archive = envelope(&output)["report"]["archive"]["name"]
        .as_str()
        .unwrap()
        .to_owned();
    let archive = format!("bucket:test/{archive}");
    let output = stand
        .args(["import", "prod", &archive, "--no-wait", "-o", "json"])
        .run()
        .await
        .expect(0);
    let job = envelope(&output)["report"]["job"]
        .as_str()
        .expect("a job")
        .to_owned();
    let named = format!("job:import:{job}");
    stand
        .args(["jobs", "wait", "prod", &named])
        .run()
        .await
        .expect(0);
    let output = stand
        .args(["jobs", "report", "prod", &named, "-o", "json"])
        .run()
        .await
        .expect(0);
    let target = envelope(&output)["report"]["target"].clone();
    let held = target["integrations"].to_string();
    assert!(held.contains("ORDER_INTAKE|01.00.0000"), "{held}");
    assert!(!target["connections"].as_array().unwrap().is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_job_that_ended_badly_is_waited_for_with_its_own_exit_code() {
    let mut options = ferry_e2e::options();
    options.speed = 0.0;
    "FAILED".clone_into(&mut options.switches.job_outcome);
    let stand = Stand::with(options).await;
    let job = left(&stand).await;
    let named = format!("job:export:{job}");
    stand.advance(60 * 60);
    let output = stand
        .args(["jobs", "wait", "test", &named])
        .run()
        .await
        .expect(6);
    assert!(
        output.stdout.contains("FAILED") || output.stderr.contains("FAILED"),
        "{output}"
    );
    stand
        .args(["jobs", "report", "test", &named])
        .run()
        .await
        .expect(6);
    stand
        .args(["jobs", "show", "test", &named])
        .run()
        .await
        .expect(0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_job_that_is_not_there_is_1() {
    let stand = Stand::new().await;
    for verb in ["show", "wait", "report"] {
        let output = stand
            .args(["jobs", verb, "test", "job:export:4711"])
            .run()
            .await
            .expect(1);
        says(
            &output,
            &["test knows no export job 4711", "ferry jobs list"],
        );
    }
    let output = stand
        .args(["jobs", "show", "test", "4711"])
        .run()
        .await
        .expect(2);
    says(&output, &["job:export:ID"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn runs_are_listed_shown_and_given_up() {
    let stand = Stand::frozen().await;
    let output = stand.args(["runs", "list"]).run().await.expect(0);
    assert!(output.stdout.contains("no runs"), "{output}");
    let job = left(&stand).await;
    let output = stand
        .args(["runs", "list", "-o", "json"])
        .run()
        .await
        .expect(0);
    let runs = envelope(&output)["report"].clone();
    assert_eq!(runs.as_array().map(Vec::len), Some(1), "{runs}");
    assert_eq!(runs[0]["state"], "unfinished");
    assert_eq!(runs[0]["jobs"][0][1], job.as_str());
    let id = runs[0]["id"].as_str().expect("an id").to_owned();

    let output = stand.args(["runs", "show", &id]).run().await.expect(0);
    assert!(
        output.stdout.contains(&job) && output.stdout.contains("state unfinished"),
        "{output}"
    );
    let output = stand
        .args(["runs", "abandon", &format!("run:{id}")])
        .run()
        .await
        .expect(0);
    assert!(
        output.stdout.contains("abandoned") && output.stdout.contains("goes on"),
        "{output}"
    );
    let output = stand.args(["runs", "abandon", &id]).run().await.expect(2);
    says(&output, &["abandoned already"]);
    let output = stand
        .args(["runs", "show", "export-of-nobody"])
        .run()
        .await
        .expect(1);
    says(&output, &["no run export-of-nobody", "ferry runs list"]);

    // The next command begins anew: the job that goes on is another's now.
    let output = stand.args(["export", "test"]).run().await.expect(8);
    says(&output, &["another job runs on test"]);
    assert_eq!(stand.jobs("test", "export").await.len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_unfinished_run_with_other_options_is_not_passed_by() {
    let stand = Stand::frozen().await;
    left(&stand).await;
    let output = stand
        .args(["export", "test", "--security-artifacts"])
        .run()
        .await
        .expect(8);
    says(
        &output,
        &["is not finished", "ferry runs show", "ferry runs abandon"],
    );
    assert_eq!(stand.jobs("test", "export").await.len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn json_is_one_envelope_and_nothing_else() {
    let stand = Stand::new().await;
    let fields = ["command", "emulator", "error", "exit", "report", "schema"];
    for (args, exit, command) in [
        (&["export", "test"][..], 0, "export"),
        (&["export", "test", "-v"], 0, "export"),
        (&["export", "test", "--dry-run"], 0, "export"),
        (&["promote", "test", "prod", "--live=stop"], 0, "promote"),
        (&["import", "prod", "bucket:nothing.zip"], 1, "import"),
        (&["import", "live", "bucket:nothing.zip"], 9, "import"),
        (&["export", "nowhere"], 2, "export"),
        (&["jobs", "list"], 0, "jobs list"),
        (&["jobs", "show", "test", "job:export:4711"], 1, "jobs show"),
        (&["runs", "list"], 0, "runs list"),
        (&["runs", "show", "nothing"], 1, "runs show"),
        (&["config", "show"], 0, "config show"),
        (&["doctor", "test"], 0, "doctor"),
    ] {
        let args = args.iter().copied().chain(["-o", "json"]);
        let output = stand.args(args).run().await.expect(exit);
        let told = envelope(&output);
        let keys: Vec<&str> = told
            .as_object()
            .unwrap()
            .keys()
            .map(String::as_str)
            .collect();
        assert_eq!(keys, fields, "{output}");
        assert_eq!(told["command"], command);
        assert_eq!(told["emulator"], true, "{output}");
        if exit == 0 {
            assert_eq!(told["error"], Value::Null, "{output}");
            assert_ne!(told["report"], Value::Null, "{output}");
        } else {
            check_error(&told["error"], &output);
        }
    }
}

/// The error of an envelope says what stderr says.
fn check_error(error: &Value, output: &Output) {
    let keys: Vec<&str> = error
        .as_object()
        .unwrap()
        .keys()
        .map(String::as_str)
        .collect();
    assert_eq!(
        keys,
        ["causes", "evidence", "hints", "kind", "message"],
        "{output}"
    );
    let message = error["message"].as_str().unwrap();
    assert!(output.stderr.contains(message), "{output}");
    for hint in error["hints"].as_array().unwrap() {
        assert!(output.stderr.contains(hint.as_str().unwrap()), "{output}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn data_go_to_stdout_and_talk_to_stderr() {
    let stand = Stand::new().await;
    let output = stand.args(["export", "test"]).run().await.expect(0);
    assert!(output.stdout.starts_with("EMULATOR\n"), "{output}");
    assert!(output.stdout.contains("sha256"), "{output}");
    assert!(!output.stdout.contains("following"), "{output}");
    says(
        &output,
        &["EMULATOR", "following the export job", "RUNNING"],
    );
    assert!(!output.stderr.contains("sha256"), "{output}");
    assert!(
        !output.stderr.contains('\u{1b}'),
        "no terminal, no colour: {output}"
    );

    let output = stand.args(["export", "test", "-q"]).run().await.expect(0);
    assert!(output.stdout.contains("sha256"), "{output}");
    assert!(!output.stderr.contains("following"), "{output}");

    let output = stand.args(["export", "test", "-v"]).run().await.expect(0);
    says(&output, &["POST ", "/exportServiceInstanceArchive", "202"]);
    assert!(!output.stdout.contains("POST "), "{output}");

    let output = stand
        .args(["import", "prod", "bucket:nothing.zip"])
        .run()
        .await
        .expect(1);
    assert!(output.stdout.is_empty(), "{output}");
    says(&output, &["error:", "hint:"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_dry_run_changes_nothing() {
    let stand = Stand::new().await;
    stand
        .put_file("test", "any.zip", &fixtures::path("sound/deflated.zip"))
        .await;
    let before = stand.changes().len();
    for args in [
        &["export", "test", "--name", "monday", "--download=out.zip"][..],
        &[
            "import",
            "prod",
            "bucket:test/any.zip",
            "--mode",
            "ImportActivate",
        ],
        &["promote", "test", "prod", "--live=stop"],
    ] {
        let args = args.iter().copied().chain(["--dry-run"]);
        let output = stand.args(args).run().await.expect(0);
        assert!(output.stdout.contains("next: "), "{output}");
    }
    assert_eq!(stand.changes().len(), before, "{:?}", stand.changes());
    assert!(stand.jobs("test", "export").await.is_empty());
    assert!(stand.jobs("prod", "import").await.is_empty());
    let output = stand.args(["runs", "list"]).run().await.expect(0);
    assert!(output.stdout.contains("no runs"), "{output}");
    assert!(!stand.ferry.work().join("out.zip").exists());
}

/// Arguments that make no command are answered in JSON too, where JSON is asked for.
#[tokio::test(flavor = "multi_thread")]
async fn misuse_has_an_envelope() {
    let ferry = ferry_e2e::ferry();
    let args = ["export", "test", "--bogus", "--emulator", "-o", "json"];
    let envelope = envelope(&ferry.args(args).run().await.expect(2));
    assert_eq!(envelope["emulator"], true);
    let message = envelope["error"]["message"].as_str().unwrap();
    assert!(message.contains("--bogus"), "{message}");
}

/// What would have to be typed next cannot reach an emulator that ends with the command.
#[tokio::test(flavor = "multi_thread")]
async fn a_throw_away_emulator_leaves_nothing_to_come_back_to() {
    let ferry = ferry_e2e::ferry();
    let left = ferry
        .args(["export", "test", "--emulator", "--no-wait"])
        .run()
        .await
        .expect(2);
    says(&left, &["--emulator=DIR"]);
    let late = ferry
        .args(["export", "test", "--emulator", "--timeout", "0s"])
        .run()
        .await
        .expect(7);
    says(&late, &["--emulator=DIR"]);
    assert!(!late.stderr.contains("ferry jobs wait"), "{late}");
}
