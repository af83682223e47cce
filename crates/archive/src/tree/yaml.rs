//! Plain block YAML in which every scalar is quoted, so that it means the same to every reader.

use serde_json::Value;

/// Writes a document; what `yaml::read` gives of it is the same again.
pub(super) fn write(value: &Value) -> String {
    let mut text = String::new();
    node(value, 0, &mut text);
    text
}

fn node(value: &Value, depth: usize, text: &mut String) {
    match value {
        Value::Object(fields) if !fields.is_empty() => {
            for (key, value) in fields {
                indent(depth, text);
                text.push_str(&Value::from(key.as_str()).to_string());
                text.push(':');
                below(value, depth, text);
            }
        }
        Value::Array(items) if !items.is_empty() => {
            for item in items {
                indent(depth, text);
                text.push('-');
                below(item, depth, text);
            }
        }
        other => {
            indent(depth, text);
            text.push_str(&scalar(other));
            text.push('\n');
        }
    }
}

fn below(value: &Value, depth: usize, text: &mut String) {
    let nested = match value {
        Value::Object(fields) => !fields.is_empty(),
        Value::Array(items) => !items.is_empty(),
        _ => false,
    };
    if nested {
        text.push('\n');
        node(value, depth + 1, text);
    } else {
        text.push(' ');
        text.push_str(&scalar(value));
        text.push('\n');
    }
}

fn scalar(value: &Value) -> String {
    // A string of JSON is one of YAML.
    value.to_string()
}

fn indent(depth: usize, text: &mut String) {
    text.extend(std::iter::repeat_n("  ", depth));
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn what_is_written_is_read_again() {
        let value = json!({
            "code": "DEMO", "empty": "", "text": "a: \"b\"\n#c \u{e9}\t- d", "none": [], "hollow": {},
            "assets": {"integrations": [{"id": "A|01.00.0000", "list": ["x", ["y"]]}, {"id": "B"}]},
        });
        let text = write(&value);
        let read = crate::formats::yaml::read(text.as_bytes()).unwrap();
        assert_eq!(read, value, "{text}");
    }
}
