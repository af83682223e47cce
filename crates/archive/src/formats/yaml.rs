//! Plain YAML: mappings, sequences and scalars. What makes YAML dangerous is not read at all.

use saphyr_parser::{Event, Parser};
use serde_json::{Map, Value};

const DEPTH: usize = 64;
const NODES: usize = 1_000_000;

/// Reads the one document of a file; every scalar is text.
///
/// # Errors
/// Why it is none, in a lowercase fragment: also an anchor, an alias, a tag, a key that stands twice, too much depth.
pub(crate) fn read(bytes: &[u8]) -> Result<Value, String> {
    let text = std::str::from_utf8(bytes).map_err(|_| "its text is not UTF-8".to_owned())?;
    let text = text.strip_prefix('\u{FEFF}').unwrap_or(text);
    let mut open: Vec<Open> = Vec::new();
    let mut document = None;
    let mut nodes = 0;
    for event in Parser::new_from_str(text) {
        let (event, span) = event.map_err(|error| {
            let marker = error.marker();
            format!(
                "not readable YAML (line {}, column {})",
                marker.line(),
                marker.col()
            )
        })?;
        let refuse = |what: &str| Err(format!("{what} (line {})", span.start.line()));
        nodes += 1;
        if nodes > NODES {
            return refuse("YAML of too many nodes");
        }
        let done = match event {
            Event::Alias(_) => return refuse("YAML with an alias, which is not read"),
            Event::Scalar(_, _, anchor, ref tag)
            | Event::SequenceStart(anchor, ref tag)
            | Event::MappingStart(anchor, ref tag)
                if anchor != 0 || tag.is_some() =>
            {
                return refuse("YAML with an anchor or a tag, which is not read");
            }
            Event::Scalar(text, ..) => Value::String(text.into_owned()),
            Event::SequenceStart(..) => {
                open.push(Open::Sequence(Vec::new()));
                if open.len() > DEPTH {
                    return refuse("YAML too deep");
                }
                continue;
            }
            Event::MappingStart(..) => {
                open.push(Open::Mapping(Map::new(), None));
                if open.len() > DEPTH {
                    return refuse("YAML too deep");
                }
                continue;
            }
            Event::SequenceEnd | Event::MappingEnd => match open.pop() {
                Some(Open::Sequence(items)) => Value::Array(items),
                Some(Open::Mapping(fields, _)) => Value::Object(fields),
                None => return refuse("not readable YAML"),
            },
            _ => continue,
        };
        match open.last_mut() {
            Some(Open::Sequence(items)) => items.push(done),
            Some(Open::Mapping(fields, key)) => match (key.take(), done) {
                (None, Value::String(name)) => *key = Some(name),
                (None, _) => return refuse("YAML with a key that is no text"),
                (Some(name), value) => {
                    if fields.insert(name, value).is_some() {
                        return refuse("YAML with one key twice");
                    }
                }
            },
            None if document.is_none() => document = Some(done),
            None => return refuse("YAML of several documents"),
        }
    }
    document.ok_or_else(|| "YAML without a document".to_owned())
}

/// What is being read.
#[derive(Debug)]
enum Open {
    Sequence(Vec<Value>),
    /// With the key whose value comes next.
    Mapping(Map<String, Value>, Option<String>),
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plain_documents() {
        let read = read(b"---\nid: A\nassets:\n  lookups:\n  - id: L\n    revision: 3\ntags:\n- \"a: b\"\nempty:\n").unwrap();
        assert_eq!(read["assets"]["lookups"][0]["id"], "L");
        assert_eq!(read["tags"][0], "a: b");
        assert_eq!(read["assets"]["lookups"][0]["revision"], "3");
    }

    #[test]
    fn nothing_clever() {
        let refused = |text: &str| read(text.as_bytes()).expect_err(text);
        assert!(refused("a: &x [1]\nb: *x\n").contains("anchor"));
        assert!(refused("a: *x\n").contains("YAML"));
        assert!(refused("a: !!python/object:os.system x\n").contains("tag"));
        assert!(refused("a: 1\na: 2\n").contains("twice"));
        assert!(refused(&"[".repeat(1000)).contains("YAML"));
        assert!(refused(&"- ".repeat(1000)).contains("YAML"));
        assert!(refused("a: 1\n---\nb: 2\n").contains("documents"));
        assert!(refused("").contains("without"));
        assert!(refused("a: [1\n").contains("line"));
    }

    proptest::proptest! {
        #[test]
        fn nothing_panics(text in "[-a: \\[\\]{}&*!|>#'\"\n\t%@,?]{0,60}") {
            let _read = read(text.as_bytes());
        }
    }
}
