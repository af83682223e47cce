//! What a raw path means.

use http::StatusCode;
use percent_encoding::percent_decode_str;

use super::BucketKey;

/// The longest name of an object, in bytes after decoding.
const LONGEST_NAME: usize = 1024;

/// What a request is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Target {
    /// A namespace.
    Account(String),
    /// A bucket.
    Bucket(BucketKey),
    /// An object.
    Object(BucketKey, String),
}

/// A path that means nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct BadPath {
    pub(super) status: StatusCode,
    pub(super) why: &'static str,
}

/// Reads `/v1/<namespace>[/<bucket>[/<object>]]`. Nothing is normalised: `..`, `//` and a trailing `/` are ordinary
/// in the name of an object, and `%2F` there is a slash.
pub(super) fn target(raw: &str) -> Result<Target, BadPath> {
    let bad = |status, why| BadPath { status, why };
    let rest = raw.strip_prefix("/v1/").ok_or(bad(
        StatusCode::NOT_FOUND,
        "the path does not begin with /v1/",
    ))?;
    let mut pieces = rest.splitn(3, '/');
    let mut piece = || decode(pieces.next().unwrap_or_default());
    let namespace = piece()?;
    let bucket = piece()?;
    let object = piece()?;
    if namespace.is_empty() {
        return Err(bad(StatusCode::NOT_FOUND, "the path names no namespace"));
    }
    if bucket.is_empty() {
        return if object.is_empty() {
            Ok(Target::Account(namespace))
        } else {
            Err(bad(StatusCode::NOT_FOUND, "the path names no bucket"))
        };
    }
    let key = BucketKey { namespace, bucket };
    if object.is_empty() {
        Ok(Target::Bucket(key))
    } else if object.len() > LONGEST_NAME {
        Err(bad(
            StatusCode::BAD_REQUEST,
            "the object's name is longer than 1024 bytes",
        ))
    } else if object.contains(['\r', '\n']) {
        Err(bad(
            StatusCode::BAD_REQUEST,
            "the object's name holds a line break",
        ))
    } else {
        Ok(Target::Object(key, object))
    }
}

fn decode(piece: &str) -> Result<String, BadPath> {
    percent_decode_str(piece)
        .decode_utf8()
        .ok()
        .filter(|text| !text.contains('\0'))
        .map(std::borrow::Cow::into_owned)
        .ok_or(BadPath {
            status: StatusCode::PRECONDITION_FAILED,
            why: "invalid UTF-8 or NUL in the path",
        })
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
        let status = |raw: &str| target(raw).unwrap_err().status.as_u16();
        assert_eq!(status("/v1/acme/ferry/%00"), 412);
        assert_eq!(status("/v1/acme/ferry/%FF"), 412);
        assert_eq!(status("/v1/acme/ferry/a%0Ab"), 400);
        assert_eq!(status(&format!("/v1/acme/ferry/{}", "x".repeat(1025))), 400);
        assert_eq!(status("/v2/acme"), 404);
        assert_eq!(status("/v1//x"), 404);
    }

    proptest! {
        #[test]
        fn never_panics(raw in ".*") {
            let _ = target(&raw);
            let _ = target(&format!("/v1/{raw}"));
        }

        #[test]
        fn every_name_comes_back_from_its_encoding(name in "[^\0\r\n]{1,200}") {
            let encoded = percent_encoding::percent_encode(name.as_bytes(), percent_encoding::NON_ALPHANUMERIC);
            let read = object(&format!("/v1/acme/ferry/{encoded}"));
            prop_assert_eq!(read, Some(name));
        }
    }
}
