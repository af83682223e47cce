//! Keeping secrets out of everything that is shown.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use http::{HeaderMap, HeaderName, Uri, header};

/// Query parameters whose values say where in a listing a request is, and nothing about who asks.
const HARMLESS: &[&str] = &[
    "delimiter",
    "end_marker",
    "format",
    "limit",
    "marker",
    "offset",
    "page",
    "prefix",
];

/// Headers that sign a request in, whoever set them.
const CREDENTIALS: &[HeaderName] = &[
    header::AUTHORIZATION,
    header::COOKIE,
    header::PROXY_AUTHORIZATION,
];

/// The masks' text.
const MASK: &str = "***";

/// Shorter values are not looked for in texts: they would match by chance.
const SHORTEST_SECRET: usize = 4;

/// `scheme://host[:port]/path`, and of the query only parameters that are known to be harmless.
pub(crate) fn target(uri: &Uri, hide_query: bool) -> String {
    let mut text = format!("{}{}", origin(uri), uri.path());
    let Some(query) = uri.query().filter(|query| !hide_query && !query.is_empty()) else {
        return text;
    };
    let mut mark = '?';
    let mut hidden = false;
    for pair in query.split('&') {
        let name = pair.split_once('=').map(|(name, _)| name);
        if name.is_some_and(|name| HARMLESS.contains(&name)) {
            text.push(mark);
            text.push_str(pair);
            mark = '&';
        } else {
            hidden = true;
        }
    }
    if hidden {
        text.push(mark);
        text.push_str(MASK);
    }
    text
}

/// `scheme://host[:port]`, without user information.
pub(crate) fn origin(uri: &Uri) -> String {
    let scheme = uri.scheme_str().unwrap_or_default();
    let host = uri.host().unwrap_or_default();
    match uri.port_u16() {
        Some(port) => format!("{scheme}://{host}:{port}"),
        None => format!("{scheme}://{host}"),
    }
}

/// Whether a header signs its sender in, so that it may not go to another host.
pub(crate) fn is_credential(name: &HeaderName) -> bool {
    CREDENTIALS.contains(name)
        || name.as_str().starts_with("x-auth-")
        || name.as_str().starts_with("x-storage-")
}

/// The names of the headers, for a `Debug` that shows no value.
pub(crate) fn header_names(headers: &HeaderMap) -> Vec<&str> {
    headers.keys().map(HeaderName::as_str).collect()
}

/// The secret values of one request, to be masked in what a server sends back.
#[derive(Clone, Default)]
pub(crate) struct Secrets(Vec<String>);

impl Secrets {
    /// Takes the values of all sensitive headers and credentials: whole, behind their scheme (`Basic …`), and, where
    /// that is Base64 of `user:password`, the password.
    pub(crate) fn of(headers: &HeaderMap) -> Self {
        let mut found = Vec::new();
        for (name, value) in headers {
            let Ok(text) = value.to_str() else { continue };
            if !value.is_sensitive() && !is_credential(name) {
                continue;
            }
            found.push(text.to_owned());
            if let Some((_, rest)) = text.split_once(' ') {
                found.push(rest.to_owned());
                let pair = STANDARD
                    .decode(rest)
                    .ok()
                    .and_then(|pair| String::from_utf8(pair).ok());
                if let Some((_, password)) = pair.as_deref().and_then(|pair| pair.split_once(':')) {
                    found.push(password.to_owned());
                }
            }
        }
        found.retain(|secret| secret.len() >= SHORTEST_SECRET);
        // The longest first: a part masked before its whole would leave the rest of the whole to be read.
        found.sort_by_key(|secret| std::cmp::Reverse(secret.len()));
        Self(found)
    }

    /// The text with every known secret masked.
    pub(crate) fn mask(&self, text: String) -> String {
        self.0.iter().fold(text, |text, secret| {
            if text.contains(secret) {
                text.replace(secret, MASK)
            } else {
                text
            }
        })
    }
}

/// Text of a server without control characters; line breaks and tabs stay where `lines` says so.
pub(crate) fn printable(text: &str, lines: bool) -> String {
    text.chars()
        .filter(|c| !c.is_control() || (lines && matches!(c, '\n' | '\t')))
        .collect()
}

#[cfg(test)]
mod tests {
    use http::HeaderValue;

    use super::*;

    #[test]
    fn queries_show_what_is_harmless() {
        for (url, shown) in [
            ("https://u:p@example.com/a%7Cb", "https://example.com/a%7Cb"),
            (
                "https://example.com:1/a?limit=5&marker=x",
                "https://example.com:1/a?limit=5&marker=x",
            ),
            (
                "https://example.com/a?token=x&limit=5",
                "https://example.com/a?limit=5&***",
            ),
            ("https://example.com/a?secret", "https://example.com/a?***"),
        ] {
            assert_eq!(target(&url.parse().unwrap(), false), shown);
        }
        let uri = "https://example.com/a?limit=5".parse().unwrap();
        assert_eq!(target(&uri, true), "https://example.com/a");
    }

    #[test]
    fn secrets_are_masked_in_every_form() {
        let mut headers = HeaderMap::new();
        let value = format!("Basic {}", STANDARD.encode("user:pass-word"));
        headers.insert("authorization", value.parse().unwrap());
        let mut token = HeaderValue::from_static("tok-123");
        token.set_sensitive(true);
        headers.insert("x-own", token);
        headers.insert("x-open", HeaderValue::from_static("plain"));
        let text = format!("{value} pass-word tok-123 plain");
        assert_eq!(Secrets::of(&headers).mask(text), "*** *** *** plain");
    }

    #[test]
    fn control_characters_go() {
        assert_eq!(printable("a\u{1b}[1m\nb\r", true), "a[1m\nb");
        assert_eq!(printable("a\nb", false), "ab");
    }
}
