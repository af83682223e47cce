//! A member of a package is called `icspackage_<Name>_<Version>_<UUID>.iar`.

use crate::canonical::plain::is_uuid;
use crate::entry_names::shown;
use crate::findings::Findings;
use crate::invariants::version_form;

/// `inside` is the place of an integration from the package on: `member.iar!icspackage/project/…`.
pub(crate) fn check(inside: &str, place: &str, findings: &mut Findings) {
    // In a package that was unpacked there is no file with a name.
    let Some((member, _)) = inside.split_once('!') else {
        return;
    };
    if !holds(member) {
        let member = shown(member.as_bytes());
        let what =
            format!("the name of its file {member} is not as the members of packages are called");
        findings.entry_warning(&shown(place.as_bytes()), what);
    }
}

fn holds(member: &str) -> bool {
    let stem = member
        .strip_prefix("icspackage_")
        .and_then(|rest| rest.strip_suffix(".iar"));
    let mut parts = stem.unwrap_or_default().rsplitn(3, '_');
    let (id, version, name) = (parts.next(), parts.next(), parts.next());
    id.is_some_and(is_uuid)
        && version.is_some_and(version_form::holds)
        && name.is_some_and(|name| !name.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_form() {
        let real = "icspackage_Change_Order_ERP_PO_Proxy_01.00.0001_127e8f54-29ef-4b30-b4f2-f6ce6046eda1.iar";
        assert!(holds(real));
        for other in [
            real.replace("icspackage", "package"),
            real.replace(".iar", ".zip"),
            real.replace("_01.00.0001", ""),
            real.replace("127e8f54-", ""),
            String::new(),
        ] {
            assert!(!holds(&other), "{other}");
        }
    }
}
