//! Texts that are no XML, in canonical form.

use std::borrow::Cow;

use super::path::without_server_paths;
use super::value::{self, Meaning};

/// A text with LF as its line ends, without blanks at the ends of lines and of the whole, and without the folders of
/// a server; as it is where it is no text.
pub(crate) fn text(bytes: &[u8]) -> Option<String> {
    let text = std::str::from_utf8(bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes)).ok()?;
    let mut clean = String::with_capacity(text.len());
    for line in text.lines() {
        clean.push_str(line.trim_end());
        clean.push('\n');
    }
    clean.truncate(clean.trim_end().len());
    Some(without_server_paths(Cow::Owned(clean)).into_owned())
}

/// A JSON document with its members sorted and its lines broken in one way; `None` where it is none. Numbers keep
/// their digits.
pub(crate) fn json(bytes: &[u8]) -> Option<String> {
    let value: serde_json::Value = serde_json::from_slice(bytes).ok()?;
    let text = serde_json::to_string_pretty(&value).ok()?;
    Some(without_server_paths(Cow::Owned(text)).into_owned())
}

/// Whether a text has the form of a UUID.
pub(crate) fn is_uuid(text: &str) -> bool {
    let lengths = text.split('-').map(str::len);
    lengths.eq([8, 4, 4, 4, 12])
        && text
            .bytes()
            .all(|byte| byte.is_ascii_hexdigit() || byte == b'-')
}

/// An expression with the namespaces of its prefixes in their place; a prefix that means nothing stays.
pub(crate) fn xpath<'a>(text: &str, find: impl Fn(&str) -> Option<&'a str>) -> String {
    let mut numbers = Vec::new();
    let mut marked = String::with_capacity(text.len());
    value::expand(text, Meaning::Expression, &mut marked, |prefix| {
        numbers.push(find(prefix)?.to_owned());
        u32::try_from(numbers.len()).ok()
    });
    let mut uris = numbers.iter();
    let mut clean = String::with_capacity(marked.len());
    for piece in marked.split_inclusive(value::LOCAL) {
        match piece.rsplit_once(value::NAMESPACE) {
            Some((before, _)) => {
                clean.push_str(before);
                clean.push_str(&format!("{{{}}}", uris.next().map_or("", String::as_str)));
            }
            None => clean.push_str(piece),
        }
    }
    clean
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn line_ends_and_trailing_blanks_are_no_part_of_a_text() {
        assert_eq!(
            text(b"\xef\xbb\xbfa \r\n\tb\r\n\n"),
            Some("a\n\tb".to_owned())
        );
        assert_eq!(text(b"\xff\xfe"), None);
    }

    #[test]
    fn prefixes_of_an_expression_mean_namespaces() {
        let find = |prefix: &str| (prefix == "a").then_some("urn:x");
        assert_eq!(
            xpath("/a:b/c:d[. = 'a:b']/a:e", find),
            "/{urn:x}b/c:d[. = 'a:b']/{urn:x}e"
        );
    }

    #[test]
    fn the_order_and_the_layout_of_json_say_nothing() {
        assert_eq!(
            json(b"{\"b\":[1,2],\"a\":\"x\\/y\"}"),
            json(b"{ \"a\": \"x/y\",\n \"b\": [1, 2] }")
        );
        assert_ne!(json(b"[1,2]"), json(b"[2,1]"));
        assert_eq!(json(b"{"), None);
    }
}
