//! What was found in an archive.

use serde::Serialize;

/// A hostile archive can have half a million findings; nobody reads more than these.
const KEPT: usize = 1000;

/// How bad a finding is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// Readable, but not what the service is known to write, or unsafe to extract.
    Warning,
    /// The archive is damaged, incomplete, ambiguous, or could not be checked.
    Error,
}

/// One fact about an archive that a person should know.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// How bad it is.
    pub severity: Severity,
    /// The entry it is about, with control and direction characters escaped; `None` for the whole file.
    pub entry: Option<String>,
    /// The fact, as a lowercase fragment.
    pub what: String,
}

/// Collects findings, in the order of their discovery, within a bound.
#[derive(Debug, Default)]
pub(crate) struct Findings {
    kept: Vec<Finding>,
    more: u64,
    worst_of_more: Option<Severity>,
}

impl Findings {
    pub(crate) fn error(&mut self, what: impl Into<String>) {
        self.add(Severity::Error, None, what.into());
    }

    pub(crate) fn entry_error(&mut self, entry: &str, what: impl Into<String>) {
        self.add(Severity::Error, Some(entry), what.into());
    }

    pub(crate) fn entry_warning(&mut self, entry: &str, what: impl Into<String>) {
        self.add(Severity::Warning, Some(entry), what.into());
    }

    pub(crate) fn warning(&mut self, what: impl Into<String>) {
        self.add(Severity::Warning, None, what.into());
    }

    /// Takes over what was collected apart.
    pub(crate) fn append(&mut self, other: Self) {
        for finding in other.into_vec() {
            self.add(finding.severity, finding.entry.as_deref(), finding.what);
        }
    }

    /// The same findings, of a zip that lies at a place.
    pub(crate) fn at(self, place: &str) -> Self {
        let mut moved = Self::default();
        for finding in self.into_vec() {
            let entry = match finding.entry {
                Some(entry) if place.is_empty() => Some(entry),
                Some(entry) => Some(format!("{place}!{entry}")),
                None => Some(place.to_owned()).filter(|place| !place.is_empty()),
            };
            moved.add(finding.severity, entry.as_deref(), finding.what);
        }
        moved
    }

    fn add(&mut self, severity: Severity, entry: Option<&str>, what: String) {
        if self.kept.len() < KEPT {
            let entry = entry.map(str::to_owned);
            self.kept.push(Finding {
                severity,
                entry,
                what,
            });
        } else {
            self.more = self.more.saturating_add(1);
            self.worst_of_more = self.worst_of_more.max(Some(severity));
        }
    }

    /// The findings; those behind the bound as one, as bad as the worst of them.
    pub(crate) fn into_vec(self) -> Vec<Finding> {
        let mut all = self.kept;
        if let Some(severity) = self.worst_of_more {
            let what = format!("{} more findings", self.more);
            all.push(Finding {
                severity,
                entry: None,
                what,
            });
        }
        all
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_error_behind_the_bound_is_still_an_error() {
        let mut findings = Findings::default();
        for _ in 0..KEPT {
            findings.warning("odd");
        }
        findings.error("bad");
        findings.warning("odd");
        let all = findings.into_vec();
        assert_eq!(all.len(), KEPT + 1);
        assert_eq!(all[KEPT].severity, Severity::Error);
        assert_eq!(all[KEPT].what, "2 more findings");
    }
}
