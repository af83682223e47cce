//! What a file is, by its first bytes.

use std::io::{Read, Seek};

use crate::error::Error;
use crate::source::Source;

const LOOKED_AT: usize = 512;

/// How a file begins.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Opening {
    /// As a zip does, be it one without an entry or the first bytes of one.
    Zip,
    /// As something else, which the text names.
    Other(String),
}

/// Whether some bytes begin as a zip with an entry does.
pub(crate) fn is_zip(head: &[u8]) -> bool {
    head.starts_with(b"PK\x03\x04")
}

pub(crate) fn look<R: Read + Seek>(source: &mut Source<R>) -> Result<Opening, Error> {
    let len = usize::try_from(source.len())
        .unwrap_or(usize::MAX)
        .min(LOOKED_AT);
    let head = source.bytes(0, len)?.unwrap_or_default();
    Ok(judge(&head, source.len()))
}

fn judge(head: &[u8], len: u64) -> Opening {
    const ZIPS: [&[u8]; 3] = [b"PK\x03\x04", b"PK\x05\x06", b"PK\x06\x06"];
    if head.is_empty() {
        return Opening::Other("the file is empty (0 bytes)".to_owned());
    }
    if ZIPS
        .iter()
        .any(|zip| head.starts_with(zip) || zip.starts_with(head))
    {
        return Opening::Zip;
    }
    Opening::Other(format!("not a zip: {}", describe(head, len)))
}

fn describe(head: &[u8], len: u64) -> String {
    let text = head
        .strip_prefix(b"\xEF\xBB\xBF")
        .unwrap_or(head)
        .trim_ascii_start();
    let starts = |with: &[u8]| {
        text.get(..with.len())
            .is_some_and(|start| start.eq_ignore_ascii_case(with))
    };
    let contains = |what: &[u8]| {
        text.windows(what.len())
            .any(|window| window.eq_ignore_ascii_case(what))
    };
    if starts(b"<!doctype html") || starts(b"<html") || (starts(b"<") && contains(b"<html")) {
        "an HTML page, as a proxy or a sign-in page sends it".to_owned()
    } else if starts(b"<") {
        "an XML document, as a service answers with an error".to_owned()
    } else if starts(b"{") || starts(b"[") {
        "a JSON document, as a service answers with an error".to_owned()
    } else if head.starts_with(b"\x1F\x8B") {
        "a gzip file".to_owned()
    } else if head.starts_with(b"PK\x07\x08") || head.starts_with(b"PK00") {
        "one volume of a zip that was split".to_owned()
    } else if head.iter().all(|byte| *byte == 0) {
        "it starts with zero bytes, as a file whose content was never written".to_owned()
    } else {
        let shown: Vec<String> = head
            .iter()
            .take(8)
            .map(|byte| format!("{byte:02x}"))
            .collect();
        format!("its {len} bytes start with {}", shown.join(" "))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn other(head: &[u8]) -> String {
        match judge(head, head.len() as u64) {
            Opening::Zip => panic!("taken for a zip: {head:?}"),
            Opening::Other(what) => what,
        }
    }

    #[test]
    fn what_is_no_zip_is_named() {
        assert!(other(b"").contains("empty"));
        assert!(other(b"\xEF\xBB\xBF \r\n<!DocType HTML><p>").contains("HTML"));
        assert!(other(b"<?xml version=\"1.0\"?><html xmlns=\"x\">").contains("HTML"));
        assert!(other(b"<?xml version=\"1.0\"?><Error>").contains("XML"));
        assert!(other(b"{\"code\":\"NotAuthenticated\"}").contains("JSON"));
        assert!(other(b"\x1F\x8B\x08").contains("gzip"));
        assert!(other(&[0; 600]).contains("zero bytes"));
        assert!(other(b"\x89PNG").contains("its 4 bytes start with 89 50 4e 47"));
    }

    #[test]
    fn the_first_bytes_of_a_zip_are_enough() {
        assert_eq!(judge(b"P", 1), Opening::Zip);
        assert_eq!(judge(b"PK\x03\x04\x14", 5), Opening::Zip);
        assert_eq!(judge(b"PK\x05\x06", 4), Opening::Zip);
    }
}
