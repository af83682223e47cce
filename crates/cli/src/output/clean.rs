//! Names and messages come from elsewhere: what could steer a terminal or reorder a line is taken out.

use serde_json::Value;

/// Without control characters (a tab becomes a blank, line ends stay) and without invisible or bidirectional marks.
pub(crate) fn clean(text: &str) -> String {
    text.chars()
        .filter_map(|c| match c {
            '\n' => Some('\n'),
            '\t' => Some(' '),
            c if c.is_control() => None,
            '\u{061c}'
            | '\u{200b}'..='\u{200f}'
            | '\u{2028}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}'
            | '\u{feff}' => None,
            c => Some(c),
        })
        .collect()
}

/// [`clean`], and line ends become blanks.
pub(crate) fn clean_line(text: &str) -> String {
    clean(text).replace('\n', " ")
}

/// The same in every text and key of a JSON value, texts going through `and` too.
pub(crate) fn clean_json(value: Value, and: &dyn Fn(&str) -> String) -> Value {
    match value {
        Value::String(text) => Value::String(clean(&and(&text))),
        Value::Array(items) => items
            .into_iter()
            .map(|item| clean_json(item, and))
            .collect(),
        Value::Object(map) => {
            let clean_entry = |(key, value): (String, Value)| (clean(&key), clean_json(value, and));
            map.into_iter().map(clean_entry).collect()
        }
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn nothing_that_steers_a_terminal_passes() {
        assert_eq!(clean("a\u{1b}[31mred\u{7}\u{9b}2J"), "a[31mred2J");
        assert_eq!(clean("exe\u{202e}gpj.zip\u{2066}"), "exegpj.zip");
        assert_eq!(clean("one\r\ntwo\tthree"), "one\ntwo three");
        assert_eq!(clean_line("one\ntwo"), "one two");
        assert_eq!(clean("Größe ✓"), "Größe ✓");
    }

    #[test]
    fn json_is_cleaned_through_and_through() {
        let dirty = json!({"k\u{202e}": ["\u{1b}[2J", {"x": "\u{85}y"}], "n": 1});
        assert_eq!(
            clean_json(dirty, &str::to_owned),
            json!({"k": ["[2J", {"x": "y"}], "n": 1})
        );
    }
}
