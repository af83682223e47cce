//! What is known of an object.

use ferry_http::Response;
use jiff::Timestamp;
use percent_encoding::percent_decode_str;

use crate::date::http_date;

/// The facts of one object's headers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ObjectInfo {
    /// Size in bytes.
    pub bytes: u64,
    /// `ETag` without quotes. An MD5 in upstream Swift; on the service that is not documented.
    pub etag: Option<String>,
    /// `Last-Modified`: upstream rounds it *up* to the next second, a listing does not.
    pub modified: Option<Timestamp>,
    /// `Content-Type`.
    pub content_type: Option<String>,
}

/// Facts of the headers that stay inside the crate.
#[derive(Debug, Clone, Default)]
pub(crate) struct Tags {
    /// `ETag` as it came, quotes included: what `If-Match` sends back.
    pub(crate) raw: Option<String>,
    /// A large object, made of segments: its `ETag` is no MD5 of the content.
    pub(crate) large: Option<Large>,
}

/// How the segments of a large object are told (upstream; not known of the service).
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Large {
    /// A list of them (SLO).
    Static,
    /// Their bucket, a slash, and the beginning of their names (DLO).
    Dynamic(String),
}

impl ObjectInfo {
    /// `None` where the answer does not say how long the object is.
    pub(crate) fn from_response(response: &Response) -> Option<(Self, Tags)> {
        let raw = response.header("etag").map(ToOwned::to_owned);
        let named = response.header("x-object-manifest");
        let large = if response.headers().contains_key("x-static-large-object") {
            Some(Large::Static)
        } else {
            named.map(|named| {
                Large::Dynamic(percent_decode_str(named).decode_utf8_lossy().into_owned())
            })
        };
        let bytes = response.header("content-length")?.trim().parse().ok()?;
        let info = Self {
            bytes,
            etag: raw.as_deref().and_then(unquoted),
            modified: response.header("last-modified").and_then(http_date),
            content_type: response.header("content-type").map(ToOwned::to_owned),
        };
        Some((info, Tags { raw, large }))
    }
}

impl Tags {
    /// The MD5 of the content, where the `ETag` is one.
    pub(crate) fn md5(&self) -> Option<String> {
        md5_of(self.raw.as_deref().filter(|_| self.large.is_none()))
    }
}

/// An `ETag` without quotes and without the mark of a weak one; `None` if nothing is left.
pub(crate) fn unquoted(etag: &str) -> Option<String> {
    let trimmed = etag.trim();
    let trimmed = trimmed.strip_prefix("W/").unwrap_or(trimmed);
    let trimmed = trimmed.trim_matches('"');
    (!trimmed.is_empty()).then(|| trimmed.to_owned())
}

/// The `ETag` in lower case where it has the form of an MD5: 32 hexadecimal digits.
pub(crate) fn md5_of(etag: Option<&str>) -> Option<String> {
    let etag = unquoted(etag?)?;
    let hex = etag.len() == 32 && etag.bytes().all(|byte| byte.is_ascii_hexdigit());
    hex.then(|| etag.to_ascii_lowercase())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn etags_lose_their_quotes_and_only_hex_counts_as_md5() {
        assert_eq!(unquoted("\"abc\""), Some("abc".to_owned()));
        assert_eq!(unquoted("W/\"abc\""), Some("abc".to_owned()));
        assert_eq!(unquoted("\"\""), None);
        let md5 = "8C1C0866FF0E7FF78441BC45CDED6DFC";
        assert_eq!(md5_of(Some(md5)), Some(md5.to_ascii_lowercase()));
        assert_eq!(md5_of(Some("861c8341-74d8-4142-8d1e-6a9b0f0e1c2d")), None);
        assert_eq!(md5_of(None), None);
    }
}
