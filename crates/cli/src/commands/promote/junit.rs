//! A promotion as JUnit XML, which every CI system reads: one case for each thing that was to be done.

use std::fmt::Write as _;

use ferry_core::exit::Exit;
use ferry_flows::PromoteReport;

use super::in_project;
use crate::failure::Failure;
use crate::output::clean;

/// Cases of one kind, with why each failed.
struct Suite {
    name: &'static str,
    cases: Vec<(String, Option<String>)>,
}

/// The whole file.
pub(super) fn page(title: &str, done: Result<&PromoteReport, &Failure>) -> String {
    let mut suites = vec![Suite {
        name: "promotion",
        cases: vec![(title.to_owned(), stopped(done))],
    }];
    if let Ok(report) = done {
        suites.extend(objects(report));
    }
    let tests: usize = suites.iter().map(|suite| suite.cases.len()).sum();
    let failures: usize = suites.iter().map(Suite::failures).sum();
    let mut page = format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites name=\"{}\" tests=\"{tests}\" failures=\"{failures}\" errors=\"0\">\n",
        escaped(title)
    );
    for suite in suites.iter().filter(|suite| !suite.cases.is_empty()) {
        suite.write(&mut page);
    }
    page + "</testsuites>\n"
}

/// Why the promotion as a whole did not come to its end, if it did not.
fn stopped(done: Result<&PromoteReport, &Failure>) -> Option<String> {
    match done {
        Ok(report) => match report.exit {
            Exit::Done | Exit::Partly => None,
            _ if report.plan.is_some() => Some(report.next.join("\n")),
            exit => Some(exit.meaning().to_owned()),
        },
        Err(failure) => {
            let parts = failure.parts();
            let lines = [
                std::slice::from_ref(&parts.message),
                &parts.causes,
                &parts.evidence,
                &parts.hints,
            ];
            Some(lines.concat().join("\n"))
        }
    }
}

fn objects(report: &PromoteReport) -> Vec<Suite> {
    let name = |id: &str, project: &Option<String>| in_project(id, project.as_deref());
    let connections = report.connections.iter();
    let lookups = report.lookups.iter();
    let activations = report.activations.iter();
    let schedules = report.schedules.iter();
    let holds = format!("{} holds what the plan promised", report.to);
    let unkept = report.verification.iter().map(|one| {
        let what = format!("{} {}", one.what, name(&one.id, &one.project));
        let why = format!(
            "promised was {}, the target holds {}",
            one.promised, one.found
        );
        (what, Some(why))
    });
    let import = report.import.as_ref();
    let was_verified = import.is_some_and(|import| import.target.is_some());
    vec![
        Suite {
            name: "connections",
            cases: connections
                .map(|one| (name(&one.id, &one.project), one.problem.clone()))
                .collect(),
        },
        Suite {
            name: "lookups",
            cases: lookups
                .map(|one| (name(&one.name, &one.project), one.problem.clone()))
                .collect(),
        },
        Suite {
            name: "activations",
            cases: activations
                .map(|one| (name(&one.id, &one.project), one.problem.clone()))
                .collect(),
        },
        Suite {
            name: "schedules",
            cases: schedules
                .map(|one| (name(&one.id, &one.project), one.problem.clone()))
                .collect(),
        },
        Suite {
            name: "verification",
            cases: was_verified
                .then_some((holds, None))
                .filter(|_| report.verification.is_empty())
                .into_iter()
                .chain(unkept)
                .collect(),
        },
    ]
}

impl Suite {
    fn failures(&self) -> usize {
        self.cases.iter().filter(|(_, why)| why.is_some()).count()
    }

    fn write(&self, page: &mut String) {
        // Writing to a string does not fail.
        let _ = writeln!(
            page,
            "  <testsuite name=\"{}\" tests=\"{}\" failures=\"{}\" errors=\"0\" skipped=\"0\">",
            self.name,
            self.cases.len(),
            self.failures()
        );
        for (name, why) in &self.cases {
            let head = format!(
                "    <testcase classname=\"{}\" name=\"{}\"",
                self.name,
                escaped(name)
            );
            let _ = match why {
                None => writeln!(page, "{head}/>"),
                Some(why) => writeln!(
                    page,
                    "{head}>\n      <failure message=\"{}\">{}</failure>\n    </testcase>",
                    escaped(why.lines().next().unwrap_or_default()),
                    escaped(why)
                ),
            };
        }
        page.push_str("  </testsuite>\n");
    }
}

/// Text in XML, in an attribute or between tags.
fn escaped(text: &str) -> String {
    let mut out = String::new();
    for c in clean(text).chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\n' => out.push_str("&#10;"),
            // No XML of version 1.0 may hold them.
            '\u{fffe}' | '\u{ffff}' => {}
            c => out.push(c),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_failure_is_told_and_nothing_in_it_is_markup() {
        let failure = Failure::new(Exit::Rail, "a <b> & \"c\"\u{1b}[31m").cause("]]>\u{ffff}");
        let page = page("test to prod", Err(&failure));
        assert!(page.contains("tests=\"1\" failures=\"1\""), "{page}");
        assert!(
            page.contains("a &lt;b&gt; &amp; &quot;c&quot;[31m&#10;]]&gt;<"),
            "{page}"
        );
    }
}
