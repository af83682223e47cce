//! The pattern of the properties is that of the trigger.

use ferry_core::model::Integration;

use crate::entry_names::shown;
use crate::facts::flow::Sketch;
use crate::findings::Findings;

pub(crate) fn check(read: &Integration, flow: &Sketch, place: &str, findings: &mut Findings) {
    let triggers: Vec<&str> = flow
        .applications
        .iter()
        .filter(|application| application.trigger)
        .map(|application| application.mep.as_str())
        .collect();
    // Of a flow that several requests can start, any of them may give the pattern.
    let one = |mep: &str| triggers.contains(&mep);
    let (holds, expected) = match read.pattern.as_str() {
        "MEP04" => (one("push-sync"), "a trigger that waits for the answer"),
        "MEP00" | "MEP08" => (one("fire-and-forget"), "a trigger that does not wait"),
        "MEP07" => (
            triggers.is_empty() && flow.scheduled,
            "a schedule and no trigger",
        ),
        _ => return,
    };
    // A draft may not have a trigger yet.
    let draft = flow.complete != "100" && triggers.is_empty() && !flow.scheduled;
    if !holds && !draft {
        let pattern = &read.pattern;
        let what = format!("its pattern {pattern} means {expected}, and project.xml has none");
        findings.entry_error(&shown(place.as_bytes()), what);
    }
}
