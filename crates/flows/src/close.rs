//! How a run ends.

use ferry_core::exit::Exit;
use ferry_core::flow::Event;

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
        Err(failure) if failure.is_open() => {
            return outcome.map_err(|failure| {
                failure.evidence(format!(
                    "run {} stays open: `ferry runs show` tells what it did",
                    run.id()
                ))
            });
        }
        Err(failure) => (failure.exit(), failure.to_string()),
    };
    run.append(context.now(), &Event::Finished { exit, note })?;
    outcome
}
