//! The seeds: each a case of its own, in a runtime of its own.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;

use tokio::runtime::Builder;

use crate::case;
use crate::place::Pace;

/// Names the one seed that is to run.
const ALONE: &str = "FERRY_SIM_SEED";

/// Runs the first `count` seeds, or the one that the environment names.
pub(crate) fn each(count: u64, pace: Pace) {
    if let Some(seed) = alone() {
        return run(seed, pace);
    }
    // Cases wait for the disk, or for the time to pass.
    let threads = match pace {
        Pace::Paused => 4,
        Pace::Real => 10,
    };
    let (next, failed) = (AtomicU64::new(0), Mutex::new(Vec::new()));
    thread::scope(|scope| {
        for _ in 0..threads {
            scope.spawn(|| {
                loop {
                    let seed = next.fetch_add(1, Ordering::Relaxed);
                    if seed >= count {
                        break;
                    }
                    if catch_unwind(AssertUnwindSafe(|| run(seed, pace))).is_err() {
                        failed.lock().unwrap().push(seed);
                    }
                }
            });
        }
    });
    let failed = failed.into_inner().unwrap();
    assert!(failed.is_empty(), "see {ALONE}=… for each of {failed:?}");
}

#[expect(
    clippy::disallowed_methods,
    reason = "the seed that failed is given by hand, for a test alone"
)]
fn alone() -> Option<u64> {
    let seed = std::env::var(ALONE).ok()?;
    Some(seed.parse().expect("a seed is a number"))
}

fn run(seed: u64, pace: Pace) {
    let mut builder = Builder::new_current_thread();
    builder.enable_all().start_paused(pace == Pace::Paused);
    builder.build().unwrap().block_on(case::run(seed, pace));
}
