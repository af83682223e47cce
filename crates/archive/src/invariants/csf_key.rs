//! The alias of a credential is the SHA-256 of the connection's code.

use sha2::{Digest as _, Sha256};

use crate::entry_names::shown;
use crate::findings::Findings;
use crate::fingerprint::hex;
use crate::formats::connection::Raw;

pub(crate) fn check(raw: &Raw<'_>, place: &str, findings: &mut Findings) {
    let expected = hex(&Sha256::digest(&raw.code));
    let keys = raw.properties.iter().filter(|(name, _)| name == "csfkey");
    if keys
        .filter(|(_, value)| !value.is_empty())
        .any(|(_, value)| *value != expected)
    {
        let what = "its property csfkey is not the SHA-256 of its code";
        findings.entry_error(&shown(place.as_bytes()), what);
    }
}
