//! Every way to end: its exit code, and that stderr says what to do next.
#![expect(clippy::indexing_slicing, reason = "helpers of tests")]

use std::sync::Arc;

use ferry_e2e::stand::{self, Stand, on_export_polls};
use ferry_e2e::{Workspace, binary, envelope, says};
use ferry_emulator::Action;
use ferry_testkit::archives::{read_back, records};
use ferry_testkit::cli::Ferry;
use ferry_testkit::fixtures;
use jiff::{SignedDuration, Timestamp};
use tokio::net::TcpListener;

/// A stand whose jobs end so.
async fn ending(set: impl FnOnce(&mut ferry_emulator::Switches)) -> Stand {
    let mut options = stand::options();
    set(&mut options.switches);
    Stand::with(options).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_failed_job_is_6() {
    let stand = ending(|switches| "FAILED".clone_into(&mut switches.job_outcome)).await;
    let output = stand.args(["export", "test"]).run().await.expect(6);
    says(
        &output,
        &[
            "ended as FAILED",
            "detailed report",
            "ferry doctor test",
            "repeat the command",
        ],
    );
    stand
        .put_file("test", "any.zip", &fixtures::path("sound/deflated.zip"))
        .await;
    let output = stand
        .args(["import", "prod", "bucket:test/any.zip"])
        .run()
        .await
        .expect(6);
    says(
        &output,
        &["ended as FAILED", "detailed report", "ferry doctor prod"],
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_failed_component_of_a_completed_job_is_3() {
    let stand = ending(|switches| switches.integration_component = Some("FAILED".to_owned())).await;
    let output = stand.args(["export", "test"]).run().await.expect(3);
    assert!(output.stdout.contains("Integration: FAILED"), "{output}");
    assert!(
        output.stdout.contains("note: the job completed in part"),
        "{output}"
    );
    says(&output, &["detailed report"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_longer_completed_state_is_3() {
    let stand = ending(|switches| {
        "COMPLETED_WITH_ERRORS".clone_into(&mut switches.job_outcome);
    })
    .await;
    let output = stand.args(["export", "test"]).run().await.expect(3);
    assert!(output.stdout.contains("COMPLETED_WITH_ERRORS"), "{output}");
    says(&output, &["detailed report"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cancelled_component_of_a_completed_job_is_a_note() {
    let stand = ending(|switches| switches.process_component = Some("CANCELLED".to_owned())).await;
    let output = stand.args(["export", "test"]).run().await.expect(0);
    assert!(output.stdout.contains("Process: CANCELLED"), "{output}");
    let noted = output.stdout.lines().any(|line| {
        line.starts_with("note:") && line.contains("Process") && line.contains("CANCELLED")
    });
    assert!(noted, "{output}");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_unknown_state_that_stays_is_7() {
    let stand = ending(|switches| "MYSTERY".clone_into(&mut switches.job_outcome)).await;
    let output = stand
        .args(["export", "test", "--timeout", "2s"])
        .run()
        .await
        .expect(7);
    let job = only_job(&stand, "test", "export").await;
    let attach = format!("ferry jobs wait test job:export:{job}");
    says(
        &output,
        &[
            "its last state: MYSTERY",
            "the job goes on",
            &attach,
            "repeat the command",
        ],
    );
    assert_eq!(
        output.stderr.matches("a state that is not known").count(),
        1,
        "{output}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn twenty_minutes_of_503_are_borne_and_shown_once() {
    let mut options = stand::options();
    options.speed = 0.0;
    let mut rule = on_export_polls(Action::Status {
        code: 503,
        body: Some("<html>Service Unavailable</html>".to_owned()),
        headers: [].into(),
    });
    rule.during_seconds = Some(20 * 60);
    options.rules.push(rule);
    let stand = Stand::with(options).await;
    let running = stand.args(["export", "test"]).spawn();
    // Each poll is tried four times: three polls found nobody.
    stand
        .until_seen("GET", "exportServiceInstanceArchive/", 12)
        .await;
    stand.advance(20 * 60);
    let polls = stand.seen("GET", "exportServiceInstanceArchive/");
    stand
        .until_seen("GET", "exportServiceInstanceArchive/", polls + 2)
        .await;
    stand.advance(60 * 60);
    let output = running.wait().await.expect(0);
    assert_eq!(
        output.stderr.matches("polling is disturbed").count(),
        1,
        "{output}"
    );
    says(&output, &["the job is not", "503", "polling works again"]);
    assert_eq!(stand.jobs("test", "export").await.len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_that_expires_in_the_middle_is_renewed() {
    let stand = Stand::new().await;
    let mut rule = on_export_polls(Action::ExpireTokens);
    rule.from = Some(2);
    rule.times = Some(1);
    stand.running.emulator.add_rule(rule);
    stand.args(["export", "test"]).run().await.expect(0);
    assert_eq!(stand.seen("POST", "/oauth2/v1/token"), 2);
    assert_eq!(stand.jobs("test", "export").await.len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn wrong_bucket_credentials_are_4() {
    let stand = Stand::new().await;
    let workspace =
        Workspace::of(stand.cards()).but("test", "storage_password", "the-console-password");
    workspace.write(&stand.ferry);
    let output = workspace
        .call(&stand.ferry, ["export", "test"])
        .run()
        .await
        .expect(4);
    says(
        &output,
        &[
            "*auth token*",
            "oracleidentitycloudservice/",
            "federated",
            "ferry doctor",
        ],
    );
    assert!(stand.jobs("test", "export").await.is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_bad_client_secret_is_4() {
    let stand = Stand::new().await;
    let workspace = Workspace::of(stand.cards()).but("test", "client_secret", "not-the-secret");
    workspace.write(&stand.ferry);
    let output = workspace
        .call(&stand.ferry, ["export", "test"])
        .run()
        .await
        .expect(4);
    says(&output, &["did not start the export", "hint:", "client"]);
    assert!(stand.jobs("test", "export").await.is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_taken_name_is_8() {
    let stand = Stand::new().await;
    stand
        .put_file("test", "any.zip", &fixtures::path("sound/deflated.zip"))
        .await;
    let args = ["import", "prod", "bucket:test/any.zip", "--name", "monday"];
    stand.args(args).run().await.expect(0);
    // Another machine, and the same name.
    let output = stand.of(&ferry_e2e::ferry(), args).run().await.expect(8);
    says(
        &output,
        &[
            "the job name monday is taken on prod",
            "not provably ours",
            "ferry jobs wait",
        ],
    );
    assert_eq!(stand.jobs("prod", "import").await.len(), 1);
}

/// An export of a given name may be that of an earlier, lost run, so its archive is waited for; it was taken away.
#[tokio::test(flavor = "multi_thread")]
async fn a_taken_name_whose_archive_never_comes_is_8() {
    let stand = Stand::new().await;
    let args = ["export", "test", "--name", "monday", "--timeout", "2s"];
    stand.args(args).run().await.expect(0);
    let gone = stand.object("DELETE", "test", "monday.zip", None).await;
    assert_eq!(gone.status, 204, "{}", gone.head);
    let output = stand.args(args).run().await.expect(8);
    says(
        &output,
        &[
            "the job name monday is known to test already",
            "the job's state is not known",
            "look at the job list",
            "ferry runs abandon",
        ],
    );
    only_job(&stand, "test", "export").await;
}

/// The emulator lives a day ago, so what it writes is older than any run of today.
#[tokio::test(flavor = "multi_thread")]
async fn an_archive_of_that_name_is_8_unless_it_may_be_replaced() {
    let mut options = stand::options();
    let real = Arc::clone(&options.now);
    let day = SignedDuration::from_hours(24);
    options.now = Arc::new(move || real().checked_sub(day).unwrap_or(Timestamp::UNIX_EPOCH));
    let stand = Stand::with(options).await;
    stand
        .put_file("test", "monday.zip", &fixtures::path("sound/deflated.zip"))
        .await;
    let output = stand
        .args(["export", "test", "--name", "monday"])
        .run()
        .await
        .expect(8);
    says(
        &output,
        &[
            "monday.zip",
            "written ",
            "choose another --name",
            "--overwrite",
        ],
    );
    assert!(stand.jobs("test", "export").await.is_empty());
    stand
        .args(["export", "test", "--name", "monday", "--overwrite"])
        .run()
        .await
        .expect(0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_second_job_is_8() {
    let stand = Stand::frozen().await;
    stand
        .args(["export", "test", "--no-wait"])
        .run()
        .await
        .expect(0);
    let other = ferry_e2e::ferry();
    let output = stand.of(&other, ["export", "test"]).run().await.expect(8);
    says(
        &output,
        &[
            "another job runs on test",
            "the service says:",
            "wait until it has ended",
        ],
    );
    assert_eq!(stand.jobs("test", "export").await.len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_protected_is_9() {
    let stand = Stand::new().await;
    stand
        .put_file("test", "any.zip", &fixtures::path("sound/deflated.zip"))
        .await;
    for mode in ["ImportOnly", "ImportActivate"] {
        let before = stand.changes().len();
        let import = ["import", "live", "bucket:test/any.zip", "--mode", mode];
        let output = stand.args(import).run().await.expect(9);
        says(&output, &["live is protected", "--approve FINGERPRINT"]);
        assert_eq!(stand.changes().len(), before, "{output}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_unknown_environment_is_2_and_the_known_are_listed() {
    let stand = Stand::new().await;
    let output = stand.args(["export", "tset"]).run().await.expect(2);
    says(&output, &["no environment tset", "test", "prod", "live"]);
    let workspace = Workspace::of(stand.cards());
    workspace.write(&stand.ferry);
    let output = workspace
        .call(&stand.ferry, ["export", "tset"])
        .run()
        .await
        .expect(2);
    says(&output, &["tset", "test", "prod", "live"]);
    let output = ferry_e2e::ferry()
        .args(["export", "test"])
        .run()
        .await
        .expect(2);
    says(&output, &["hint:", "ferry.toml"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_unreachable_host_is_5_after_some_attempts() {
    let stand = Stand::new().await;
    let closed = {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
        format!("http://{}", listener.local_addr().unwrap())
    };
    let bucket = format!("{closed}/v1/acme/ferry-test");
    let token = format!("{closed}/oauth2/v1/token");
    for (key, value) in [
        ("url", &closed),
        ("storage_url", &bucket),
        ("token_url", &token),
    ] {
        let ferry = ferry_e2e::ferry();
        let workspace = Workspace::of(stand.cards()).but("test", key, value);
        workspace.write(&ferry);
        let output = workspace
            .call(&ferry, ["export", "test"])
            .run()
            .await
            .expect(5);
        says(
            &output,
            &[
                "evidence:",
                "4 attempts",
                &closed,
                "ferry doctor",
                "repeat the command",
            ],
        );
        assert!(stand.jobs("test", "export").await.is_empty(), "{key}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn ctrl_c_is_130_and_the_repeated_command_goes_on() {
    stopped(130).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn sigterm_is_143_and_the_repeated_command_goes_on() {
    stopped(143).await;
}

async fn stopped(exit: i32) {
    let stand = Stand::frozen().await;
    let running = stand.args(["export", "test"]).spawn();
    stand
        .until_seen("GET", "exportServiceInstanceArchive/", 1)
        .await;
    if exit == 130 {
        running.interrupt().await;
    } else {
        running.terminate().await;
    }
    let output = running.wait().await.expect(exit);
    let job = only_job(&stand, "test", "export").await;
    let attach = format!("ferry jobs wait test job:export:{job}");
    says(&output, &["the job goes on", &attach, "repeat the command"]);
    stand.advance(60 * 60);
    let output = stand
        .args(["export", "test", "-o", "json"])
        .run()
        .await
        .expect(0);
    says(&output, &["going on with run"]);
    assert_eq!(envelope(&output)["report"]["job"], job.as_str());
    only_job(&stand, "test", "export").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_state_folder_that_cannot_be_written_is_74() {
    let stand = Stand::new().await;
    let file = stand.ferry.write("a-file", "no folder");
    let output = stand
        .args(["export", "test"])
        .env("FERRY_STATE", file.join("state"))
        .run()
        .await
        .expect(74);
    says(&output, &["a-file", "--state DIR", "repeat the command"]);
    assert!(stand.changes().is_empty());
}

/// Files end at 32 KiB, as on a full disk: the archive is longer. With room again, the same command goes on.
#[tokio::test(flavor = "multi_thread")]
async fn a_full_disk_is_74_and_the_job_is_not_lost() {
    let stand = Stand::new().await;
    let output = shell(
        &stand,
        "trap '' XFSZ; ulimit -f 64; exec \"$@\"",
        &["export", "test"],
    )
    .run()
    .await
    .expect(74);
    says(
        &output,
        &[
            "cannot write the archive",
            "stays open",
            "room",
            "repeat the command",
        ],
    );
    let job = only_job(&stand, "test", "export").await;
    let output = stand
        .args(["export", "test", "-o", "json"])
        .run()
        .await
        .expect(0);
    assert_eq!(envelope(&output)["report"]["job"], job.as_str());
    only_job(&stand, "test", "export").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_result_that_could_not_be_written_is_74() {
    let stand = Stand::new().await;
    shell(&stand, "exec \"$@\" >/dev/full", &["export", "test"])
        .run()
        .await
        .expect(74);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_missing_archive_is_1() {
    let stand = Stand::new().await;
    for archive in ["bucket:nothing.zip", "bucket:test/nothing.zip"] {
        let output = stand
            .args(["import", "prod", archive])
            .run()
            .await
            .expect(1);
        says(&output, &["nothing.zip", "hint:", "export first"]);
    }
    assert!(stand.jobs("prod", "import").await.is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_damaged_archive_is_1() {
    let stand = Stand::new().await;
    for (nth, name) in [
        "cut-in-the-middle",
        "checksum",
        "deflate-garbage",
        "html-page",
    ]
    .iter()
    .enumerate()
    {
        let file = fixtures::path(&format!("damaged/{name}.zip"));
        let (own, carried) = (format!("own-{nth}.zip"), format!("carried-{nth}.zip"));
        stand.put_file("prod", &own, &file).await;
        stand.put_file("test", &carried, &file).await;
        for archive in [
            format!("bucket:{own}"),
            format!("bucket:test/{carried}"),
            format!("file:{}", file.display()),
        ] {
            let output = stand
                .args(["import", "prod", &archive])
                .run()
                .await
                .expect(1);
            says(&output, &["is not a whole archive", "nothing was imported"]);
        }
    }
    assert!(stand.jobs("prod", "import").await.is_empty());
}

/// Nothing in it is recognised, by the service or by us: it goes in, and comes out byte for byte.
#[tokio::test(flavor = "multi_thread")]
async fn an_archive_of_which_nothing_is_recognised_is_carried_all_the_same() {
    let (options, _load) = stand::small();
    let stand = Stand::with(options).await;
    let all = records();
    let foreign = all
        .iter()
        .find(|record| record.file == "sound/nested.zip")
        .unwrap();
    stand.ferry.write("foreign.zip", &foreign.bytes);
    stand
        .args(["import", "new", "./foreign.zip"])
        .run()
        .await
        .expect(0);
    let output = stand
        .args(["export", "new", "-o", "json"])
        .run()
        .await
        .expect(0);
    let run = envelope(&output)["report"]["run"]
        .as_str()
        .unwrap()
        .to_owned();
    stand
        .args(["import", "newer", &format!("run:{run}")])
        .run()
        .await
        .expect(0);
    let file = stand.ferry.work().join("out.zip");
    let download = format!("--download={}", file.display());
    stand
        .args(["export", "newer", &download])
        .run()
        .await
        .expect(0);
    let inside = read_back(&std::fs::read(&file).unwrap()).unwrap();
    assert!(
        inside
            .iter()
            .any(|(path, content)| path.ends_with("foreign.zip") && *content == foreign.bytes),
        "{:?}",
        inside.iter().map(|(path, _)| path).collect::<Vec<_>>()
    );
}

/// `-` is stdout: whole, alone, and never a terminal.
#[tokio::test(flavor = "multi_thread")]
async fn a_file_goes_to_stdout_and_not_to_a_terminal() {
    let stand = Stand::new().await;
    let export = ["integrations", "export", "test", "ORDER_INTAKE"];
    let to = |path| export.into_iter().chain([path]).collect::<Vec<_>>();
    stand.args(to("one.iar")).run().await.expect(0);
    let at = |name: &str| stand.ferry.work().join(name);
    let piped = format!("\"$@\" >'{}'", at("piped.iar").display());
    shell(&stand, &piped, &to("-")).run().await.expect(0);
    let bytes = |name| std::fs::read(at(name)).expect("a file");
    assert_eq!(bytes("piped.iar"), bytes("one.iar"));
    let seen = stand.seen("GET", "/ic/api/");
    let terminal = shell(&stand, "exec \"$@\" >/dev/ptmx", &to("-"));
    let output = terminal.run().await.expect(2);
    says(&output, &["stdout is a terminal", "name a file"]);
    assert_eq!(stand.seen("GET", "/ic/api/"), seen);
    let full = shell(&stand, "exec \"$@\" >/dev/full", &to("-"));
    full.run().await.expect(74);
}

/// The id of the only job there is.
async fn only_job(stand: &Stand, instance: &str, kind: &str) -> String {
    let jobs = stand.jobs(instance, kind).await;
    assert_eq!(jobs.len(), 1, "{jobs:?}");
    jobs[0]["id"].as_str().expect("an id").to_owned()
}

/// The binary behind a shell script that runs `"$@"`, in the home of this stand.
fn shell(stand: &Stand, script: &str, args: &[&str]) -> ferry_testkit::cli::Call {
    let sh = Ferry::new("/bin/sh");
    let bin = binary().display().to_string();
    let all = ["-c", script, "sh", &bin]
        .into_iter()
        .chain(args.iter().copied());
    stand.of(&sh, all).env("FERRY_STATE", stand.ferry.state())
}
