//! Java properties: ISO-8859-1, `\uXXXX`, lines that go on.

use std::collections::BTreeMap;

/// Keys and values; of a key that stands twice the last, as Java has it.
pub(crate) type Properties = BTreeMap<String, String>;

/// Reads properties. Every file is one, if an odd one; comments are dropped.
pub(crate) fn read(bytes: &[u8]) -> Properties {
    let mut all = Properties::new();
    let mut lines = bytes
        .split(|byte| *byte == b'\n' || *byte == b'\r')
        .map(<[u8]>::trim_ascii_start);
    while let Some(line) = lines.next() {
        if line.is_empty() || line.starts_with(b"#") || line.starts_with(b"!") {
            continue;
        }
        let mut whole = line.to_vec();
        while goes_on(&whole) {
            whole.pop();
            match lines.by_ref().find(|line| !line.is_empty()) {
                Some(next) => whole.extend_from_slice(next),
                None => break,
            }
        }
        let (key, value) = split(&whole);
        all.insert(unescaped(key), unescaped(value));
    }
    all
}

/// Writes properties in the order of their keys, a line each; what [`read`] gives of it is the same again.
pub(crate) fn write(all: &Properties) -> String {
    let mut text = String::new();
    for (key, value) in all {
        escape(key, true, &mut text);
        text.push('=');
        escape(value, false, &mut text);
        text.push('\n');
    }
    text
}

fn escape(text: &str, key: bool, out: &mut String) {
    let mut leading = true;
    for c in text.chars() {
        match c {
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            '\u{c}' => out.push_str("\\f"),
            ' ' if key || leading => out.push_str("\\ "),
            '=' | ':' | '#' | '!' if key => out.extend(['\\', c]),
            ' '..='~' => out.push(c),
            other => {
                for unit in other.encode_utf16(&mut [0; 2]) {
                    out.push_str(&format!("\\u{unit:04x}"));
                }
            }
        }
        leading = false;
    }
}

fn goes_on(line: &[u8]) -> bool {
    line.iter().rev().take_while(|byte| **byte == b'\\').count() % 2 == 1
}

/// Key and value: apart at the first `=`, `:` or blank that no backslash hides.
fn split(line: &[u8]) -> (&[u8], &[u8]) {
    let mut hidden = false;
    let end = line.iter().position(|byte| {
        let ends = !hidden && matches!(byte, b'=' | b':' | b' ' | b'\t' | b'\x0C');
        hidden = !hidden && *byte == b'\\';
        ends
    });
    let (key, rest) = line
        .split_at_checked(end.unwrap_or(line.len()))
        .unwrap_or((line, b""));
    let rest = rest.trim_ascii_start();
    let value = match rest.split_first() {
        Some((b'=' | b':', value)) => value.trim_ascii_start(),
        _ => rest,
    };
    (key, value)
}

fn unescaped(bytes: &[u8]) -> String {
    let mut units: Vec<u16> = Vec::with_capacity(bytes.len());
    let mut rest = bytes.iter().copied();
    while let Some(byte) = rest.next() {
        let unit = if byte == b'\\' {
            match rest.next() {
                Some(b'u') => {
                    let digits: Vec<u8> = rest.by_ref().take(4).collect();
                    let digits = String::from_utf8_lossy(&digits).into_owned();
                    u16::from_str_radix(&digits, 16).unwrap_or(0xFFFD)
                }
                Some(b'n') => 10,
                Some(b'r') => 13,
                Some(b't') => 9,
                Some(b'f') => 12,
                Some(other) => other.into(),
                None => break,
            }
        } else {
            byte.into()
        };
        units.push(unit);
    }
    String::from_utf16_lossy(&units)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_rules_of_java() {
        let text = b"#Thu Apr 27 13:13:37 UTC 2023\n! no\r\n\n a\\:b = c\\=d \\\n   e\nname : v\xE9\\u00e9\\t\n\
            key value\nempty\nlast=1\nlast=2\nc\\\\=d\ncut=\\u12";
        let read = read(text);
        let got = |key: &str| read.get(key).map(String::as_str);
        assert_eq!(got("a:b"), Some("c=d e"));
        assert_eq!(got("name"), Some("v\u{e9}\u{e9}\t"));
        assert_eq!(got("key"), Some("value"));
        assert_eq!(got("empty"), Some(""));
        assert_eq!(got("last"), Some("2"));
        assert_eq!(got("c\\"), Some("d"));
        assert_eq!(read.len(), 7);
    }

    proptest::proptest! {
        #[test]
        fn anything_can_be_read(bytes: Vec<u8>) {
            read(&bytes);
        }

        #[test]
        fn what_is_written_is_read_again(all: BTreeMap<String, String>) {
            let text = write(&all);
            proptest::prop_assert_eq!(read(text.as_bytes()), all, "{}", text);
        }
    }
}
