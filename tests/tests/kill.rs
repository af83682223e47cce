//! A command that is killed at any request, before or after it is carried out, and run again, starts nothing twice.
#![expect(
    clippy::indexing_slicing,
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "helpers of tests"
)]

use std::sync::Arc;

use ferry_e2e::kill::{self, killed, starts, stopped};
use ferry_e2e::stand::{self, Stand};
use ferry_e2e::{envelope, says, wire};
use std::collections::BTreeMap;

use ferry_emulator::{Action, Recorded, Rule, Side};
use ferry_testkit::archives;
use ferry_testkit::cli::{Call, Output};
use tokio::sync::Semaphore;
use tokio::task::JoinSet;

/// Points that run at once, over all tests of this file.
static SLOTS: Semaphore = Semaphore::const_new(4);

/// What is killed, and where.
struct Case {
    /// For messages.
    name: &'static str,
    args: &'static [&'static str],
    /// The instance that exports, and the one that imports; empty where none does.
    exports: &'static str,
    imports: &'static str,
    /// The small instances instead of the demonstration's.
    small: bool,
    /// Jobs end before they are polled, so that every run makes the same requests up to the activations.
    brief: bool,
    /// An object that lies in a bucket before.
    object: Option<(&'static str, Vec<u8>)>,
    /// Every how-many-th request is a point, and those that start jobs.
    every: u64,
    /// Whether the second run may answer 8, and why, when it was killed there.
    unproven: fn(&Recorded, Side) -> bool,
}

impl Case {
    async fn stand(&self) -> Stand {
        // The load is read at the start alone.
        let (mut options, _load) = if self.small {
            let (options, load) = stand::small();
            (options, Some(load))
        } else {
            (stand::options(), None)
        };
        if self.brief {
            options.switches.job_seconds = 60;
        }
        let stand = Stand::with(options).await;
        if let Some((environment, bytes)) = &self.object {
            let put = stand.object("PUT", environment, OBJECT, Some(bytes)).await;
            assert_eq!(put.status, 201, "{}", put.head);
        }
        stand
    }

    fn call(&self, stand: &Stand) -> Call {
        stand.args(self.args.iter().copied().chain(["-o", "json"]))
    }
}

const OBJECT: &str = "made-before.zip";

/// What was seen at one point.
struct Point {
    exit: i32,
}

#[tokio::test(flavor = "multi_thread")]
async fn an_export_of_gen3_starts_one_job() {
    everywhere(Case {
        name: "export, generation 3",
        args: &["export", "test"],
        exports: "test",
        imports: "",
        small: false,
        brief: false,
        object: None,
        every: 1,
        unproven: |_, _| false,
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_named_export_of_gen3_starts_one_job() {
    everywhere(Case {
        name: "export --name, generation 3",
        args: &["export", "test", "--name", "nightly-42"],
        exports: "test",
        imports: "",
        small: false,
        brief: false,
        object: None,
        every: 1,
        unproven: |_, _| false,
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_export_of_gen2_starts_one_job() {
    everywhere(Case {
        name: "export, generation 2",
        args: &["export", "old", "--timeout", "3s"],
        exports: "old",
        imports: "",
        small: true,
        brief: false,
        object: None,
        every: 1,
        unproven: never_carried_out,
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_named_export_of_gen2_starts_one_job() {
    everywhere(Case {
        name: "export --name, generation 2",
        args: &["export", "old", "--name", "nightly-42", "--timeout", "3s"],
        exports: "old",
        imports: "",
        small: true,
        brief: false,
        object: None,
        every: 1,
        unproven: never_carried_out,
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_import_of_gen3_starts_one_job() {
    everywhere(Case {
        name: "import, generation 3",
        args: &["import", "prod", "bucket:test/made-before.zip"],
        exports: "",
        imports: "prod",
        small: false,
        brief: false,
        object: Some(("test", foreign())),
        every: 1,
        // Nothing in a bucket proves an import, and no call gives its id back.
        unproven: |record, side| starts(record) && side == Side::After,
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_import_of_gen2_starts_one_job() {
    everywhere(Case {
        name: "import, generation 2",
        args: &["import", "older", "bucket:made-before.zip"],
        exports: "",
        imports: "older",
        small: true,
        brief: false,
        object: Some(("older", foreign())),
        every: 1,
        // The service has no job name to tell a second POST by, so there is none.
        unproven: |record, _| starts(record),
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_promotion_starts_one_job_of_each_kind() {
    everywhere(Case {
        name: "promote",
        args: &["promote", "test", "prod", "--live=stop"],
        exports: "test",
        imports: "prod",
        small: false,
        brief: true,
        object: None,
        every: 4,
        unproven: |record, side| {
            record.target.contains("/importServiceInstanceArchive")
                && starts(record)
                && side == Side::After
        },
    })
    .await;
}

/// The start's answer is lost with the first process, and the second is killed while it finds out what became of it.
#[tokio::test(flavor = "multi_thread")]
async fn two_kills_in_a_row_start_one_job() {
    let case = |name, args, environment, small| Case {
        name,
        args,
        exports: environment,
        imports: "",
        small,
        brief: false,
        object: None,
        every: 1,
        unproven: |_, _| false,
    };
    let gen3 = case(
        "export twice killed, generation 3",
        &["export", "test"],
        "test",
        false,
    );
    let gen2 = case(
        "export twice killed, generation 2",
        &["export", "old"],
        "old",
        true,
    );
    for case in [gen3, gen2] {
        let made = undisturbed(&case).await;
        let at = (1..).zip(&made).find(|(_, record)| starts(record));
        let (start, _) = at.expect("the request that starts the job");
        let case = Arc::new(case);
        let mut points = JoinSet::new();
        for nth in 1..=6 {
            for side in [Side::Before, Side::After] {
                let case = Arc::clone(&case);
                points.spawn(async move {
                    let _slot = SLOTS.acquire().await.unwrap();
                    let stand = case.stand().await;
                    assert!(
                        killed(&stand, case.call(&stand), start, Side::After)
                            .await
                            .is_some()
                    );
                    let again = killed(&stand, case.call(&stand), nth, side).await;
                    let output = case.call(&stand).run().await.expect(0);
                    proved(&case, &stand, &output).await;
                    again.is_some()
                });
            }
        }
        let reached = points.join_all().await;
        let reached = reached.iter().filter(|reached| **reached).count();
        println!("{}: at {reached} points", case.name);
        assert!(reached > 10, "only {reached} points");
    }
}

/// A second job follows a first one only where that one failed and freed its name.
#[tokio::test(flavor = "multi_thread")]
async fn a_second_job_follows_a_failed_one() {
    let mut options = stand::options();
    "FAILED".clone_into(&mut options.switches.job_outcome);
    options.switches.job_outcome_times = Some(1);
    let stand = Stand::with(options).await;
    let args = ["export", "test", "--name", "nightly-42"];
    // 1 lists, 2 is the token, 3 starts the job.
    let barrier = stand.running.emulator.barrier(3, Side::After);
    let mut first = stand.args(args).spawn();
    assert!(stopped(&barrier, &mut first).await);
    first.kill9().await.expect(137);
    // Where the failure shows: as a job that is known by its name alone, or by nothing but a freed name.
    let second = stand.args(args).run().await;
    assert!([0, 6].contains(&second.exit), "{second}");
    if second.exit == 6 {
        stand.args(args).run().await.expect(0);
    }
    let jobs = stand.jobs("test", "export").await;
    let states: Vec<_> = jobs.iter().map(|job| job["state"].as_str()).collect();
    assert_eq!(states, [Some("FAILED"), Some("COMPLETED")]);
}

/// A fault that a repeated command meets before it gets to its jobs must not make it forget them.
#[tokio::test(flavor = "multi_thread")]
async fn a_promotion_that_cannot_go_on_forgets_no_job() {
    let stand = Stand::new().await;
    let args = ["promote", "test", "prod", "--live=stop"];
    let made = undisturbed_promotion().await;
    let import = (1..)
        .zip(&made)
        .filter(|(_, record)| starts(record))
        .map(|(nth, _)| nth)
        .last()
        .unwrap();
    // One request more: the import's id is journalled by then.
    let barrier = stand.running.emulator.barrier(import + 1, Side::Before);
    let mut first = stand.args(args).spawn();
    assert!(stopped(&barrier, &mut first).await);
    first.kill9().await.expect(137);
    stand.running.emulator.add_rule(Rule {
        path: Some("/ic/api/integration/v1/".to_owned()),
        times: Some(1),
        ..Rule::new(Action::Status {
            code: 403,
            body: None,
            headers: BTreeMap::new(),
        })
    });
    stand.args(args).run().await.expect(4);
    stand.args(args).run().await.expect(0);
    assert_eq!(stand.jobs("test", "export").await.len(), 1);
    assert_eq!(stand.jobs("prod", "import").await.len(), 1);
}

async fn undisturbed_promotion() -> Vec<Recorded> {
    let stand = Stand::new().await;
    stand
        .args(["promote", "test", "prod", "--live=stop"])
        .run()
        .await
        .expect(0);
    stand.running.emulator.journal()
}

/// A bucket that refuses the archive ends a promotion between its jobs: the export is not made again.
#[tokio::test(flavor = "multi_thread")]
async fn a_promotion_that_fails_between_its_jobs_keeps_its_export() {
    let stand = Stand::new().await;
    let args = ["promote", "test", "prod", "--live=stop"];
    stand.running.emulator.add_rule(Rule {
        method: Some("PUT".to_owned()),
        path: Some("/ferry-prod/ferry-test-".to_owned()),
        times: Some(1),
        ..Rule::new(Action::Status {
            code: 403,
            body: None,
            headers: BTreeMap::new(),
        })
    });
    stand.args(args).run().await.expect(4);
    stand.args(args).run().await.expect(0);
    assert_eq!(stand.jobs("test", "export").await.len(), 1);
}

/// A journal that cannot be read may tell of a job: it is not passed over.
#[tokio::test(flavor = "multi_thread")]
async fn an_unreadable_journal_starts_no_second_job() {
    let stand = Stand::frozen().await;
    let args = ["export", "test"];
    stand
        .args(["export", "test", "--no-wait"])
        .run()
        .await
        .expect(0);
    let journal = kill::journal(&stand.ferry.state()).unwrap();
    let mut text = std::fs::read(&journal).unwrap();
    text.extend_from_slice(&[0xff, 0xfe, 0x0a]);
    std::fs::write(&journal, text).unwrap();
    let output = stand.args(args).run().await.expect(74);
    says(&output, &["cannot read the journal", "journal.ndjson"]);
    assert_eq!(stand.jobs("test", "export").await.len(), 1);
}

/// Any zip: the emulator keeps what it does not recognise.
fn foreign() -> Vec<u8> {
    let sound = archives::sound();
    let found = sound
        .iter()
        .find(|record| record.file == "sound/deflated.zip");
    found.expect("a sound archive").bytes.clone()
}

/// Generation 2 has no name to ask by: where the request was never carried out, no archive can come and prove it.
fn never_carried_out(record: &Recorded, side: Side) -> bool {
    starts(record) && side == Side::Before
}

/// Kills the command before and after every request that an undisturbed one makes.
async fn everywhere(case: Case) {
    let made = {
        let _slot = SLOTS.acquire().await.unwrap();
        undisturbed(&case).await
    };
    let requests = made.len();
    let chosen = (1..)
        .zip(&made)
        .filter(|(nth, record)| nth % case.every == 0 || starts(record));
    let chosen: Vec<u64> = chosen.map(|(nth, _)| nth).collect();
    let case = Arc::new(case);
    let mut points = JoinSet::new();
    for nth in chosen {
        for side in [Side::Before, Side::After] {
            let case = Arc::clone(&case);
            points.spawn(async move {
                let _slot = SLOTS.acquire().await.unwrap();
                point(&case, nth, side).await
            });
        }
    }
    let seen: Vec<Option<Point>> = points.join_all().await;
    let reached: Vec<&Point> = seen.iter().flatten().collect();
    let unproven = reached.iter().filter(|point| point.exit == 8).count();
    println!(
        "{}: {requests} requests, killed at {} points, {unproven} of them not provably ours; {} came too late",
        case.name,
        reached.len(),
        seen.len() - reached.len(),
    );
    assert!(reached.len() > 10, "only {} points", reached.len());
}

/// The requests that the command makes.
async fn undisturbed(case: &Case) -> Vec<Recorded> {
    let stand = case.stand().await;
    let before = stand.running.emulator.requests();
    let output = case.call(&stand).run().await.expect(0);
    let mut made = stand.running.emulator.journal();
    made.retain(|record| record.nth > before);
    proved(case, &stand, &output).await;
    made
}

/// Kills the command at one request, and runs it again. `None`: this time it made fewer requests, and ended.
async fn point(case: &Case, nth: u64, side: Side) -> Option<Point> {
    let stand = case.stand().await;
    let killed_at = killed(&stand, case.call(&stand), nth, side).await?;
    let place = format!(
        "{}: killed {side:?} request {nth}, {} {}",
        case.name, killed_at.method, killed_at.target
    );
    let second = case.call(&stand).run().await;
    for (instance, kind) in [(case.exports, "export"), (case.imports, "import")] {
        let jobs = stand.jobs(instance, kind).await;
        assert!(jobs.len() <= 1, "{place}: two jobs, {jobs:?}; {second}");
    }
    let exit = second.exit;
    if exit == 8 && (case.unproven)(&killed_at, side) {
        says(
            &second,
            &[
                "evidence:",
                "first asked for at",
                "ferry runs abandon",
                "stays open",
            ],
        );
    } else {
        assert_eq!(exit, 0, "{place}: {second}");
        proved(case, &stand, &second).await;
    }
    Some(Point { exit })
}

/// What a command that ended well must have left: one job of each kind, and the archive that it says it verified.
async fn proved(case: &Case, stand: &Stand, output: &Output) {
    for (instance, kind) in [(case.exports, "export"), (case.imports, "import")] {
        if !instance.is_empty() {
            let jobs = stand.jobs(instance, kind).await;
            assert_eq!(jobs.len(), 1, "{}: {jobs:?}; {output}", case.name);
            assert_eq!(jobs[0]["state"], "COMPLETED", "{}: {output}", case.name);
        }
    }
    let report = envelope(output)["report"].clone();
    let archive = match &report["export"] {
        serde_json::Value::Null => &report["archive"],
        export => &export["archive"],
    };
    let holder = if case.exports.is_empty() {
        case.imports
    } else {
        case.exports
    };
    let name = archive["name"].as_str().expect("a name");
    let there = stand.object("GET", holder, name, None).await;
    assert_eq!(there.status, 200, "{}", there.head);
    assert_eq!(
        archive["sha256"],
        wire::sha256(&there.body).as_str(),
        "{output}"
    );
}
