//! A version is `NN.NN.NNNN`.

use crate::entry_names::shown;
use crate::findings::Findings;

/// Whether a text has the form.
pub(crate) fn holds(version: &str) -> bool {
    let lens: Vec<usize> = version.split('.').map(str::len).collect();
    lens == [2, 2, 4]
        && version
            .bytes()
            .all(|byte| byte == b'.' || byte.is_ascii_digit())
}

pub(crate) fn check(version: &str, place: &str, findings: &mut Findings) {
    if !holds(version) {
        let version = shown(version.as_bytes());
        let what = format!("its version {version:?} is not of the form 01.00.0000");
        findings.entry_error(&shown(place.as_bytes()), what);
    }
}
