//! JSON as upstream writes it: in ASCII, with a blank behind every comma and colon.

use std::io::{self, Write};

use serde::Serialize;
use serde_json::Serializer;
use serde_json::ser::Formatter;

/// The text of a value.
pub(super) fn text(value: &impl Serialize) -> String {
    let mut out = Vec::new();
    let mut serializer = Serializer::with_formatter(&mut out, Spaced);
    // Neither the values nor writing to memory fail.
    let _ = value.serialize(&mut serializer);
    String::from_utf8(out).unwrap_or_default()
}

struct Spaced;

impl Formatter for Spaced {
    fn begin_array_value<W: Write + ?Sized>(&mut self, out: &mut W, first: bool) -> io::Result<()> {
        comma(out, first)
    }

    fn begin_object_key<W: Write + ?Sized>(&mut self, out: &mut W, first: bool) -> io::Result<()> {
        comma(out, first)
    }

    fn begin_object_value<W: Write + ?Sized>(&mut self, out: &mut W) -> io::Result<()> {
        out.write_all(b": ")
    }

    fn write_string_fragment<W: Write + ?Sized>(
        &mut self,
        out: &mut W,
        fragment: &str,
    ) -> io::Result<()> {
        let mut plain = 0;
        for (at, char) in fragment.char_indices() {
            if char.is_ascii() {
                continue;
            }
            out.write_all(fragment.get(plain..at).unwrap_or_default().as_bytes())?;
            plain = at + char.len_utf8();
            for unit in char.encode_utf16(&mut [0; 2]) {
                write!(out, "\\u{unit:04x}")?;
            }
        }
        out.write_all(fragment.get(plain..).unwrap_or_default().as_bytes())
    }
}

fn comma<W: Write + ?Sized>(out: &mut W, first: bool) -> io::Result<()> {
    if first { Ok(()) } else { out.write_all(b", ") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn is_spaced_and_in_ascii() {
        let value = serde_json::json!([{"a": "\u{e9}\u{1f600}\n", "b": [1, null]}]);
        let text = text(&value);
        assert_eq!(text, r#"[{"a": "\u00e9\ud83d\ude00\n", "b": [1, null]}]"#);
        let read: serde_json::Value = serde_json::from_str(&text).unwrap();
        assert_eq!(read, value);
    }
}
