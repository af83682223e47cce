//! Java properties, as far as `ics_project_attributes.properties` needs them.

use std::collections::BTreeMap;
use std::fmt::Write as _;

/// Parses `key=value` lines: comments, `\`-escapes, `\uXXXX`, continued lines; bytes are ISO-8859-1.
pub(crate) fn parse(bytes: &[u8]) -> BTreeMap<String, String> {
    let text: String = bytes.iter().map(|b| char::from(*b)).collect();
    let mut out = BTreeMap::new();
    let mut logical = String::new();
    for line in text.lines() {
        let part = line.trim_start();
        if logical.is_empty() && (part.starts_with('#') || part.starts_with('!')) {
            continue;
        }
        let backslashes = part.chars().rev().take_while(|c| *c == '\\').count();
        if backslashes % 2 == 1 {
            logical.extend(part.chars().take(part.chars().count() - 1));
            continue;
        }
        logical.push_str(part);
        if let Some((key, value)) = split(&std::mem::take(&mut logical)) {
            out.insert(key, value);
        }
    }
    out
}

/// Splits at the first separator that is not escaped, then takes the escapes out.
fn split(line: &str) -> Option<(String, String)> {
    let mut escaped = false;
    let at = line.char_indices().find_map(|(at, c)| {
        let hit = !escaped && (c == '=' || c == ':' || c.is_whitespace());
        escaped = c == '\\' && !escaped;
        hit.then_some(at)
    });
    let (key, rest) = match at {
        Some(at) => line.split_at(at),
        None => (line, ""),
    };
    let value = rest.trim_start();
    let value = value.strip_prefix(['=', ':']).unwrap_or(value).trim_start();
    (!key.is_empty()).then(|| (unescape(key), unescape(value)))
}

fn unescape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut chars = text.chars();
    while let Some(c) = chars.next() {
        if c != '\\' {
            out.push(c);
            continue;
        }
        match chars.next() {
            Some('u') => {
                let mut units = vec![unit(&mut chars)];
                // A character beyond the first plane is written as two units.
                let mut ahead = chars.clone();
                let high = units.iter().any(|u| (0xd800..0xdc00).contains(u));
                if high && ahead.next() == Some('\\') && ahead.next() == Some('u') {
                    units.push(unit(&mut ahead));
                    chars = ahead;
                }
                out.push_str(&String::from_utf16_lossy(&units));
            }
            Some('n') => out.push('\n'),
            Some('t') => out.push('\t'),
            Some('r') => out.push('\r'),
            Some(other) => out.push(other),
            None => {}
        }
    }
    out
}

/// The four digits behind `\u`.
fn unit(chars: &mut std::str::Chars<'_>) -> u16 {
    let digits: String = chars.by_ref().take(4).collect();
    u16::from_str_radix(&digits, 16).unwrap_or(0xfffd)
}

/// Escapes a value as Java writes it.
pub(crate) fn escape(value: &str) -> String {
    let mut out = String::with_capacity(value.len());
    for c in value.chars() {
        match c {
            ':' | '=' | '#' | '!' | '\\' => {
                out.push('\\');
                out.push(c);
            }
            c if c.is_ascii() => out.push(c),
            c => {
                let mut units = [0u16; 2];
                for unit in c.encode_utf16(&mut units) {
                    // Writing to a string does not fail.
                    let _ = write!(out, "\\u{unit:04X}");
                }
            }
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn escapes_and_separators() {
        let read = parse(
            b"#Thu Apr 27 13:13:37 UTC 2023\nsmartTags=style\\:app driven,app\\:rest\nempty=\nlong=a\\\n   b\nu=\\u00e9\n",
        );
        assert_eq!(read["smartTags"], "style:app driven,app:rest");
        assert_eq!(read["empty"], "");
        assert_eq!(read["long"], "ab");
        assert_eq!(read["u"], "é");
        assert_eq!(read.len(), 4);
    }

    proptest::proptest! {
        #[test]
        fn what_is_escaped_is_read_again(value in "[^\\s\\p{C}][^\\n\\r\\p{C}]{0,20}") {
            let line = format!("key={}\n", escape(&value));
            proptest::prop_assert_eq!(&parse(line.as_bytes())["key"], &value);
        }
    }
}
