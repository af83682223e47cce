//! Lists of tests with a reason each, in a file for people: the id, a tab, the reason.

use std::collections::BTreeMap;

use anyhow::{Context, Result, bail};

/// Tests, and why they stand there.
#[derive(Debug, Default)]
pub(super) struct List<'a>(BTreeMap<&'a str, &'a str>);

impl<'a> List<'a> {
    /// Lines that begin with `#` are for the reader.
    pub(super) fn parse(text: &'a str) -> Result<Self> {
        let mut rows = BTreeMap::new();
        for line in text.lines().filter(|line| !line.starts_with('#')) {
            let (id, reason) = line
                .split_once('\t')
                .filter(|(id, reason)| !id.is_empty() && !reason.trim().is_empty())
                .with_context(|| format!("no id, tab and reason: {line:?}"))?;
            if rows.insert(id, reason.trim()).is_some() {
                bail!("{id} stands there twice");
            }
        }
        Ok(Self(rows))
    }

    pub(super) fn has(&self, id: &str) -> bool {
        self.0.contains_key(id)
    }

    pub(super) fn ids(&self) -> impl Iterator<Item = &'a str> {
        self.0.keys().copied()
    }

    /// The rows as a page shows them.
    pub(super) fn table(&self) -> String {
        if self.0.is_empty() {
            return "None.".to_owned();
        }
        let rows = self.0.iter();
        let rows =
            rows.map(|(id, reason)| format!("| `{id}` | {} |\n", reason.replace('|', "\\|")));
        format!(
            "| Test | Why it does not pass |\n| --- | --- |\n{}",
            rows.collect::<String>()
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_are_read_and_shown() {
        let list = List::parse("# for the reader\nb.py::B::b\tno b\na.py::A::a\ta | b\n").unwrap();
        assert!(list.has("a.py::A::a"));
        assert!(!list.has("c.py::C::c"));
        assert_eq!(list.ids().collect::<Vec<_>>(), ["a.py::A::a", "b.py::B::b"]);
        assert_eq!(
            list.table(),
            "| Test | Why it does not pass |\n| --- | --- |\n\
             | `a.py::A::a` | a \\| b |\n| `b.py::B::b` | no b |\n"
        );
        assert_eq!(List::parse("# nothing\n").unwrap().table(), "None.");
    }

    #[test]
    fn every_row_has_a_reason_of_its_own() {
        for text in ["a\n", "a\t\n", "\tno id\n", "a\tone\na\ttwo\n", "\n"] {
            assert!(List::parse(text).is_err(), "{text:?}");
        }
    }
}
