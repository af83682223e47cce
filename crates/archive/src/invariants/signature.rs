//! An attachment is signed with the SHA-256 of its text.

use crate::entry_names::shown;
use crate::findings::Findings;
use crate::formats::connection::Raw;

pub(crate) fn check(raw: &Raw<'_>, place: &str, findings: &mut Findings) {
    for upload in &raw.attachments {
        if upload.signed != Some(false) {
            continue;
        }
        let property = shown(upload.property.as_bytes());
        let what = format!("the signature of its attachment {property} is not that of the content");
        findings.entry_error(&shown(place.as_bytes()), what);
    }
}
