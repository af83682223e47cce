//! A value that was taken out is called after the connection and the property.

use crate::entry_names::shown;
use crate::findings::Findings;
use crate::formats::connection::Raw;

pub(crate) fn check(raw: &Raw<'_>, place: &str, findings: &mut Findings) {
    for (name, value) in &raw.properties {
        let Some(told) = value.strip_prefix("%%") else {
            continue;
        };
        let rest = told.strip_prefix(raw.code.as_str());
        if rest.and_then(|rest| rest.strip_prefix('_')) != Some(name.as_str()) {
            let name = shown(name.as_bytes());
            let what = format!("the placeholder of its property {name} is not called after it");
            findings.entry_error(&shown(place.as_bytes()), what);
        }
    }
}
