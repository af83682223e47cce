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
    if !ends(run, &outcome) {
        return outcome.map_err(|failure| explain(run, failure));
    }
    let (exit, note) = match &outcome {
        Ok(report) => (report.exit(), report.exit().name().to_owned()),
        Err(failure) => (failure.exit(), failure.to_string()),
    };
    run.append(context.now(), &Event::Finished { exit, note })?;
    outcome
}

/// Whether nothing of the run is left to do after this.
pub(crate) fn ends<R: Reported>(run: &Run, outcome: &Result<R, Failure>) -> bool {
    match outcome {
        Ok(report) => report.is_final(),
        Err(failure) => !stays_open(run, failure),
    }
}

/// Once a job was asked for, only proof closes the run: else a repeated command could start a second one.
fn stays_open(run: &Run, failure: &Failure) -> bool {
    match failure.fate() {
        Fate::Open | Fate::Unproven => true,
        Fate::Closed => false,
        Fate::ByJournal => run.has_asked(),
    }
}

fn explain(run: &Run, failure: Failure) -> Failure {
    let id = run.id();
    let unsure = matches!(failure.exit(), Exit::Conflict | Exit::TimedOut) && run.has_asked();
    let waits = failure.fate() == Fate::Unproven;
    let mut failure = failure.evidence(format!(
        "run {id} stays open: `ferry runs show {id}` tells what it did, `ferry runs resume {id}` goes on with it"
    ));
    if waits {
        failure = failure
            .next(format!(
                "the job is in the console's list, and has ended: `ferry runs resume {id} --assume=started`"
            ))
            .next(format!(
                "no such job is in the list: `ferry runs resume {id} --assume=not-started`"
            ));
    }
    if unsure {
        return failure.next(format!(
            "once it is sure that no job of it runs: `ferry runs abandon {id}`, and repeat the command"
        ));
    }
    failure
}
