//! Values under the name of a secret, in whatever a text is written.

use std::ops::Range;

use ferry_core::model::secret_like;

use super::is_harmless;

/// Far longer than any name; a longer run is data.
const LONGEST: usize = 128;

/// Where such values stand, in their order: `name="value"`, `"name": "value"`, `<name>value</name>`, `name=value` where
/// a line or a parameter of a URL begins, and the value that follows when the name is itself one.
pub(super) fn spans(bytes: &[u8]) -> Vec<Range<usize>> {
    let mut spans = Vec::new();
    let mut at = 0;
    while let Some(begin) = position(bytes, at, is_name) {
        let end = position(bytes, begin, |byte| !is_name(byte)).unwrap_or(bytes.len());
        at = end;
        if let Some(span) = value(bytes, begin..end) {
            at = span.end;
            spans.push(span);
        }
    }
    spans
}

/// The value that belongs to a name, if it may be a secret.
fn value(bytes: &[u8], name: Range<usize>) -> Option<Range<usize>> {
    let before = name.start.checked_sub(1).and_then(|at| bytes.get(at));
    let after = bytes.get(name.end..)?;
    let span = match (before, after) {
        (Some(b'"'), [b'"', ..]) => quoted_beside(bytes, name.end + 1),
        (Some(b' ' | b'\t' | b'\n' | b'\r'), [b'=', b'"' | b'\'', ..]) => {
            quoted(bytes, name.end + 1)
        }
        (Some(b'?' | b'&' | b';'), [b'=', ..]) => {
            let end = |byte| matches!(byte, b'&' | b'"' | b'\'' | b'<' | b'>') || is_blank(byte);
            Some(until(bytes, name.end + 1, end))
        }
        (_, [b'=', ..]) if begins_line(bytes, name.start) => {
            Some(until(bytes, name.end + 1, |byte| {
                matches!(byte, b'\n' | b'\r')
            }))
        }
        (Some(b'<' | b':'), [b'>' | b' ' | b'\t' | b'\n' | b'\r', ..]) => text(bytes, &name),
        _ => None,
    }?;
    let told = |span: Range<usize>| std::str::from_utf8(bytes.get(span)?).ok();
    let is_secret = name.len() <= LONGEST && told(name).is_some_and(secret_like);
    let value = told(span.clone()).filter(|_| is_secret)?.trim();
    // What is put together when it is used is no value yet; and what was taken out stays so.
    let is_value = !is_harmless(value) && !value.starts_with(['{', '$', '*']);
    is_value.then_some(span)
}

/// A value in quotes behind `:`, that of the field `value` which follows, or the text of the element that is called so.
fn quoted_beside(bytes: &[u8], at: usize) -> Option<Range<usize>> {
    const FIELDS: [&[u8]; 3] = [b"value=", b"\"value\"", b"\"propertyValue\""];
    let skip = |at: usize, also: u8| position(bytes, at, |byte| !is_blank(byte) && byte != also);
    let next = skip(at, b',')?;
    let rest = bytes.get(next..)?;
    if let Some(field) = FIELDS.iter().find(|field| rest.starts_with(field)) {
        return quoted(bytes, skip(next + field.len(), b':')?);
    }
    match rest.first()? {
        b':' => quoted(bytes, skip(next, b':')?),
        b'>' => Some(until(bytes, next + 1, |byte| byte == b'<')),
        _ => None,
    }
}

/// What stands in the quotes that begin here.
fn quoted(bytes: &[u8], at: usize) -> Option<Range<usize>> {
    let quote = *bytes.get(at)?;
    if !matches!(quote, b'"' | b'\'') {
        return None;
    }
    let mut escaped = false;
    let end = position(bytes, at + 1, |byte| {
        let ends = byte == quote && !escaped;
        escaped = byte == b'\\' && !escaped;
        ends
    })?;
    Some(at + 1..end)
}

/// The text of an element whose name this is.
fn text(bytes: &[u8], name: &Range<usize>) -> Option<Range<usize>> {
    let tag = position(bytes, name.end, |byte| matches!(byte, b'<' | b'>'))?;
    let opens = *bytes.get(tag)? == b'>' && bytes.get(tag - 1) != Some(&b'/');
    opens.then(|| until(bytes, tag + 1, |byte| byte == b'<'))
}

/// At the beginning of a line, or behind the sign that a difference puts there.
fn begins_line(bytes: &[u8], at: usize) -> bool {
    let before = bytes.get(..at).unwrap_or_default();
    let sign = before
        .strip_suffix(b"+")
        .or_else(|| before.strip_suffix(b" "));
    // A minus is part of the name.
    let line = sign.unwrap_or(before);
    matches!(line.last(), None | Some(b'\n' | b'\r'))
}

fn until(bytes: &[u8], at: usize, end: impl FnMut(u8) -> bool) -> Range<usize> {
    at..position(bytes, at, end).unwrap_or(bytes.len())
}

fn position(bytes: &[u8], at: usize, is_it: impl FnMut(u8) -> bool) -> Option<usize> {
    let mut is_it = is_it;
    let found = bytes.get(at..)?.iter().position(|byte| is_it(*byte))?;
    Some(at + found)
}

fn is_name(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.')
}

fn is_blank(byte: u8) -> bool {
    byte.is_ascii_whitespace()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(text: &str) -> Vec<&str> {
        let spans = spans(text.as_bytes()).into_iter();
        spans.map(|span| text.get(span).unwrap()).collect()
    }

    #[test]
    fn values_under_a_secrets_name_are_found_in_every_writing() {
        let cases: [(&str, &[&str]); 15] = [
            ("user=a\ndb.password=x1 y\nz=1", &["x1 y"]),
            (
                "+password=x1\n-password=x2\n password=x3",
                &["x1", "x2", "x3"],
            ),
            ("{\"clientSecret\" : \"x\\\"1\", \"a\":1}", &["x\\\"1"]),
            (
                "{\"propertyName\":\"apiToken\",\n \"propertyValue\": \"x1\"}",
                &["x1"],
            ),
            ("<property name=\"bindPassword\" value=\"x1\"/>", &["x1"]),
            ("<property name=\"bindPassword\">x1</property>", &["x1"]),
            ("<p:password>x1</p:password><q/>", &["x1"]),
            ("<password a=\"b\"\n>x1</password>", &["x1"]),
            ("<a apiKey='x1' b=''/>", &["x1"]),
            ("https://h.example/a?b=1&amp;access_token=x1&c=2", &["x1"]),
            ("https://h.example/a?token=x1 more", &["x1"]),
            (
                "{\"a\":{\"passphrase\":\"x1\"},\"password\":\"x2\"}",
                &["x1", "x2"],
            ),
            ("{\"secret\":\"x1", &[]),
            ("password=", &[]),
            ("password", &[]),
        ];
        for (text, values) in cases {
            assert_eq!(found(text), values, "{text}");
        }
    }

    #[test]
    fn what_only_looks_like_one_is_left() {
        for text in [
            "{\"tokenUrl\":\"https://a.example\",\"tokenCount\":\"12\",\"token\":null}",
            "<password/><password></password><password>\n  <x/></password>",
            "<xsl:with-param name=\"password\" select=\"$p\"/>",
            "<xsd:element name=\"password\" type=\"xsd:string\"/>",
            "<xsd:element name=\"password\">\n  <xsd:complexType/></xsd:element>",
            "<a token=\"{$t}\"/><a password=\"***\"/>",
            "var token = read(); if (token == 'x') { f(token=1) }",
            "<xsl:if test=\"$tokenType = 'Bearer'\"/>",
            "a password=x",
            "the password: ask",
        ] {
            assert_eq!(found(text), Vec::<&str>::new(), "{text}");
        }
    }
}
