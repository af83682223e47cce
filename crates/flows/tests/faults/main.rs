//! Every fault of the emulator at every step of a promotion, in paused time: it ends done, partly done with a right report,
//! or stopped and resumable; never wrong, never silent, never endless.
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

use ferry_testkit::fixtures::note;

use cases::{cases, steps};
use check::{Tally, tried, undisturbed};
use stand::Stand;

#[tokio::test(start_paused = true)]
async fn a_promotion_survives_every_fault_at_every_step() {
    let load = tempfile::tempdir().unwrap();
    stand::write(load.path()).await;
    let stand = Stand::start(load.path());
    undisturbed(stand.promote().await);
    let wanted = stand.state().await;
    let steps = steps(&stand.emulator.journal());
    let cases = cases(&steps);
    let (mut wrong, mut tally) = (Vec::new(), Tally::default());
    for case in &cases {
        let stand = Stand::start(load.path());
        if let Err(why) = Box::pin(tried(&stand, case, &wanted, &mut tally)).await {
            wrong.push(format!("{case}:\n    {why}"));
        }
    }
    note(&format!(
        "faults: {} steps, {} cases: {} done, {} partly, {} done when repeated, {} not to be known, {} with a job that never ends",
        steps.len(),
        cases.len(),
        tally.done,
        tally.partly,
        tally.resumed,
        tally.lost,
        tally.endless
    ));
    assert!(
        wrong.is_empty(),
        "{} of {}:\n{}",
        wrong.len(),
        cases.len(),
        wrong.join("\n")
    );
}
