//! The folder of an integration is called `CODE_VERSION`.

use ferry_core::model::Integration;

use crate::entry_names::shown;
use crate::findings::Findings;

pub(crate) fn check(read: &Integration, place: &str, findings: &mut Findings) {
    let mut parts = place.rsplit(['/', '!']);
    let name = parts.next().unwrap_or_default();
    // Elsewhere than in the folders of exports it may be called anything.
    if !matches!(parts.next(), Some("project" | "integrations")) {
        return;
    }
    let expected = format!("{}_{}", read.code, read.version);
    if name != expected {
        let expected = shown(expected.as_bytes());
        let what = format!("its folder is not called {expected}, as its properties say");
        findings.entry_error(&shown(place.as_bytes()), what);
    }
}
