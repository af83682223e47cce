//! What all identifiers share: the error, the checks, the percent-encoding and the boilerplate of a checked string.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

/// How many characters of a refused value an error shows.
const SHOWN: usize = 80;

/// A text that can not be the identifier that it was given as.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{} is not {what}: {why}", shown(value))]
pub struct InvalidId {
    /// What was wanted, with its article: `a job name`.
    pub what: &'static str,
    /// The refused text (cut where it could hold a secret).
    pub value: String,
    /// The rule that it breaks, as a clause: `it is empty`.
    pub why: &'static str,
}

/// A value as an error shows it: quoted, control characters escaped, of bounded length.
fn shown(value: &str) -> String {
    let short: String = value.chars().take(SHOWN).collect();
    let dots = if short.len() < value.len() { "…" } else { "" };
    format!("{short:?}{dots}")
}

/// Everything but the unreserved characters of RFC 3986 is encoded.
const SEGMENT: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~');

const PATH: &AsciiSet = &SEGMENT.remove(b'/');

/// `text` as one segment of a URL's path: each byte percent-encoded but the unreserved ones.
pub(crate) fn encode_segment(text: &str) -> String {
    utf8_percent_encode(text, SEGMENT).to_string()
}

/// `text` as the rest of a URL's path: like [`encode_segment`], but `/` stays.
pub(super) fn encode_path(text: &str) -> String {
    utf8_percent_encode(text, PATH).to_string()
}

/// A check: `Err` tells the rule that is broken.
pub(crate) type Checked = Result<(), &'static str>;

/// One to `max` characters.
pub(super) fn check_length(text: &str, max: usize) -> Checked {
    if text.is_empty() {
        Err("it is empty")
    } else if text.chars().nth(max).is_some() {
        Err("it is too long")
    } else {
        Ok(())
    }
}

/// No control characters (line breaks among them).
pub(crate) fn check_no_control(text: &str) -> Checked {
    if text.chars().any(char::is_control) {
        Err("it has control characters or line breaks")
    } else {
        Ok(())
    }
}

/// `.` and `..` as a whole segment would be taken for a step in the path by what lies between us and the service.
pub(super) fn check_no_dots(text: &str) -> Checked {
    if matches!(text, "." | "..") {
        Err("it would be a step in a path")
    } else {
        Ok(())
    }
}

/// Declares a checked string: the type, its conversions, its text and its serde form.
///
/// `prepare` (optional) turns the text that came into the text that is kept, before the check.
macro_rules! text_id {
    ($(#[$meta:meta])* $name:ident, $what:literal, check: $check:expr $(, prepare: $prepare:expr)?) => {
        $(#[$meta])*
        #[derive(
            Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize,
        )]
        #[serde(try_from = "String", into = "String")]
        pub struct $name(String);

        impl $name {
            /// The text itself.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl TryFrom<String> for $name {
            type Error = $crate::ids::InvalidId;

            fn try_from(value: String) -> Result<Self, Self::Error> {
                $(let value: String = $prepare(value);)?
                let check: fn(&str) -> Result<(), &'static str> = $check;
                match check(&value) {
                    Ok(()) => Ok(Self(value)),
                    Err(why) => Err($crate::ids::InvalidId { what: $what, value, why }),
                }
            }
        }

        impl std::str::FromStr for $name {
            type Err = $crate::ids::InvalidId;

            fn from_str(value: &str) -> Result<Self, Self::Err> {
                Self::try_from(value.to_owned())
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.pad(&self.0)
            }
        }

        impl AsRef<str> for $name {
            fn as_ref(&self) -> &str {
                &self.0
            }
        }

        impl From<$name> for String {
            fn from(value: $name) -> Self {
                value.0
            }
        }
    };
}
pub(crate) use text_id;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn errors_show_a_bounded_and_escaped_value() {
        let error = InvalidId {
            what: "a job name",
            value: format!("a\n{}", "x".repeat(500)),
            why: "it is too long",
        };
        let text = error.to_string();
        assert!(text.starts_with("\"a\\nxxx"), "{text}");
        assert!(
            text.ends_with("x\"… is not a job name: it is too long"),
            "{text}"
        );
        assert!(text.len() < 160, "{text}");
    }

    #[test]
    fn segments_keep_only_unreserved_characters() {
        assert_eq!(encode_segment("a-b._~C9"), "a-b._~C9");
        assert_eq!(encode_segment("a/b|c %é"), "a%2Fb%7Cc%20%25%C3%A9");
        assert_eq!(encode_path("a/b c"), "a/b%20c");
    }

    #[test]
    fn length_counts_characters() {
        assert!(check_length("éé", 2).is_ok());
        assert!(check_length("ééé", 2).is_err());
        assert!(check_length("", 2).is_err());
    }
}
