//! What went otherwise than expected.

use std::error::Error;

use ferry_core::exit::Exit;
use ferry_flows::{ExportReport, Failure, ImportReport};

use crate::expect::End;

/// What went otherwise than expected in one case.
#[derive(Debug, Default)]
pub(crate) struct Findings(pub(crate) Vec<String>);

impl Findings {
    pub(crate) fn check(&mut self, holds: bool, what: impl FnOnce() -> String) {
        if !holds {
            self.0.push(what());
        }
    }

    /// Whether a command ended as expected, and said what it was to say.
    pub(crate) fn ended<R: Report>(
        &mut self,
        command: &str,
        expected: &End,
        outcome: &Result<R, Failure>,
    ) {
        let (exit, said) = match outcome {
            Ok(report) => (report.exit(), report.notes().join("; ")),
            Err(failure) => (failure.exit(), all_of(failure)),
        };
        self.check(exit == expected.exit, || {
            format!(
                "{command}: expected {:?}, it ended {exit:?}: {said}",
                expected.exit
            )
        });
        for one_of in &expected.says {
            self.check(one_of.iter().any(|words| said.contains(words)), || {
                format!("{command}: expected it to say one of {one_of:?}, it said: {said}")
            });
        }
    }
}

/// What the reports of the commands have in common.
pub(crate) trait Report {
    fn exit(&self) -> Exit;
    fn notes(&self) -> &[String];
}

impl Report for ExportReport {
    fn exit(&self) -> Exit {
        self.exit
    }

    fn notes(&self) -> &[String] {
        &self.notes
    }
}

impl Report for ImportReport {
    fn exit(&self) -> Exit {
        self.exit
    }

    fn notes(&self) -> &[String] {
        &self.notes
    }
}

/// What happened, why, the evidence and the next steps.
fn all_of(failure: &Failure) -> String {
    let mut text = vec![failure.to_string()];
    let mut source = failure.source();
    while let Some(cause) = source {
        text.push(cause.to_string());
        source = cause.source();
    }
    text.extend(failure.facts().iter().chain(failure.next_steps()).cloned());
    text.join("; ")
}
