//! Objects of a job that may be running are not touched, and a protected environment's bucket is not changed.
#![expect(clippy::indexing_slicing, reason = "helpers of tests")]

use std::sync::Arc;

use ferry_e2e::{Stand, Workspace, envelope, says, stand};
use ferry_testkit::cli::Output;
use jiff::{SignedDuration, Timestamp};

/// Time stands still, an hour back: what is put now was there long before the job.
async fn before_the_job() -> Stand {
    #[expect(
        clippy::disallowed_methods,
        reason = "the binary reads the system's clock"
    )]
    let hour_ago = Timestamp::now() - SignedDuration::from_hours(1);
    let mut options = stand::options();
    options.speed = 0.0;
    options.now = Arc::new(move || hour_ago);
    let stand = Stand::with(options).await;
    for name in ["old.zip", "old/a", "old/b"] {
        stand.object("PUT", "test", name, Some(b"old")).await;
    }
    stand.advance(3600);
    stand
}

async fn exporting() -> (Stand, String) {
    let stand = before_the_job().await;
    let args = [
        "export",
        "test",
        "--name",
        "nightly",
        "--no-wait",
        "-o",
        "json",
    ];
    let output = stand.args(args).run().await.expect(0);
    let job = envelope(&output)["report"]["job"]
        .as_str()
        .expect("a job")
        .to_owned();
    // Nobody knows how the service calls its temporary objects.
    stand
        .object("PUT", "test", "who-knows/part-1", Some(b"part"))
        .await;
    (stand, job)
}

fn stopped(output: &Output) {
    says(
        output,
        &[
            "nothing was changed",
            "who-knows/part-1",
            "may be a temporary object",
        ],
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_running_job_may_own_is_not_touched() {
    let (stand, job) = exporting().await;
    stand.ferry.write("a", "other");
    let changes = stand.changes().len();
    for args in [
        ["rm", "test/who-knows/part-1"].as_slice(),
        &["rm", "-r", "test", "--yes"],
        &["rm", "-r", "test", "--dry-run"],
        &["put", "a", "test/who-knows/part-1", "--overwrite"],
        &["cp", "test/old.zip", "test/who-knows/part-1", "--overwrite"],
    ] {
        let output = stand.bucket(args).run().await.expect(9);
        stopped(&output);
        let wait = format!("ferry jobs wait test job:export:{job}");
        says(
            &output,
            &[
                &wait,
                "ferry runs show",
                "ferry runs abandon",
                "NOT_STARTED",
            ],
        );
    }
    // The archive's name is the job's before anything is under it.
    for args in [
        ["put", "a", "test/nightly.zip"].as_slice(),
        &["put", "a", "test/nightly"],
        &["cp", "test/old.zip", "test/nightly.zip"],
    ] {
        let output = stand.bucket(args).run().await.expect(9);
        says(&output, &["it is the job's archive"]);
    }
    assert_eq!(stand.changes().len(), changes);
    // What was there before is nobody's, other names are free, and so is another bucket.
    for args in [
        ["rm", "test/old.zip"].as_slice(),
        &["rm", "-r", "test/old/", "--yes"],
        &["put", "a", "test/new"],
        &["put", "a", "prod/nightly.zip"],
        &["get", "test/who-knows/part-1", "part"],
    ] {
        stand.bucket(args).run().await.expect(0);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_rail_opens_when_the_job_has_ended() {
    let (stand, _) = exporting().await;
    stand
        .bucket(&["rm", "test/who-knows/part-1"])
        .run()
        .await
        .expect(9);
    // This machine's journal still says that a job was started; the service says that it has ended.
    stand.advance(3600);
    stand
        .bucket(&["rm", "test/who-knows/part-1"])
        .run()
        .await
        .expect(0);
}

#[tokio::test(flavor = "multi_thread")]
async fn without_the_services_word_the_rail_stays_shut_until_the_run_is_abandoned() {
    let (stand, _) = exporting().await;
    stand.advance(3600);
    // Where the journals of this emulator are kept.
    let runs = stand.ferry.state().join("emulator");
    let place = std::fs::read_dir(&runs)
        .expect("runs")
        .next()
        .expect("one")
        .expect("it")
        .path();
    let state = stand.ferry.root().join("elsewhere");
    std::fs::create_dir(&state).expect("a folder");
    std::fs::rename(place.join("runs"), state.join("runs")).expect("moved");
    let card = |key| stand.card("test", key);
    stand.ferry.write(
        "ferry.toml",
        format!(
            "[environments.test.storage]\nurl = {:?}\nuser = {:?}\npassword = \"env:TOKEN\"\n",
            card("storage_url"),
            card("storage_user")
        ),
    );
    let call = |args: &[&str]| {
        let token = card("storage_password");
        let call = stand.ferry.args(args.iter().copied());
        call.env("FERRY_STATE", &state).env("TOKEN", token)
    };
    let output = call(&["bucket", "rm", "test/who-knows/part-1"])
        .run()
        .await
        .expect(9);
    stopped(&output);
    says(&output, &["was not asked", "is a storage alone"]);
    let listed = call(&["runs", "list", "-o", "json"]).run().await.expect(0);
    let run = envelope(&listed)["report"][0]["id"]
        .as_str()
        .expect("a run")
        .to_owned();
    call(&["runs", "abandon", &run]).run().await.expect(0);
    call(&["bucket", "rm", "test/who-knows/part-1"])
        .run()
        .await
        .expect(0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_protected_bucket_is_not_changed() {
    let stand = Stand::new().await;
    stand.ferry.write("a", "a");
    stand.object("PUT", "live", "there", Some(b"there")).await;
    let changes = stand.changes().len();
    for args in [
        ["put", "a", "live"].as_slice(),
        &["put", "-r", ".", "live"],
        &["cp", "live/there", "live/copy"],
        &["rm", "live/there"],
        &["rm", "-r", "live", "--yes"],
    ] {
        let output = stand.bucket(args).run().await.expect(9);
        says(&output, &["live is protected"]);
    }
    assert_eq!(stand.changes().len(), changes);
    stand
        .bucket(&["get", "live/there", "there"])
        .run()
        .await
        .expect(0);
    // The workspace file's word counts as the emulator's does.
    let workspace = Workspace::of(stand.cards());
    workspace.write(&stand.ferry);
    workspace
        .call(&stand.ferry, ["bucket", "rm", "live/there"])
        .run()
        .await
        .expect(9);
}
