//! Activating what was active where an archive was made, and what an import brought here: this one or one before.

use jiff::Timestamp;

use super::super::activation;
use super::super::archive::State;
use super::super::model::{Instance, Status, Tracing};
use super::super::report::{Line, Outcome, Report};

/// Activates, and starts schedules where asked. The order is that of the archive: whether the service minds an
/// integration whose callee is idle is not known, so no rule is made of it. A failure shows in the integration's own
/// state and in the report; the job goes on (nothing is known of how the service tells it).
pub(in super::super) fn revive(
    instance: &mut Instance,
    states: &[State],
    start_schedules: bool,
    now: Timestamp,
    report: &mut Report,
) {
    for state in states.iter().filter(|s| s.status == Status::Activated) {
        let project = state.project.as_deref();
        let line = |outcome| Line::new("integration", project, &state.id, outcome);
        let Some(there) = instance.integration(project, &state.id) else {
            let why = "it was active in the source and is not in this instance";
            report.add(line(Outcome::Skipped).because(why));
            continue;
        };
        if there.status == Status::Activated {
            report.add(line(Outcome::Skipped).because("it is active already"));
        } else if !there.imported {
            let why = "no import brought it here";
            report.add(line(Outcome::Skipped).because(why));
            continue;
        } else {
            activation::forget(instance, project, &state.id);
            if let Some(it) = instance.integration_mut(project, &state.id) {
                it.tracing = Tracing::default();
            }
            activation::finish(instance, project, &state.id, now);
            let after = instance.integration(project, &state.id);
            let errors = after.and_then(|it| it.errors.clone());
            report.add(match errors {
                Some(errors) => line(Outcome::Failed).because(sentences(&errors)),
                None => line(Outcome::Activated),
            });
        }
        if start_schedules && state.schedule_running {
            let line = Line::new("schedule", project, &state.id, Outcome::Started);
            report.add(start(instance, project, line));
        }
    }
}

/// Starts the schedule of an integration that is active and has one.
fn start(instance: &mut Instance, project: Option<&str>, line: Line) -> Line {
    let Some(it) = instance.integration_mut(project, &line.id) else {
        return line;
    };
    let obstacle = if it.status != Status::Activated {
        Some("its integration is not active")
    } else if !it.is_scheduled() || !it.schedule_defined {
        Some("no schedule is defined here")
    } else if it.schedule_running {
        Some("it is running already")
    } else {
        None
    };
    it.schedule_running |= obstacle.is_none();
    match obstacle {
        None => line,
        Some(why) => {
            let outcome = Outcome::Skipped;
            Line { outcome, ..line }.because(why)
        }
    }
}

/// The service writes its reasons as HTML.
fn sentences(html: &str) -> String {
    let lines: Vec<&str> = html.split("<br>").map(str::trim).collect();
    lines.join(" ").trim().to_owned()
}
