//! The members of a package say that they are in it.

use crate::entry_names::shown;
use crate::findings::Findings;

/// `told` is what the properties of an integration say, `package` where it lies.
pub(crate) fn check(told: Option<&str>, package: &str, place: &str, findings: &mut Findings) {
    let Some(told) = told.filter(|told| *told != package) else {
        return;
    };
    let (told, package) = (shown(told.as_bytes()), shown(package.as_bytes()));
    let what = format!("it lies in the package {package}, and its properties say {told}");
    findings.entry_warning(&shown(place.as_bytes()), what);
}
