//! The file of a connection has the name of its code.

use crate::entry_names::shown;
use crate::findings::Findings;
use crate::formats::connection::Raw;

pub(crate) fn check(raw: &Raw<'_>, place: &str, findings: &mut Findings) {
    let mut parts = place.rsplit(['/', '!']);
    let name = parts.next().unwrap_or_default();
    // Elsewhere than in the folders of exports a file may be called anything.
    if !matches!(parts.next(), Some("appinstances" | "connections")) {
        return;
    }
    if name.strip_suffix(".xml") != Some(raw.code.as_str()) {
        let code = shown(raw.code.as_bytes());
        let what = format!("its file does not have the name of its code {code}");
        findings.entry_error(&shown(place.as_bytes()), what);
    }
}
