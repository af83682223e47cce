//! Secrets that an archive carries: told by place, name and size, never by content.

mod named;

use std::collections::BTreeMap;
use std::ops::Range;

use ferry_core::model::secret_like;
use memchr::memmem;

use crate::artifact::Artifact;
use crate::entry_names::{ends, shown};
use crate::findings::Findings;
use crate::formats::connection::Raw;
use crate::formats::{certificate, json, settings};
use crate::opening::is_zip;

/// Looks through every file of an artifact.
pub(crate) fn look(artifact: &Artifact, findings: &mut Findings) {
    for (path, file) in &artifact.files {
        let Some(bytes) = file.bytes() else { continue };
        let place = || shown(artifact.inside(path).as_bytes());
        for (what, count) in found(bytes) {
            let times = if count > 1 {
                format!(" ({count} times)")
            } else {
                String::new()
            };
            findings.entry_warning(&place(), format!("it holds {what}{times}"));
        }
        if ends(path, ".jca") {
            look_at_endpoint(bytes, &place, findings);
        }
        if certificate::format(bytes) == Some("keystore") {
            let size = bytes.len();
            let what = format!("a store of keys ({size} bytes), which may hold private ones");
            findings.entry_warning(&place(), what);
        }
    }
}

/// Looks through the properties and the attachments of a connection.
pub(crate) fn look_at_connection(raw: &Raw<'_>, place: &str, findings: &mut Findings) {
    let place = shown(place.as_bytes());
    for (name, value) in &raw.properties {
        let size = value.len();
        if secret_like(name) && !is_harmless(value) {
            let name = shown(name.as_bytes());
            let what =
                format!("its property {name} has a value ({size} bytes), which may be a secret");
            findings.entry_warning(&place, what);
        }
    }
    for upload in &raw.attachments {
        let content = upload.content.as_deref().unwrap_or_default();
        let (property, name) = (
            shown(upload.property.as_bytes()),
            shown(upload.name.as_bytes()),
        );
        let size = content.len();
        let file = format!("its attachment {property} ({name}, {size} bytes)");
        if is_wallet(content) {
            findings.entry_warning(&place, format!("{file} is a database wallet"));
        } else if certificate::format(content) == Some("keystore") {
            findings.entry_warning(&place, format!("{file} is a store of keys"));
        } else if let Some((what, _)) = found(content).into_iter().next() {
            findings.entry_warning(&place, format!("{file} holds {what}"));
        } else if secret_like(&upload.property) && size > 0 {
            findings.entry_warning(&place, format!("{file} is called as a secret is"));
        }
    }
}

/// A value under a secret's name that is none.
pub(crate) fn is_harmless(value: &str) -> bool {
    value.is_empty() || value.starts_with("%%") || is_plain(value)
}

/// Where the private keys, the tokens and the values under a secret's name in some bytes stand, in their order.
pub(crate) fn spans(bytes: &[u8]) -> Vec<Range<usize>> {
    let mut spans = named::spans(bytes);
    for at in private_keys(bytes) {
        let before = bytes.get(..at).unwrap_or_default();
        let Some(start) = memmem::rfind(before, b"-----BEGIN ") else {
            continue;
        };
        let rest = bytes.get(at..).unwrap_or_default();
        let end = memmem::find(rest, b"-----END ")
            .and_then(|end| {
                let name = rest.get(end..)?.get(5..)?;
                Some(at + end + 5 + memmem::find(name, b"-----")? + 5)
            })
            .unwrap_or(bytes.len());
        spans.push(start..end);
    }
    let tokens = memmem::find_iter(bytes, b"eyJ").filter(|at| is_token(bytes, *at));
    for start in tokens {
        let rest = bytes.get(start..).unwrap_or_default();
        let length = rest
            .iter()
            .position(|byte| !part_of_token(*byte) && *byte != b'.');
        spans.push(start..length.map_or(bytes.len(), |length| start + length));
    }
    spans.sort_by_key(|span| span.start);
    let mut behind = 0;
    spans.retain(|span| {
        let apart = span.start >= behind;
        behind = behind.max(span.end);
        apart
    });
    spans
}

/// Looks through the settings of an instance, where the values may be encrypted.
pub(crate) fn look_at_settings(bytes: &[u8], place: &str, findings: &mut Findings) {
    let count = json::read(bytes).map_or(0, |read| settings::secrets(&read));
    if count > 0 {
        let what = format!("it holds the values of {count} security properties");
        findings.entry_warning(&shown(place.as_bytes()), what);
    }
}

/// Looks through the properties of an endpoint.
fn look_at_endpoint(bytes: &[u8], place: &dyn Fn() -> String, findings: &mut Findings) {
    for at in memchr::memchr_iter(b'<', bytes) {
        let tag = bytes.get(at..).unwrap_or_default();
        let tag = tag.split(|byte| *byte == b'>').next().unwrap_or_default();
        let (Some(name), Some(value)) = (attribute(tag, b" name=\""), attribute(tag, b" value=\""))
        else {
            continue;
        };
        if secret_like(name) && !value.is_empty() && !value.starts_with("%%") && !is_plain(value) {
            let (name, size) = (shown(name.as_bytes()), value.len());
            let what =
                format!("its property {name} has a value ({size} bytes), which may be a secret");
            findings.entry_warning(&place(), what);
        }
    }
}

fn attribute<'t>(tag: &'t [u8], begin: &[u8]) -> Option<&'t str> {
    let value = tag.get(memmem::find(tag, begin)? + begin.len()..)?;
    let end = memchr::memchr(b'"', value)?;
    std::str::from_utf8(value.get(..end)?).ok()
}

/// Settings about secrets, not secrets: addresses, switches, and numbers.
fn is_plain(value: &str) -> bool {
    value.contains("://")
        || value.eq_ignore_ascii_case("true")
        || value.eq_ignore_ascii_case("false")
        || value.bytes().all(|byte| byte.is_ascii_digit())
}

/// A zip with the files that Oracle keeps a wallet in.
fn is_wallet(content: &[u8]) -> bool {
    const FILES: [&str; 2] = ["cwallet.sso", "ewallet.p"];
    is_zip(content)
        && FILES
            .iter()
            .any(|name| memmem::find(content, name.as_bytes()).is_some())
}

/// Kinds of secret in some bytes, and how many of each.
fn found(bytes: &[u8]) -> BTreeMap<&'static str, usize> {
    let mut found = BTreeMap::new();
    let mut add = |what, count: usize| {
        if count > 0 {
            found.insert(what, count);
        }
    };
    add("a private key", private_keys(bytes).count());
    let tokens = memmem::find_iter(bytes, b"eyJ").filter(|at| is_token(bytes, *at));
    add("a signed token (JWT)", tokens.count());
    let putty = memmem::find_iter(bytes, b"PuTTY-User-Key-File-");
    add("a private key of PuTTY", putty.count());
    found
}

/// Where the lines that begin private keys say so.
fn private_keys(bytes: &[u8]) -> impl Iterator<Item = usize> + '_ {
    const MARK: &[u8] = b"PRIVATE KEY";
    memmem::find_iter(bytes, MARK).filter(|at| {
        let before = bytes.get(..*at).unwrap_or_default();
        let after = bytes.get(at + MARK.len()..).unwrap_or_default();
        // PGP calls it a block.
        let ends = [b"-----".as_slice(), b" BLOCK-----"];
        ends.iter().any(|end| after.starts_with(end)) && follows_begin(before)
    })
}

/// Whether `-----BEGIN …` of the same line stands before.
fn follows_begin(before: &[u8]) -> bool {
    let near = before
        .get(before.len().saturating_sub(32)..)
        .unwrap_or_default();
    let begin = memmem::rfind(near, b"-----BEGIN ");
    begin.is_some_and(|at| !near.iter().skip(at).any(|byte| *byte == b'\n'))
}

/// `header.payload.signature`, two JSON objects and some bytes in Base64.
fn is_token(bytes: &[u8], at: usize) -> bool {
    let before = at.checked_sub(1).and_then(|before| bytes.get(before));
    if before.is_some_and(|byte| part_of_token(*byte)) {
        return false;
    }
    let near = bytes
        .get(at..bytes.len().min(at + 16 * 1024))
        .unwrap_or_default();
    let end = near
        .iter()
        .position(|byte| !part_of_token(*byte) && *byte != b'.');
    let mut parts = near
        .get(..end.unwrap_or(near.len()))
        .unwrap_or_default()
        .split(|byte| *byte == b'.');
    let (Some(header), Some(payload), Some(signature)) = (parts.next(), parts.next(), parts.next())
    else {
        return false;
    };
    header.len() > 8 && payload.starts_with(b"eyJ") && payload.len() > 8 && signature.len() > 16
}

fn part_of_token(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_'
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_and_tokens_are_told_from_what_looks_like_them() {
        // Put together here, so that no scanner takes this file for a key.
        let key = format!("x -----BEGIN RSA {} KEY-----\nMII", "PRIVATE");
        assert_eq!(
            found(key.as_bytes()).into_iter().collect::<Vec<_>>(),
            [("a private key", 1)]
        );
        assert!(found(format!("the {} KEY-----", "PRIVATE").as_bytes()).is_empty());
        let token = "eyJhbGciOiJ9.eyJzdWIiOiIx.0123456789abcdef0123";
        assert_eq!(found(format!("\"Bearer {token}\"").as_bytes()).len(), 1);
        assert!(found(b"eyJhbGciOiJ9.eyJzdWIiOiIx").is_empty());
        assert!(found(format!("x{token}").as_bytes()).is_empty());
        assert!(is_wallet(b"PK\x03\x04...cwallet.sso"));
        assert!(!is_wallet(b"cwallet.sso"));
    }
}
