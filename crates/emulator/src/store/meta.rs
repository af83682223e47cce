//! Metadata that callers give to accounts, containers and objects, within upstream's limits.

use std::collections::BTreeMap;

use http::HeaderMap;

use super::problem::{Problem, bad};

/// Headers by their lower-case names.
pub(super) type Meta = BTreeMap<String, String>;

const LONGEST_NAME: usize = 128;
const LONGEST_VALUE: usize = 256;
const MOST: usize = 90;
const LARGEST: usize = 4096;
/// The longest value of any header.
const LONGEST_HEADER: usize = 8192;

/// What the metadata of something begins with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Account,
    Container,
    Object,
}

impl Kind {
    /// `x-object-meta-` and so on.
    pub(super) fn prefix(self) -> &'static str {
        match self {
            Self::Account => "x-account-meta-",
            Self::Container => "x-container-meta-",
            Self::Object => "x-object-meta-",
        }
    }
}

/// The metadata of a request.
///
/// # Errors
///
/// A limit that it passes, as upstream says it.
pub(super) fn of(headers: &HeaderMap, kind: Kind) -> Result<Meta, Problem> {
    let prefix = kind.prefix();
    let mut meta = Meta::new();
    let (mut count, mut size) = (0, 0);
    for (name, value) in headers {
        let name = name.as_str();
        if value.len() > LONGEST_HEADER {
            let short: String = name.chars().take(LONGEST_NAME).collect();
            return Err(bad(format!("Header value too long: {}", titled(&short))));
        }
        let Some(own) = name.strip_prefix(prefix) else {
            continue;
        };
        if own.is_empty() {
            return Err(bad("Metadata name cannot be empty"));
        }
        let text = std::str::from_utf8(value.as_bytes());
        let text = match text {
            Ok(text) => text.to_owned(),
            Err(_) if kind == Kind::Object => {
                String::from_utf8_lossy(value.as_bytes()).into_owned()
            }
            Err(_) => return Err(bad("Metadata must be valid UTF-8")),
        };
        count += 1;
        size += own.len() + value.len();
        if own.len() > LONGEST_NAME {
            let own = titled(own);
            return Err(bad(format!("Metadata name too long: {prefix}{own}")));
        }
        if value.len() > LONGEST_VALUE {
            let own = titled(own);
            return Err(bad(format!(
                "Metadata value longer than {LONGEST_VALUE}: {prefix}{own}"
            )));
        }
        within(count, size)?;
        meta.insert(name.to_owned(), text);
    }
    Ok(meta)
}

fn within(count: usize, size: usize) -> Result<(), Problem> {
    if count > MOST {
        return Err(bad(format!("Too many metadata items; max {MOST}")));
    }
    if size > LARGEST {
        return Err(bad(format!("Total metadata too large; max {LARGEST}")));
    }
    Ok(())
}

/// Merges the metadata of a request into what an account or a container has: an empty value removes, and so does
/// `X-Remove-…` where no value is given too.
///
/// # Errors
///
/// Together they pass a limit.
pub(super) fn merged(own: &Meta, headers: &HeaderMap, kind: Kind) -> Result<Meta, Problem> {
    let mut all = own.clone();
    let given = of(headers, kind)?;
    let remove = kind.prefix().replacen("x-", "x-remove-", 1);
    for name in headers.keys() {
        if let Some(own) = name.as_str().strip_prefix(&remove) {
            all.remove(&format!("{}{own}", kind.prefix()));
        }
    }
    for (name, value) in given {
        if value.is_empty() {
            all.remove(&name);
        } else {
            all.insert(name, value);
        }
    }
    let (mut count, mut size) = (0, 0);
    for (name, value) in &all {
        if let Some(own) = name.strip_prefix(kind.prefix()) {
            count += 1;
            size += own.len() + value.len();
        }
    }
    within(count, size)?;
    Ok(all)
}

/// `content-type` as `Content-Type`.
pub(super) fn titled(name: &str) -> String {
    let word = |word: &str| {
        let mut letters = word.chars();
        let first = letters.next().map(|c| c.to_ascii_uppercase());
        first.into_iter().chain(letters).collect::<String>()
    };
    name.split('-').map(word).collect::<Vec<_>>().join("-")
}

#[cfg(test)]
mod tests {
    use http::{HeaderName, HeaderValue};

    use super::*;

    fn headers(all: &[(&str, &str)]) -> HeaderMap {
        all.iter()
            .map(|(name, value)| {
                let name: HeaderName = name.parse().unwrap();
                (name, HeaderValue::from_bytes(value.as_bytes()).unwrap())
            })
            .collect()
    }

    #[test]
    fn limits_are_kept() {
        let long = "x".repeat(129);
        let named = format!("x-object-meta-{long}");
        assert!(of(&headers(&[(&named, "1")]), Kind::Object).is_err());
        let long = "x".repeat(257);
        assert!(of(&headers(&[("x-object-meta-a", &long)]), Kind::Object).is_err());
        assert!(of(&headers(&[("x-object-meta-", "1")]), Kind::Object).is_err());
        let many: Vec<String> = (0..91).map(|n| format!("x-object-meta-{n}")).collect();
        let all: Vec<(&str, &str)> = many.iter().map(|name| (name.as_str(), "1")).collect();
        assert!(of(&headers(&all), Kind::Object).is_err());
        assert_eq!(of(&headers(&all[..90]), Kind::Object).unwrap().len(), 90);
    }

    #[test]
    fn what_is_there_is_merged() {
        let own = Meta::from([
            ("x-container-meta-a".to_owned(), "1".to_owned()),
            ("x-container-meta-b".to_owned(), "2".to_owned()),
            ("x-container-meta-c".to_owned(), "3".to_owned()),
        ]);
        let asked = headers(&[
            ("x-container-meta-a", ""),
            ("x-remove-container-meta-b", "x"),
            ("x-container-meta-d", "4"),
        ]);
        let all = merged(&own, &asked, Kind::Container).unwrap();
        let names: Vec<&str> = all.keys().map(String::as_str).collect();
        assert_eq!(names, ["x-container-meta-c", "x-container-meta-d"]);
    }

    #[test]
    fn titles() {
        assert_eq!(titled("x-object-meta-a"), "X-Object-Meta-A");
    }
}
