//! Searches what a product said and wrote for secrets, also in the forms in which they hide.

use std::fmt;
use std::fs;
use std::path::Path;

use base64::Engine;
use base64::engine::general_purpose::{STANDARD_NO_PAD, URL_SAFE_NO_PAD};

/// Shorter needles would be found by chance.
const SHORTEST: usize = 6;

/// A set of secrets. Neither `Debug` nor its panics show one.
#[derive(Clone, Default)]
pub struct Secrets {
    known: Vec<Secret>,
}

#[derive(Clone)]
struct Secret {
    name: String,
    forms: Vec<(&'static str, Vec<u8>)>,
}

impl fmt::Debug for Secrets {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list()
            .entries(self.known.iter().map(|secret| &secret.name))
            .finish()
    }
}

impl Secrets {
    /// No secret yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a secret under a name that may be shown.
    ///
    /// # Panics
    /// It has fewer than 6 bytes, and would be found by chance.
    #[must_use]
    pub fn and(mut self, name: &str, value: &str) -> Self {
        assert!(
            value.len() >= SHORTEST,
            "the secret {name} is too short to be searched for"
        );
        self.known.push(Secret {
            name: name.to_owned(),
            forms: forms(value),
        });
        self
    }

    /// The first secret in these bytes: its name and form.
    pub fn found_in(&self, bytes: &[u8]) -> Option<String> {
        self.known.iter().find_map(|secret| {
            let has = |needle: &[u8]| bytes.windows(needle.len()).any(|window| window == needle);
            let (form, _) = secret.forms.iter().find(|(_, needle)| has(needle))?;
            Some(format!("{} ({form})", secret.name))
        })
    }

    /// Asserts that none is in these bytes; `place` names them in the panic.
    ///
    /// # Panics
    /// One is there.
    #[track_caller]
    pub fn assert_absent(&self, place: &str, bytes: impl AsRef<[u8]>) {
        if let Some(found) = self.found_in(bytes.as_ref()) {
            panic!("{place} shows the secret {found}");
        }
    }

    /// Asserts that none is in the names or contents of the files at or below a path.
    ///
    /// # Panics
    /// One is there, or the path cannot be read: what was not read proves nothing.
    #[track_caller]
    pub fn assert_absent_below(&self, path: &Path) {
        let shown = path.display().to_string();
        self.assert_absent("the name of a file", &shown);
        let kind = fs::symlink_metadata(path).unwrap_or_else(|error| panic!("{shown}: {error}"));
        if kind.is_dir() {
            for inner in fs::read_dir(path).unwrap_or_else(|error| panic!("{shown}: {error}")) {
                let inner = inner.unwrap_or_else(|error| panic!("{shown}: {error}"));
                self.assert_absent_below(&inner.path());
            }
        } else if kind.is_file() {
            let bytes = fs::read(path).unwrap_or_else(|error| panic!("{shown}: {error}"));
            self.assert_absent(&shown, bytes);
        }
    }
}

fn forms(value: &str) -> Vec<(&'static str, Vec<u8>)> {
    let mut forms = vec![("as it is", value.as_bytes().to_vec())];
    let mut add = |form, needle: Vec<u8>| {
        if needle.len() >= SHORTEST && forms.iter().all(|(_, known)| *known != needle) {
            forms.push((form, needle));
        }
    };
    for form in ["%", "%+"] {
        for upper in [true, false] {
            add("percent-encoded", percent(value, form, upper).into_bytes());
        }
    }
    add(
        "in JSON",
        value
            .replace('\\', "\\\\")
            .replace('"', "\\\"")
            .into_bytes(),
    );
    // Base64 of a longer text, such as `user:secret`, holds it at one of three alignments.
    for before in 0..3 {
        for url_safe in [false, true] {
            add("base64", inner_base64(value.as_bytes(), before, url_safe));
        }
    }
    forms
}

fn percent(value: &str, form: &str, upper: bool) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~".contains(&byte);
    let encode = |byte: u8| match byte {
        byte if plain(byte) => char::from(byte).to_string(),
        b' ' if form == "%+" => "+".to_owned(),
        _ if upper => format!("%{byte:02X}"),
        _ => format!("%{byte:02x}"),
    };
    value.bytes().map(encode).collect()
}

/// The characters that depend on the value alone where `before` bytes stand before it.
fn inner_base64(value: &[u8], before: usize, url_safe: bool) -> Vec<u8> {
    let padded = [vec![0; before], value.to_vec()].concat();
    let encoded = if url_safe {
        URL_SAFE_NO_PAD.encode(&padded)
    } else {
        STANDARD_NO_PAD.encode(&padded)
    };
    // Six bits a character: leave those that hold a bit of what stands before or behind.
    let first = (before * 8).div_ceil(6);
    let last = padded.len() * 8 / 6;
    encoded
        .into_bytes()
        .into_iter()
        .take(last)
        .skip(first)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECRET: &str = "s3cr+t/ \"pass\\word";

    fn finds(text: &str) -> bool {
        Secrets::new()
            .and("password", SECRET)
            .found_in(text.as_bytes())
            .is_some()
    }

    #[test]
    fn every_form_is_found() {
        assert!(finds(&format!("password={SECRET};")));
        assert!(finds("x=s3cr%2Bt%2F%20%22pass%5Cword&y"));
        assert!(finds("x=s3cr%2bt%2f+%22pass%5cword&y"));
        assert!(finds(r#"{"password":"s3cr+t/ \"pass\\word"}"#));
        for user in ["", "a", "ab", "abc", "acme/jane"] {
            let basic = format!("{user}:{SECRET}");
            assert!(finds(&STANDARD_NO_PAD.encode(&basic)), "{user}");
            assert!(
                finds(&URL_SAFE_NO_PAD.encode(format!("{basic}tail"))),
                "{user}"
            );
        }
        assert!(!finds("s3cr+t password cGFzc3dvcmQ="));
    }

    #[test]
    fn files_are_searched_and_the_panic_keeps_the_secret() {
        let folder = tempfile::tempdir().unwrap();
        fs::create_dir(folder.path().join("runs")).unwrap();
        fs::write(
            folder.path().join("runs/journal"),
            format!("token {SECRET}"),
        )
        .unwrap();
        let secrets = Secrets::new().and("token", SECRET);
        let result = std::panic::catch_unwind(|| secrets.assert_absent_below(folder.path()));
        let message = *result.unwrap_err().downcast::<String>().unwrap();
        assert!(
            message.contains("shows the secret token (as it is)"),
            "{message}"
        );
        assert!(!message.contains(SECRET));
        assert_eq!(format!("{secrets:?}"), "[\"token\"]");
    }
}
