//! Findings of many threads, in one order, within a bound.

use std::collections::BTreeMap;

use crate::findings::{Finding, Findings, Severity};

/// As many as anybody reads, of each severity.
const KEPT: usize = 1000;

/// Where a unit of work lies in the archive, so that results have the same order whoever brought them.
pub(crate) type Key = Vec<u32>;

/// The first findings in the order of the archive, and how many more there were.
#[derive(Debug, Default)]
pub(crate) struct Report {
    errors: Kept,
    warnings: Kept,
}

#[derive(Debug, Default)]
struct Kept {
    first: BTreeMap<(Key, u32), Finding>,
    more: u64,
}

impl Report {
    pub(crate) fn add(&mut self, key: &Key, findings: Findings) {
        for (number, finding) in (0_u32..).zip(findings.into_vec()) {
            let kept = match finding.severity {
                Severity::Error => &mut self.errors,
                Severity::Warning => &mut self.warnings,
            };
            kept.first.insert((key.clone(), number), finding);
            if kept.first.len() > KEPT {
                kept.first.pop_last();
                kept.more += 1;
            }
        }
    }

    /// All that was kept, errors and warnings together in the order of the archive.
    pub(crate) fn into_vec(self) -> Vec<Finding> {
        let mut all: Vec<_> = self.errors.first.into_iter().collect();
        all.extend(self.warnings.first);
        all.sort_by(|(a, _), (b, _)| a.cmp(b));
        let mut all: Vec<Finding> = all.into_iter().map(|(_, finding)| finding).collect();
        let more = [
            (Severity::Error, self.errors.more, "errors"),
            (Severity::Warning, self.warnings.more, "warnings"),
        ];
        for (severity, count, what) in more {
            if count > 0 {
                all.push(Finding {
                    severity,
                    entry: None,
                    what: format!("{count} more {what}"),
                });
            }
        }
        all
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_order_of_arrival_does_not_matter() {
        let run = |order: &[u32]| {
            let mut report = Report::default();
            for key in order {
                let mut findings = Findings::default();
                findings.warning(format!("warning {key}"));
                findings.error(format!("error {key}"));
                report.add(&vec![*key], findings);
            }
            report.into_vec()
        };
        let forth: Vec<u32> = (0..1500).collect();
        let back: Vec<u32> = (0..1500).rev().collect();
        assert_eq!(run(&forth), run(&back));
        assert_eq!(run(&forth).len(), 2002);
        assert_eq!(run(&forth)[2000].what, "500 more errors");
    }
}
