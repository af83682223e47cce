//! What a command answers with.

use ferry_core::exit::Exit;
use serde::Serialize;
use serde_json::Value;

/// A result in both forms.
#[derive(Clone, Debug, Default)]
pub(crate) struct Report {
    /// For scripts: the `report` of the envelope.
    pub json: Value,
    /// For people: whole lines, no colour.
    pub text: String,
    /// For a page, where it has a form of its own; else the text is a block of code.
    pub markdown: Option<String>,
}

impl Report {
    /// Both forms.
    pub(crate) fn new(data: &impl Serialize, text: impl Into<String>) -> Self {
        // A report is made of plain structs with text keys, so this cannot fail.
        Self {
            json: serde_json::to_value(data).unwrap_or_default(),
            text: text.into(),
            markdown: None,
        }
    }

    /// The same with a form of its own for a page.
    pub(crate) fn with_markdown(self, markdown: impl Into<String>) -> Self {
        Self {
            markdown: Some(markdown.into()),
            ..self
        }
    }

    /// Nothing to show people beyond what was said already.
    pub(crate) fn json_only(json: Value) -> Self {
        Self {
            json,
            text: String::new(),
            markdown: None,
        }
    }
}

/// How a command ended when it could answer.
#[derive(Clone, Debug)]
pub(crate) struct Outcome {
    /// The exit code; not only 0: a "no" is an answer too.
    pub exit: Exit,
    /// The result.
    pub report: Option<Report>,
}

impl Outcome {
    /// An answer.
    pub(crate) fn new(exit: Exit, report: Report) -> Self {
        Self {
            exit,
            report: Some(report),
        }
    }

    /// An answer that was printed already.
    pub(crate) fn printed(exit: Exit) -> Self {
        Self { exit, report: None }
    }
}
