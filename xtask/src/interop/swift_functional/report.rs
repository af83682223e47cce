//! What became of each test, as `ferry_report.py` writes it down.

use std::collections::BTreeMap;

use anyhow::{Context, Result, bail};
use serde_json::Value;

/// What became of a test; the later one weighs more.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
enum Outcome {
    Passed,
    /// With the reason.
    Skipped(String),
    /// With the last line of what pytest shows.
    Failed(String),
}

/// Every test that was begun.
#[derive(Debug)]
pub(super) struct Report(BTreeMap<String, Outcome>);

impl Report {
    pub(super) fn parse(text: &str) -> Result<Self> {
        let mut tests = BTreeMap::new();
        for line in text.lines() {
            let value: Value = serde_json::from_str(line).context("a line of JSON")?;
            let field = |name: &str| {
                let field = value.get(name).and_then(Value::as_str);
                field.with_context(|| format!("no {name} in {line}"))
            };
            let outcome = match field("outcome")? {
                "passed" => Outcome::Passed,
                "skipped" => Outcome::Skipped(one_line(field("why")?)),
                "failed" => Outcome::Failed(one_line(field("why")?)),
                other => bail!("an outcome named {other}"),
            };
            // A test that passed may fail while it is taken down.
            let test = tests.entry(field("id")?.to_owned());
            let worst = test.or_insert(Outcome::Passed);
            if outcome > *worst {
                *worst = outcome;
            }
        }
        Ok(Self(tests))
    }

    pub(super) fn total(&self) -> usize {
        self.0.len()
    }

    pub(super) fn has(&self, id: &str) -> bool {
        self.0.contains_key(id)
    }

    pub(super) fn has_passed(&self, id: &str) -> bool {
        self.0.get(id) == Some(&Outcome::Passed)
    }

    pub(super) fn passed(&self) -> usize {
        let outcomes = self.0.values();
        outcomes
            .filter(|outcome| **outcome == Outcome::Passed)
            .count()
    }

    /// Ids and reasons.
    pub(super) fn skipped(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().filter_map(|(id, outcome)| match outcome {
            Outcome::Skipped(why) => Some((&**id, &**why)),
            _ => None,
        })
    }

    /// Ids and what was wrong, in a line.
    pub(super) fn failed(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().filter_map(|(id, outcome)| match outcome {
            Outcome::Failed(why) => Some((&**id, &**why)),
            _ => None,
        })
    }
}

/// The first line of an error in pytest's text (its lines begin with `E`), or the last line there is.
fn one_line(text: &str) -> String {
    let mut lines = text.lines().map(str::trim);
    let error = lines.clone().find_map(|line| line.strip_prefix("E  "));
    let line = error.or_else(|| lines.rfind(|line| !line.is_empty()));
    line.unwrap_or("it does not say why").trim().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn outcomes_are_counted() {
        let report = Report::parse(
            r#"{"id": "a", "outcome": "passed", "why": ""}
{"id": "a", "outcome": "failed", "why": "    self.x()\nE   AssertionError: 1 != 2\nE   more\n\na.py:1: AssertionError"}
{"id": "b", "outcome": "skipped", "why": "Skipped: no b"}
{"id": "c", "outcome": "passed", "why": ""}
"#,
        )
        .unwrap();
        assert_eq!((report.total(), report.passed()), (3, 1));
        assert_eq!(
            report.failed().collect::<Vec<_>>(),
            [("a", "AssertionError: 1 != 2")]
        );
        assert_eq!(
            report.skipped().collect::<Vec<_>>(),
            [("b", "Skipped: no b")]
        );
        assert!(report.has("b") && !report.has_passed("b") && report.has_passed("c"));
    }

    #[test]
    fn what_is_no_report_is_refused() {
        for line in ["x", "{}", r#"{"id": "a", "outcome": "lost", "why": ""}"#] {
            assert!(Report::parse(line).is_err(), "{line}");
        }
    }
}
