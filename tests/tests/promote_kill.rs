//! A promotion that is killed at any request, or whose journal ends anywhere, comes to the same end: nothing starts twice,
//! and nothing is active with a connection of the source.
#![expect(clippy::unwrap_used, clippy::print_stdout, reason = "helpers of tests")]

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::Arc;

use ferry_e2e::crossing::{OVERRIDES, crossing, holds, never_dirty};
use ferry_e2e::kill::{journal, killed, starts, stopped};
use ferry_e2e::{Stand, eventually, says};
use ferry_emulator::{Recorded, Side};
use ferry_testkit::cli::{Call, Output};
use serde_json::Value;
use tokio::sync::Semaphore;
use tokio::task::JoinSet;

/// Points that run at once.
static SLOTS: Semaphore = Semaphore::const_new(3);

const PROMOTE: [&str; 4] = ["promote", "test", "prod", "--live=stop"];

/// Where a promotion is killed, and how much of its journal is left.
#[derive(Debug, Clone, Copy)]
struct Point {
    nth: u64,
    side: Side,
    cut: Option<Cut>,
}

/// The end of a journal: so many records, and whether a half of the next one.
#[derive(Debug, Clone, Copy)]
struct Cut {
    records: usize,
    half: bool,
}

/// The generations of source and target, and which requests may leave it unproven.
#[derive(Debug, Clone, Copy)]
struct Case {
    from: u8,
    to: u8,
}

impl Case {
    async fn stand(self) -> Stand {
        let (options, _load) = crossing(self.from, self.to);
        let stand = Stand::with(options).await;
        stand.ferry.write("prod.overrides.toml", OVERRIDES);
        stand
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_promotion_of_gen3_comes_to_the_same_end() {
    everywhere(Case { from: 3, to: 3 }).await;
}

async fn everywhere(case: Case) {
    let (requests, written, expected) = undisturbed(case).await;
    let expected = Arc::new(expected);
    let mut points = Vec::new();
    let mut before = 0;
    for (nth, records) in (1..).zip(&written) {
        for side in [Side::Before, Side::After] {
            points.push(Point {
                nth,
                side,
                cut: None,
            });
        }
        // Between two requests the journal may have been cut off anywhere: what follows a record is done after its sync.
        for records in before..*records {
            for half in [false, true] {
                let cut = Some(Cut { records, half });
                points.push(Point {
                    nth,
                    side: Side::Before,
                    cut,
                });
            }
        }
        before = *records;
    }
    let mut running = JoinSet::new();
    for (nth, point) in points.iter().copied().enumerate() {
        let expected = Arc::clone(&expected);
        running.spawn(async move {
            let _slot = SLOTS.acquire().await.unwrap();
            at(case, point, nth % 2 == 0, &expected).await
        });
    }
    let seen = running.join_all().await;
    let reached: Vec<bool> = seen.iter().flatten().copied().collect();
    let unproven = reached.iter().filter(|unproven| **unproven).count();
    println!(
        "{case:?}: {requests} requests and {before} records, at {} points, {unproven} of them not provable; {} came too late",
        reached.len(),
        seen.len() - reached.len(),
    );
    assert!(reached.len() >= 60, "only {} points", reached.len());
    assert!(unproven > 0, "no answer was lost");
}

/// How many requests there are, how many records are written before each, and what the target holds in the end.
async fn undisturbed(case: Case) -> (usize, Vec<usize>, BTreeMap<String, Value>) {
    let stand = case.stand().await;
    let mut written = Vec::new();
    let mut running = stand.args(PROMOTE).spawn();
    let from = stand.running.emulator.requests();
    loop {
        let nth = from + 1 + written.len() as u64;
        let barrier = stand.running.emulator.barrier(nth, Side::Before);
        if !stopped(&barrier, &mut running).await {
            break;
        }
        written.push(records(&stand));
        barrier.release();
    }
    running.wait().await.expect(0);
    never_dirty(&stand, &BTreeSet::new(), "undisturbed").await;
    (written.len(), written, holds(&stand, "prod").await)
}

/// How many whole records the journal has, its head not counted.
fn records(stand: &Stand) -> usize {
    journal(&stand.ferry.state()).map_or(0, |path| {
        let text = std::fs::read_to_string(path).unwrap();
        text.matches('\n').count().saturating_sub(1)
    })
}

fn cut_off(path: &Path, cut: Cut) {
    let text = std::fs::read_to_string(path).unwrap();
    let mut lines = text.split_inclusive('\n');
    let mut kept: String = lines.by_ref().take(1 + cut.records).collect();
    if cut.half {
        let next = lines.next().unwrap();
        kept.extend(next.chars().take(next.chars().count() / 2));
    }
    std::fs::write(path, kept).unwrap();
}

/// Kills a promotion at a point, and goes on with it. Whether it was not provable what became of the import; `None`: the
/// point was not reached this time.
async fn at(
    case: Case,
    point: Point,
    resumes: bool,
    expected: &BTreeMap<String, Value>,
) -> Option<bool> {
    let stand = case.stand().await;
    let killed_at = killed(&stand, stand.args(PROMOTE), point.nth, point.side).await?;
    let place = format!(
        "{case:?} {point:?}: {} {}",
        killed_at.method, killed_at.target
    );
    let written = journal(&stand.ferry.state());
    if let Some(cut) = point.cut {
        if records(&stand) <= cut.records {
            return None;
        }
        cut_off(written.as_ref().unwrap(), cut);
    }
    let after = BTreeSet::from([killed_at.nth]);
    let after = if point.side == Side::After {
        after
    } else {
        BTreeSet::new()
    };
    let run = written.as_deref().and_then(run_of);
    let lost = written.as_deref().is_some_and(is_import_asked_for);
    let output = match &run {
        Some(run) if resumes => resume(&stand, run, None).run().await,
        _ => stand.args(PROMOTE).run().await,
    };
    let unproven = output.exit == 8;
    if unproven {
        assert!(lost, "{place}: {output}");
        says(
            &output,
            &[
                "first asked for at",
                "--assume=started",
                "--assume=not-started",
            ],
        );
        let truth = truth(&stand).await;
        resume(&stand, &run.unwrap(), Some(truth))
            .run()
            .await
            .expect(0);
    } else {
        assert_eq!(output.exit, 0, "{place}: {output}");
    }
    for (instance, kind) in [("test", "export"), ("prod", "export"), ("prod", "import")] {
        let jobs = stand.jobs(instance, kind).await;
        assert_eq!(jobs.len(), 1, "{place}: {kind} of {instance}: {jobs:?}");
    }
    never_dirty(&stand, &after, &place).await;
    assert_eq!(&holds(&stand, "prod").await, expected, "{place}");
    Some(unproven)
}

fn resume(stand: &Stand, run: &str, assume: Option<&str>) -> Call {
    let assume = assume.map(|word| format!("--assume={word}"));
    stand.args(["runs", "resume", run].into_iter().chain(assume.as_deref()))
}

fn run_of(journal: &Path) -> Option<String> {
    let folder = journal.parent()?.file_name()?;
    // Without its head it tells of no run.
    let text = std::fs::read_to_string(journal).unwrap();
    text.contains('\n')
        .then(|| folder.to_str().unwrap().to_owned())
}

/// Whether the last whole record is the intent of the import: then the answer, if there was one, is lost.
fn is_import_asked_for(journal: &Path) -> bool {
    let text = std::fs::read_to_string(journal).unwrap();
    let whole = text
        .split_inclusive('\n')
        .rfind(|line| line.ends_with('\n'));
    let record: Value = serde_json::from_str(whole.unwrap_or("null")).unwrap();
    let event = &record["event"];
    event["part"] == "import" && event["what"]["start"]["intent"].is_object()
}

/// What the console's list shows, once the job has ended.
async fn truth(stand: &Stand) -> &'static str {
    if stand.jobs("prod", "import").await.is_empty() {
        return "not-started";
    }
    eventually("the import has ended", || async {
        let jobs = stand.jobs("prod", "import").await;
        jobs.iter().all(|job| job["state"] == "COMPLETED")
    })
    .await;
    "started"
}
