//! A promotion that is killed at any request, or whose journal ends anywhere, comes to the same end: nothing starts twice,
//! and nothing is active with a connection of the source.
#![expect(
    clippy::indexing_slicing,
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "helpers of tests"
)]

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::path::Path;
use std::sync::Arc;

use ferry_e2e::crossing::{LIVE, OVERRIDES, crossing, holds, never_dirty};
use ferry_e2e::kill::{journal, starts, stopped};
use ferry_e2e::{Stand, eventually, says};
use ferry_emulator::{Load, Recorded, Side};
use ferry_testkit::cli::Call;
use serde_json::Value;
use tokio::sync::Semaphore;
use tokio::task::JoinSet;

/// Points that run at once.
static SLOTS: Semaphore = Semaphore::const_new(3);

/// More than a promotion has under way at once.
const AHEAD: u64 = 16;

const PROMOTE: [&str; 4] = ["promote", "test", "prod", "--live=stop"];

/// Where a promotion is killed, and how much of its journal is left.
#[derive(Debug, Clone, Copy)]
struct Point {
    nth: u64,
    side: Side,
    cut: Option<Cut>,
}

/// The end of a journal: so many records of those that were written since the request before, and whether a half of the
/// next one. What follows a record is done after its sync, so any such end may be met.
#[derive(Debug, Clone, Copy)]
struct Cut {
    records: usize,
    half: bool,
}

/// The generation of the target, and where it is killed.
#[derive(Debug, Clone, Copy)]
struct Case {
    to: u8,
    /// Only so many requests before and behind those that start a job; `None`: everywhere.
    around: Option<usize>,
}

impl Case {
    async fn stand(self) -> Stand {
        let (options, _load) = crossing(3, self.to);
        let stand = Stand::with(options).await;
        stand.ferry.write("prod.overrides.toml", OVERRIDES);
        stand
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_promotion_of_gen3_comes_to_the_same_end() {
    let reached = everywhere(Case {
        to: 3,
        around: None,
    })
    .await;
    assert!(reached >= 60, "only {reached} points");
}

/// Where a job has no name, what became of a lost answer is never found out by asking again.
#[tokio::test(flavor = "multi_thread")]
async fn a_promotion_to_gen2_comes_to_the_same_end() {
    let reached = everywhere(Case {
        to: 2,
        around: Some(2),
    })
    .await;
    assert!(reached >= 20, "only {reached} points");
}

/// At how many points it was killed.
async fn everywhere(case: Case) -> usize {
    let (made, written, expected) = undisturbed(case).await;
    let is_near = |nth: usize| {
        let mut starting = (1..).zip(&made).filter(|(_, record)| starts(record));
        case.around
            .is_none_or(|around| starting.any(|(at, _)| nth.abs_diff(at) <= around))
    };
    let expected = Arc::new(expected);
    let mut points = Vec::new();
    let mut before = 0;
    for (at, (record, records)) in (1..).zip(made.iter().zip(&written)) {
        let nth = at as u64;
        if !is_near(at) {
            before = *records;
            continue;
        }
        // Behind a read all is as it is before the next request.
        let sides = match record.method.as_str() {
            "GET" | "HEAD" => &[Side::Before][..],
            _ => &[Side::Before, Side::After],
        };
        for &side in sides {
            points.push(Point {
                nth,
                side,
                cut: None,
            });
        }
        for records in 0..*records - before {
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
        "{case:?}: {} requests and {before} records, at {} points, {unproven} of them not provable; {} came too late",
        made.len(),
        reached.len(),
        seen.len() - reached.len(),
    );
    assert!(unproven > 0, "no answer was lost");
    reached.len()
}

/// The requests, how many records are written before each, and what the target holds in the end.
async fn undisturbed(case: Case) -> (Vec<Recorded>, Vec<usize>, BTreeMap<String, Value>) {
    let stand = case.stand().await;
    let emulator = &stand.running.emulator;
    let mut written = Vec::new();
    let mut nth = emulator.requests() + 1;
    // Several come at once, and each must meet its barrier.
    let ahead = nth..nth + AHEAD;
    let ahead = ahead.map(|nth| emulator.barrier(nth, Side::Before));
    let mut ahead: VecDeque<_> = ahead.collect();
    let mut running = stand.args(PROMOTE).spawn();
    while let Some(barrier) = ahead.pop_front() {
        if !stopped(&barrier, &mut running).await {
            barrier.release();
            break;
        }
        written.push(records(&stand));
        ahead.push_back(emulator.barrier(nth + AHEAD, Side::Before));
        nth += 1;
        barrier.release();
    }
    for barrier in ahead {
        barrier.release();
    }
    running.wait().await.expect(0);
    let started = never_dirty(
        &stand,
        stand.changes(),
        &LIVE,
        &BTreeSet::new(),
        "undisturbed",
    )
    .await;
    assert_eq!(started, 2, "NIGHTLY begins, HEARTBEAT goes on");
    let mut made = emulator.journal();
    made.retain(|record| record.nth < nth && record.nth + written.len() as u64 >= nth);
    (made, written, holds(&stand, "prod").await)
}

/// How many whole records the journal has, its head not counted.
fn records(stand: &Stand) -> usize {
    journal(&stand.ferry.state()).map_or(0, |path| {
        let text = std::fs::read_to_string(path).unwrap();
        text.matches('\n').count().saturating_sub(1)
    })
}

/// Leaves so many records, and perhaps a half of the next one.
fn cut_off(path: &Path, records: usize, half: bool) {
    let text = std::fs::read_to_string(path).unwrap();
    let mut lines = text.split_inclusive('\n');
    let mut kept: String = lines.by_ref().take(1 + records).collect();
    if half {
        let next = lines.next().unwrap();
        kept.extend(next.chars().take(next.chars().count() / 2));
    }
    std::fs::write(path, kept).unwrap();
}

/// Kills a promotion at a point. `None`: the point was not reached this time.
async fn killed_at(stand: &Stand, point: Point) -> Option<Recorded> {
    let emulator = &stand.running.emulator;
    let before = emulator.barrier(emulator.requests() + point.nth - 1, Side::Before);
    let nth = emulator.requests() + point.nth;
    let barrier = emulator.barrier(nth, point.side);
    let mut running = stand.args(PROMOTE).spawn();
    let mut written = 0;
    if point.nth > 1 {
        if !stopped(&before, &mut running).await {
            running.wait().await.expect(0);
            return None;
        }
        written = records(stand);
        before.release();
    }
    if !stopped(&barrier, &mut running).await {
        running.wait().await.expect(0);
        return None;
    }
    running.kill9().await.expect(137);
    if let Some(cut) = point.cut {
        let left = written + cut.records;
        // A request beside this one may be what a record announced.
        if left >= records(stand) || emulator.requests() > nth {
            return None;
        }
        cut_off(&journal(&stand.ferry.state()).unwrap(), left, cut.half);
    }
    let all = emulator.journal();
    Some(all.into_iter().find(|record| record.nth == nth).unwrap())
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
    let killed_at = killed_at(&stand, point).await?;
    let place = format!(
        "{case:?} {point:?}: {} {}",
        killed_at.method, killed_at.target
    );
    let written = journal(&stand.ferry.state());
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
        _ => patient(stand.args(PROMOTE)).run().await,
    };
    let unproven = output.exit == 8;
    if unproven
        && case.to == 2
        && point.side == Side::Before
        && jobs(&stand, "prod").await == 0
        && !lost
    {
        // The safety copy of generation 2 was never asked for, and no archive can come and prove it.
        says(
            &output,
            &[
                "first asked for at",
                "no new archive came in the time given",
            ],
        );
        return Some(true);
    }
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
    assert_eq!(
        never_dirty(&stand, stand.changes(), &LIVE, &after, &place).await,
        2,
        "{place}"
    );
    assert_eq!(&holds(&stand, "prod").await, expected, "{place}");
    Some(unproven)
}

/// A new archive of generation 2 is waited for, in vain where the export was never asked for.
fn patient(call: Call) -> Call {
    call.env("FERRY_TIMEOUT", "5s")
}

async fn jobs(stand: &Stand, instance: &str) -> usize {
    stand.jobs(instance, "export").await.len()
}

fn resume(stand: &Stand, run: &str, assume: Option<&str>) -> Call {
    let assume = assume.map(|word| format!("--assume={word}"));
    let args = ["runs", "resume", run].into_iter().chain(assume.as_deref());
    patient(stand.args(args))
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

/// One promotion of five hundred integrations, killed thirty times in a row at requests of chance.
#[tokio::test(flavor = "multi_thread")]
async fn thirty_kills_in_a_row_hurt_no_promotion_of_five_hundred() {
    const KILLS: usize = 30;
    const SEED: u64 = 7;
    println!("seed {SEED}");
    let mut rng = fastrand::Rng::with_seed(SEED);
    let mut options = ferry_e2e::options();
    options.load = Load::Generated { integrations: 500 };
    options.switches.job_seconds = 60;
    let stand = Stand::with(options).await;
    let emulator = &stand.running.emulator;
    let promote = ["promote", "test", "prod"];
    let mut after = BTreeSet::new();
    let mut word = None;
    // The emulator remembers so many requests and no more.
    let (mut changes, mut seen) = (Vec::new(), 0);
    let mut remember = |stand: &Stand| {
        let new = stand.changes().into_iter();
        changes.extend(new.filter(|record| record.nth > seen));
        seen = stand.running.emulator.requests();
    };
    for kill in 0..KILLS {
        let run = journal(&stand.ferry.state()).as_deref().and_then(run_of);
        let call = match &run {
            Some(run) => resume(&stand, run, word),
            None => stand.args(promote),
        };
        let side = if rng.bool() {
            Side::Before
        } else {
            Side::After
        };
        let nth = emulator.requests() + rng.u64(1..=MOST);
        let barrier = emulator.barrier(nth, side);
        let mut running = call.spawn();
        if stopped(&barrier, &mut running).await {
            running.kill9().await.expect(137);
            if side == Side::After {
                after.insert(nth);
            }
            word = None;
        } else {
            barrier.release();
            let output = running.wait().await;
            assert_eq!(output.exit, 8, "kill {kill} came too late: {output}");
            word = Some(truth(&stand).await);
        }
        remember(&stand);
    }
    let run = journal(&stand.ferry.state())
        .as_deref()
        .and_then(run_of)
        .unwrap();
    let mut output = resume(&stand, &run, word).run().await;
    if output.exit == 8 {
        output = resume(&stand, &run, Some(truth(&stand).await)).run().await;
    }
    remember(&stand);
    assert_eq!(output.exit, 0, "{output}");
    println!("{} requests", emulator.requests());
    never_dirty(&stand, changes, &[], &after, "five hundred").await;
    for (instance, kind) in [("test", "export"), ("prod", "export"), ("prod", "import")] {
        assert_eq!(
            stand.jobs(instance, kind).await.len(),
            1,
            "{kind} of {instance}"
        );
    }
}

/// So many requests a process makes at most before it is killed.
const MOST: u64 = 300;
