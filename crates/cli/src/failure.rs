//! Why a command did not do what was asked: exit code, message, causes, evidence, next step.

use std::error::Error;

use ferry_core::exit::Exit;
use serde_json::{Value, json};

use crate::config::ConfigError;
use crate::output::Report;
use crate::output::markup::code;

/// Why a command did not do what was asked.
#[derive(Debug)]
pub(crate) struct Failure(Box<Parts>);

/// Its parts.
#[derive(Debug)]
pub(crate) struct Parts {
    /// The exit code.
    pub exit: Exit,
    /// What did not work, in one line.
    pub message: String,
    /// Why, from near to far; each once.
    pub causes: Vec<String>,
    /// What was seen: the request, the status, the server's request id.
    pub evidence: Vec<String>,
    /// What to do next.
    pub hints: Vec<String>,
    /// What was done all the same.
    pub report: Option<Report>,
}

impl Failure {
    /// A failure with a message alone.
    pub(crate) fn new(exit: Exit, message: impl Into<String>) -> Self {
        Self(Box::new(Parts {
            exit,
            message: message.into(),
            causes: Vec::new(),
            evidence: Vec::new(),
            hints: Vec::new(),
            report: None,
        }))
    }

    /// Adds an error and what lies under it.
    pub(crate) fn because(mut self, error: &(dyn Error + 'static)) -> Self {
        let mut next = Some(error);
        while let Some(error) = next {
            self = self.cause(error.to_string());
            next = error.source();
        }
        self
    }

    /// Adds a cause, unless it was told already.
    pub(crate) fn cause(mut self, text: impl Into<String>) -> Self {
        let text = text.into();
        let told = self.0.message.contains(&text)
            || self.0.causes.iter().any(|cause| cause.contains(&text));
        if !told && !text.is_empty() {
            self.0.causes.push(text);
        }
        self
    }

    /// Adds something seen.
    pub(crate) fn evidence(mut self, text: impl Into<String>) -> Self {
        self.0.evidence.push(text.into());
        self
    }

    /// Adds a next step.
    pub(crate) fn hint(mut self, text: impl Into<String>) -> Self {
        self.0.hints.push(text.into());
        self
    }

    /// Adds what was done all the same.
    pub(crate) fn report(mut self, report: Report) -> Self {
        self.0.report = Some(report);
        self
    }

    /// Everything.
    pub(crate) fn parts(&self) -> &Parts {
        &self.0
    }

    /// The same with another exit code: which signal stopped a flow is known here only.
    pub(crate) fn with_exit(mut self, exit: Exit) -> Self {
        self.0.exit = exit;
        self
    }

    /// The same without commands to type next: they would not reach a throw-away emulator, which is gone by then.
    pub(crate) fn of_throw_away(mut self) -> Self {
        let stale = |text: &String| text.contains("`ferry ") || text.contains("repeat the command");
        self.0.evidence.retain(|text| !stale(text));
        let before = self.0.hints.len();
        self.0.hints.retain(|text| !stale(text));
        if self.0.hints.len() < before {
            self.0.hints.push(
                "the throw-away emulator is gone; keep one with --emulator=DIR to go on with it"
                    .to_owned(),
            );
        }
        self
    }

    /// As the summary of a pipeline shows it: nothing in it acts as markup.
    pub(crate) fn page(&self, command: &str, line: impl Fn(&str) -> String) -> String {
        let parts = self.parts();
        let mut page = format!(
            "## {} ended with {}: {}\n\n{}\n",
            code(command),
            parts.exit.code(),
            code(parts.exit.name()),
            code(&parts.message)
        );
        let causes = parts.causes.iter().map(|text| ("cause", text));
        let evidence = parts.evidence.iter().map(|text| ("evidence", text));
        for (nth, (what, text)) in causes.chain(evidence).enumerate() {
            let gap = if nth == 0 { "\n" } else { "" };
            page += &format!("{gap}- {what}: {}\n", code(&line(text)));
        }
        if !parts.hints.is_empty() {
            page += "\n### Next\n\n";
            let hints = parts.hints.iter();
            page.extend(hints.map(|hint| format!("- {}\n", code(&line(hint)))));
        }
        page
    }

    /// As the JSON envelope shows it.
    pub(crate) fn json(&self) -> Value {
        let parts = self.parts();
        json!({
            "kind": parts.exit.name(),
            "message": parts.message,
            "causes": parts.causes,
            "evidence": parts.evidence,
            "hints": parts.hints,
        })
    }
}

impl From<ConfigError> for Failure {
    fn from(error: ConfigError) -> Self {
        let (exit, hint) = error.parts();
        let failure = Self::new(exit, error.to_string());
        match hint {
            Some(hint) if !hint.is_empty() => failure.hint(hint),
            _ => failure,
        }
    }
}

impl From<ferry_flows::Failure> for Failure {
    fn from(error: ferry_flows::Failure) -> Self {
        let mut failure = Self::new(error.exit(), error.to_string());
        if let Some(source) = error.source() {
            failure = failure.because(source);
        }
        failure = error
            .facts()
            .iter()
            .fold(failure, |failure, fact| failure.evidence(fact.clone()));
        failure = error
            .next_steps()
            .iter()
            .fold(failure, |failure, step| failure.hint(step.clone()));
        match error.partial_report() {
            Some(report) => failure.report(Report::json_only(report.clone())),
            None => failure,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug)]
    struct Layer(&'static str, Option<Box<Layer>>);

    impl std::fmt::Display for Layer {
        fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
            f.write_str(self.0)
        }
    }

    impl Error for Layer {
        fn source(&self) -> Option<&(dyn Error + 'static)> {
            self.1.as_deref().map(|layer| layer as _)
        }
    }

    #[test]
    fn the_chain_is_told_once() {
        let deep = Layer("connection refused", None);
        let error = Layer(
            "GET failed",
            Some(Box::new(Layer(
                "GET failed: connection refused",
                Some(Box::new(deep)),
            ))),
        );
        let failure = Failure::new(Exit::Unavailable, "the listing failed").because(&error);
        assert_eq!(
            failure.parts().causes,
            ["GET failed", "GET failed: connection refused"]
        );
    }
}
