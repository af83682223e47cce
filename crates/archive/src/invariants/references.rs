//! Every step of a flow leads to a part of it.

use crate::entry_names::shown;
use crate::facts::flow::Sketch;
use crate::findings::Findings;

pub(crate) fn check(flow: &Sketch, place: &str, findings: &mut Findings) {
    for reference in &flow.dangling {
        let reference = shown(reference.as_bytes());
        let what = format!("a step of project.xml leads to {reference}, which is not there");
        findings.entry_error(&shown(place.as_bytes()), what);
    }
}
