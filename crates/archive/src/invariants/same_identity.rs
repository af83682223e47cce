//! The properties and the flow name the same code and version.

use ferry_core::model::Integration;

use crate::entry_names::shown;
use crate::facts::flow::Sketch;
use crate::findings::Findings;

pub(crate) fn check(read: &Integration, flow: &Sketch, place: &str, findings: &mut Findings) {
    if (&flow.code, &flow.version) != (&read.code, &read.version) {
        let told = shown(format!("{}|{}", flow.code, flow.version).as_bytes());
        let what = format!("project.xml says {told}, and its properties do not");
        findings.entry_error(&shown(place.as_bytes()), what);
    }
}
