//! Every fault of the emulator at every step of a promotion, in paused time: it ends done, partly done with a right report,
//! or stopped and resumable; never wrong, never silent, never endless.
//!
//! One case in [`ONE_IN`] is run: each step meets some faults, once or for ever. `FERRY_FAULTS=all` runs every one, and
//! another text those whose name has it.
#![expect(
    clippy::indexing_slicing,
    clippy::unwrap_used,
    reason = "helpers of tests"
)]

mod cases;
mod check;
#[path = "../shared/environment.rs"]
mod environment;
#[path = "../shared/files.rs"]
mod files;
mod stand;

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use ferry_testkit::fixtures::note;
use tokio::runtime::{Builder, Runtime};

use cases::{Case, cases, steps};
use check::{Tally, tried, undisturbed};
use stand::{Stand, State};

/// Of so many cases one is run.
const ONE_IN: usize = 13;

/// Cases wait for the disk.
const THREADS: usize = 3;

#[test]
fn a_promotion_survives_every_fault_at_every_step() {
    let load = tempfile::tempdir().unwrap();
    let (wanted, journal) = paused().block_on(async {
        stand::write(load.path()).await;
        let stand = Stand::start(load.path());
        undisturbed(stand.promote().await);
        (stand.state().await, stand.emulator.journal())
    });
    let steps = steps(&journal);
    let every = cases(&steps);
    let all = every.len();
    let cases = chosen(every);
    let (next, tally) = (AtomicUsize::new(0), Mutex::new(Tally::default()));
    let wrong = Mutex::new(Vec::new());
    thread::scope(|scope| {
        for _ in 0..THREADS {
            scope.spawn(|| {
                while let Some(case) = cases.get(next.fetch_add(1, Ordering::Relaxed)) {
                    if let Err(why) = alone(load.path(), case, &wanted, &tally) {
                        note(&format!("{case}: {why}"));
                        wrong.lock().unwrap().push(format!("{case}:\n    {why}"));
                    }
                }
            });
        }
    });
    let tally = tally.into_inner().unwrap();
    note(&format!(
        "faults: {} steps, {} of {all} cases: {} done, {} partly, {} done when repeated, {} not to be known, {} with a job that \
         never ends",
        steps.len(),
        cases.len(),
        tally.done,
        tally.partly,
        tally.resumed,
        tally.lost,
        tally.endless
    ));
    let wrong = wrong.into_inner().unwrap();
    assert!(
        wrong.is_empty(),
        "{} of {}:\n{}",
        wrong.len(),
        cases.len(),
        wrong.join("\n")
    );
}

fn paused() -> Runtime {
    let mut builder = Builder::new_current_thread();
    builder.enable_all().start_paused(true).build().unwrap()
}

/// One case with a clock of its own.
fn alone(load: &Path, case: &Case, wanted: &State, tally: &Mutex<Tally>) -> Result<(), String> {
    let run = || {
        paused().block_on(async {
            let stand = Stand::start(load);
            Box::pin(tried(&stand, case, wanted)).await
        })
    };
    let end =
        catch_unwind(AssertUnwindSafe(run)).unwrap_or_else(|_| Err("it panics".to_owned()))?;
    tally.lock().unwrap().add(end);
    Ok(())
}

#[expect(
    clippy::disallowed_methods,
    reason = "what is to be run is given by hand, for a test alone"
)]
fn chosen(all: Vec<Case>) -> Vec<Case> {
    match std::env::var("FERRY_FAULTS") {
        Ok(word) if word == "all" => all,
        Ok(word) => all
            .into_iter()
            .filter(|case| case.to_string().contains(&word))
            .collect(),
        // Odd, so that once and for ever take turns, and so that the faults that are met move on from step to step.
        Err(_) => all.into_iter().step_by(ONE_IN).collect(),
    }
}
