//! The id of a library's function is made of the library, its version, the file and the function.

use crate::entry_names::shown;
use crate::findings::Findings;
use crate::formats::library::Described;

pub(crate) fn check(read: &Described, place: &str, findings: &mut Findings) {
    let (code, version) = (&read.library.code, &read.library.version);
    for function in &read.functions {
        let expected = format!("{code}:{version}:{}:{}", function.source, function.name);
        // Arguments may follow.
        let rest = function.id.strip_prefix(expected.as_str());
        if !rest.is_some_and(|rest| rest.is_empty() || rest.starts_with(':')) {
            let (id, expected) = (shown(function.id.as_bytes()), shown(expected.as_bytes()));
            let what = format!("the id of its function {id:?} does not begin with {expected}");
            findings.entry_error(&shown(place.as_bytes()), what);
        }
    }
}
