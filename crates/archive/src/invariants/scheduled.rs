//! What has a schedule has the pattern of scheduled integrations.

use ferry_core::model::Integration;

use crate::entry_names::shown;
use crate::findings::Findings;

pub(crate) fn check(read: &Integration, findings: &mut Findings) {
    if read.schedule.is_some() && read.pattern != "MEP07" {
        let place = read.places.first().map(String::as_str).unwrap_or_default();
        let pattern = shown(read.pattern.as_bytes());
        let what = format!("it has a schedule, and its pattern is {pattern}, not MEP07");
        findings.entry_error(&shown(place.as_bytes()), what);
    }
}
