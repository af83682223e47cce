//! What a raw path means.

use http::StatusCode;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str};

use super::BucketKey;
use super::problem::Problem;

/// What upstream leaves as it is in a path.
pub(super) const PATH: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'/')
    .remove(b'_')
    .remove(b'.')
    .remove(b'-')
    .remove(b'~');

/// What a request is about.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Target {
    /// A namespace; upstream, an account.
    Account(String),
    /// A bucket; upstream, a container.
    Bucket(BucketKey),
    /// An object.
    Object(BucketKey, String),
}

impl Target {
    /// The namespace.
    pub(super) fn namespace(&self) -> &str {
        match self {
            Self::Account(namespace) => namespace,
            Self::Bucket(key) | Self::Object(key, _) => &key.namespace,
        }
    }

    /// The bucket, where there is one.
    pub(super) fn bucket(&self) -> Option<&BucketKey> {
        match self {
            Self::Account(_) => None,
            Self::Bucket(key) | Self::Object(key, _) => Some(key),
        }
    }
}

/// Nothing is at this path.
pub(super) fn nowhere() -> Problem {
    Problem::page(StatusCode::NOT_FOUND, "the path does not begin with /v1/")
}

/// Reads `/v1/<namespace>[/<bucket>[/<object>]]`. Nothing is normalised: `..`, `//` and a trailing `/` are ordinary
/// in the name of an object, and `%2F` there is a slash.
pub(super) fn target(raw: &str) -> Result<Target, Problem> {
    let bad_url = || Problem::says(StatusCode::PRECONDITION_FAILED, "Bad URL");
    let path = percent_decode_str(raw)
        .decode_utf8()
        .ok()
        .filter(|path| !path.contains('\0'))
        .ok_or_else(|| {
            Problem::says(
                StatusCode::PRECONDITION_FAILED,
                "Invalid UTF8 or contains NULL",
            )
            .because("invalid UTF-8 or NUL in the path")
        })?;
    let path = path.strip_prefix('/').ok_or_else(nowhere)?;
    let mut pieces = path.splitn(4, '/');
    let version = pieces.next().unwrap_or_default();
    if version.is_empty() {
        return Err(nowhere());
    }
    let mut piece = || pieces.next().unwrap_or_default().to_owned();
    let (namespace, bucket, object) = (piece(), piece(), piece());
    let behind = |piece: &str, rest: &str| piece.is_empty() && !rest.is_empty();
    if behind(&namespace, &bucket) || behind(&bucket, &object) {
        return Err(nowhere());
    }
    if namespace.is_empty() {
        return Err(bad_url());
    }
    if !matches!(version, "v1" | "v1.0") {
        return Err(Problem::page(StatusCode::BAD_REQUEST, "no such version"));
    }
    if bucket.is_empty() {
        return Ok(Target::Account(namespace));
    }
    let key = BucketKey { namespace, bucket };
    Ok(if object.is_empty() {
        Target::Bucket(key)
    } else {
        Target::Object(key, object)
    })
}

/// `container/object`, as headers that name an object have it: percent-encoded, a leading slash allowed.
pub(super) fn named(header: &str) -> Option<(String, String)> {
    let path = percent_decode_str(header).decode_utf8().ok()?;
    let path = path.strip_prefix('/').unwrap_or(&path);
    let (bucket, object) = path.split_once('/')?;
    (!bucket.is_empty() && !object.is_empty()).then(|| (bucket.to_owned(), object.to_owned()))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn object(raw: &str) -> Option<String> {
        match target(raw) {
            Ok(Target::Object(_, name)) => Some(name),
            _ => None,
        }
    }

    #[test]
    fn reads_paths_without_normalising() {
        assert_eq!(target("/v1/acme"), Ok(Target::Account("acme".to_owned())));
        assert_eq!(target("/v1/acme/"), Ok(Target::Account("acme".to_owned())));
        let key = BucketKey {
            namespace: "acme".to_owned(),
            bucket: "ferry".to_owned(),
        };
        assert_eq!(target("/v1/acme/ferry/"), Ok(Target::Bucket(key)));
        for (raw, name) in [
            ("a%2Fb", "a/b"),
            ("a//b/", "a//b/"),
            ("../x", "../x"),
            ("a%0Ab", "a\nb"),
            ("%C3%A9%20+", "\u{e9} +"),
            ("%zz", "%zz"),
        ] {
            assert_eq!(
                object(&format!("/v1/acme/ferry/{raw}")).as_deref(),
                Some(name)
            );
        }
    }

    #[test]
    fn refuses_what_is_no_name() {
        let status = |raw: &str| target(raw).unwrap_err().status().as_u16();
        assert_eq!(status("/v1/acme/ferry/%00"), 412);
        assert_eq!(status("/v1/acme/ferry/%FF"), 412);
        assert_eq!(status("/v2/acme"), 400);
        assert_eq!(status("//v1/acme"), 404);
        assert_eq!(status("/v1//x"), 404);
        assert_eq!(status("/v1/"), 412);
    }

    #[test]
    fn names_in_headers() {
        let read = |text| named(text).map(|(bucket, object)| format!("{bucket}|{object}"));
        assert_eq!(read("/c/o%20p/q").as_deref(), Some("c|o p/q"));
        assert_eq!(read("c/o").as_deref(), Some("c|o"));
        for text in ["", "/", "c", "/c", "c/", "//o"] {
            assert_eq!(read(text), None, "{text}");
        }
    }

    proptest! {
        #[test]
        fn never_panics(raw in ".*") {
            let _ = target(&raw);
            let _ = target(&format!("/v1/{raw}"));
            let _ = named(&raw);
        }

        #[test]
        fn every_name_comes_back_from_its_encoding(name in "[^\0]{1,200}") {
            let encoded = percent_encoding::percent_encode(name.as_bytes(), NON_ALPHANUMERIC);
            let read = object(&format!("/v1/acme/ferry/{encoded}"));
            prop_assert_eq!(read, Some(name));
        }
    }
}
