//! How a run ends.

use ferry_core::exit::Exit;
use ferry_core::flow::Event;

use crate::failure::Fate;
use crate::{Context, Failure, Run};

/// What a flow answers when it did not fail.
pub(crate) trait Reported {
    /// The exit code.
    fn exit(&self) -> Exit;
    /// `false` when the same command goes on (`--no-wait`).
    fn is_final(&self) -> bool;
}

/// Ends a run: a final report or failure closes it, anything else leaves it to be gone on with.
pub(crate) fn close<R: Reported>(
    context: &Context,
    run: &mut Run,
    outcome: Result<R, Failure>,
) -> Result<R, Failure> {
    let (exit, note) = match &outcome {
        Ok(report) if !report.is_final() => return outcome,
        Ok(report) => (report.exit(), report.exit().name().to_owned()),
        Err(failure) if stays_open(run, failure) => {
            return outcome.map_err(|failure| explain(run, failure));
        }
        Err(failure) => (failure.exit(), failure.to_string()),
    };
    run.append(context.now(), &Event::Finished { exit, note })?;
    outcome
}

/// Once a job was asked for, only proof closes the run: else a repeated command could start a second one.
fn stays_open(run: &Run, failure: &Failure) -> bool {
    match failure.fate() {
        Fate::Open => true,
        Fate::Closed => false,
        Fate::ByJournal => run.has_asked(),
    }
}

fn explain(run: &Run, failure: Failure) -> Failure {
    let id = run.id();
    let unsure = matches!(failure.exit(), Exit::Conflict | Exit::TimedOut) && run.has_asked();
    let failure = failure.evidence(format!(
        "run {id} stays open: `ferry runs show {id}` tells what it did"
    ));
    if unsure {
        return failure.next(format!(
            "once it is sure that no job of it runs: `ferry runs abandon {id}`, and repeat the command"
        ));
    }
    failure
}
