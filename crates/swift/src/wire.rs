//! Texts of the wire: a page of a listing, an error's body, a query.

use ferry_core::job::Listed;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde::Deserialize;

use crate::date::listing_date;
use crate::object::unquoted;
use crate::op::Entry;

/// All but what RFC 3986 calls unreserved: a `+` must be `%2B`, or it means a blank.
const QUERY: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~');

/// A query string of what has a value, encoded.
pub(crate) fn query(pairs: &[(&str, Option<&str>)]) -> String {
    let given = pairs.iter().filter_map(|(key, value)| {
        let value = value.filter(|value| !value.is_empty())?;
        Some(format!("{key}={}", utf8_percent_encode(value, QUERY)))
    });
    given.collect::<Vec<_>>().join("&")
}

/// One line of a listing (seen): an object, or with a delimiter a pseudo-folder, which has no name.
#[derive(Deserialize)]
struct Line {
    name: Option<String>,
    subdir: Option<String>,
    bytes: Option<u64>,
    hash: Option<String>,
    last_modified: Option<String>,
}

/// A page of a listing; an empty body (204) is an empty page.
pub(crate) fn page(body: &[u8]) -> Result<Vec<Entry>, serde_json::Error> {
    if body.is_empty() {
        return Ok(Vec::new());
    }
    let lines: Vec<Line> = serde_json::from_slice(body)?;
    Ok(lines.into_iter().filter_map(entry).collect())
}

fn entry(line: Line) -> Option<Entry> {
    if let Some(folder) = line.subdir {
        return Some(Entry::Folder(folder));
    }
    Some(Entry::Object(Listed {
        name: line.name?,
        bytes: line.bytes.unwrap_or_default(),
        etag: line.hash.as_deref().and_then(unquoted),
        modified: line.last_modified.as_deref().and_then(listing_date),
    }))
}

/// The body of a refusal of the service's own API: JSON.
#[derive(Deserialize)]
struct Problem {
    code: Option<String>,
    message: Option<String>,
}

/// What an error's body says, on one line: JSON's `code` and `message`, else its text
/// without tags. Which of the two the service's Swift host sends is not known.
pub(crate) fn detail(body: &str) -> Option<String> {
    let text = match serde_json::from_str::<Problem>(body) {
        Ok(Problem { code, message }) => {
            let parts: Vec<String> = [code, message].into_iter().flatten().collect();
            parts.join(": ")
        }
        Err(_) => without_tags(body),
    };
    let words: Vec<&str> = text.split_whitespace().collect();
    let line = words.join(" ");
    (!line.is_empty()).then_some(line)
}

fn without_tags(body: &str) -> String {
    let mut inside = false;
    body.chars()
        .filter_map(|c| match c {
            '<' => {
                inside = true;
                Some(' ')
            }
            '>' if inside => {
                inside = false;
                None
            }
            _ if inside => None,
            _ => Some(c),
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_page_as_it_was_seen() {
        let body = br#"[{"name":"Local_Suite_Instance-142040.zip","hash":"8c1c0866ff0e7ff78441bc45cded6dfc","bytes":29688003,
          "last_modified":"2020-05-14T21:56:02.716000","content_type":null},{"subdir":"d/e/"}]"#;
        let listed = Listed {
            name: "Local_Suite_Instance-142040.zip".to_owned(),
            bytes: 29_688_003,
            etag: Some("8c1c0866ff0e7ff78441bc45cded6dfc".to_owned()),
            modified: "2020-05-14T21:56:02.716Z".parse().ok(),
        };
        let folder = Entry::Folder("d/e/".to_owned());
        assert_eq!(page(body).unwrap(), [Entry::Object(listed), folder]);
        assert_eq!(page(b"").unwrap(), []);
        assert_eq!(page(b"[]").unwrap(), []);
        assert!(page(b"<html>").is_err());
    }

    #[test]
    fn details_of_both_kinds() {
        let json =
            r#"{"code":"NotAuthenticated","message":"The required information\nis missing"}"#;
        assert_eq!(
            detail(json).as_deref(),
            Some("NotAuthenticated: The required information is missing")
        );
        let html = "<html><h1>Not Found</h1><p>The resource could not be found.</p></html>";
        assert_eq!(
            detail(html).as_deref(),
            Some("Not Found The resource could not be found.")
        );
        assert_eq!(detail(""), None);
        assert_eq!(detail("{}"), None);
    }

    #[test]
    fn plus_and_friends_are_encoded() {
        let all = [
            ("marker", Some("a+b c&d=é/~")),
            ("prefix", None),
            ("x", Some("")),
        ];
        assert_eq!(query(&all), "marker=a%2Bb%20c%26d%3D%C3%A9%2F~");
        assert_eq!(query(&[("a", Some("1")), ("b", Some("2"))]), "a=1&b=2");
    }

    proptest! {
        #[test]
        fn any_name_survives_a_query(name in ".+") {
            let query = query(&[("k", Some(&name))]);
            let encoded = query.strip_prefix("k=").unwrap();
            prop_assert!(encoded.bytes().all(|b| b.is_ascii_alphanumeric() || b"-._~%".contains(&b)));
            let back = percent_encoding::percent_decode_str(encoded).decode_utf8().unwrap();
            prop_assert_eq!(back.as_ref(), name.as_str());
        }
    }
}
