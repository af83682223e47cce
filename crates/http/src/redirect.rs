//! Where a redirect leads, and what may go there.

use http::uri::{PathAndQuery, Scheme};
use http::{HeaderMap, Method, StatusCode, Uri};

use crate::{redact, request};

/// How many redirects are followed.
pub(crate) const MOST: u32 = 5;

/// Whether an answer of this status sends this request elsewhere. Only requests that read are sent on.
pub(crate) fn applies(method: &Method, status: StatusCode) -> bool {
    (method == Method::GET || method == Method::HEAD)
        && matches!(status.as_u16(), 301 | 302 | 303 | 307 | 308)
}

/// The place that `location` means, seen from `from`; or why it is not gone to.
pub(crate) fn next(from: &Uri, location: Option<&str>) -> Result<Uri, String> {
    let location = location.ok_or("it does not say where to")?;
    let to = resolve(from, location).ok_or("the place is not a valid URL")?;
    request::check(&to).map_err(|why| format!("the place {why}"))?;
    if from.scheme() == Some(&Scheme::HTTPS) && to.scheme() != Some(&Scheme::HTTPS) {
        return Err(format!("{} is not secured", redact::origin(&to)));
    }
    Ok(to)
}

/// Takes away what must not go from `from` to `to`: credentials and secrets, unless scheme, host and port are the same.
pub(crate) fn strip(headers: &mut HeaderMap, from: &Uri, to: &Uri) {
    if same_origin(from, to) {
        return;
    }
    let names: Vec<_> = headers
        .iter()
        .filter(|(name, value)| value.is_sensitive() || redact::is_credential(name))
        .map(|(name, _)| name.clone())
        .collect();
    for name in names {
        headers.remove(name);
    }
}

fn same_origin(a: &Uri, b: &Uri) -> bool {
    a.scheme() == b.scheme()
        && a.host()
            .zip(b.host())
            .is_some_and(|(a, b)| a.eq_ignore_ascii_case(b))
        && port(a) == port(b)
}

/// The port that is meant, said or not.
pub(crate) fn port(uri: &Uri) -> u16 {
    let usual = if uri.scheme() == Some(&Scheme::HTTPS) {
        443
    } else {
        80
    };
    uri.port_u16().unwrap_or(usual)
}

/// RFC 3986, 5.2, for what servers send.
fn resolve(from: &Uri, location: &str) -> Option<Uri> {
    let location = location.split_once('#').map_or(location, |(url, _)| url);
    let scheme = from.scheme_str()?;
    if let Some(rest) = location.strip_prefix("//") {
        return format!("{scheme}://{rest}").parse().ok();
    }
    if has_scheme(location) {
        return location.parse().ok();
    }
    let path = if location.is_empty() {
        from.path_and_query()?.as_str().to_owned()
    } else if location.starts_with('?') {
        format!("{}{location}", from.path())
    } else {
        let (path, query) = location.split_once('?').unwrap_or((location, ""));
        let merged = if path.starts_with('/') {
            path.to_owned()
        } else {
            let folder = from
                .path()
                .rsplit_once('/')
                .map_or("", |(folder, _)| folder);
            format!("{folder}/{path}")
        };
        let mark = if query.is_empty() { "" } else { "?" };
        format!("{}{mark}{query}", without_dots(&merged))
    };
    let mut parts = from.clone().into_parts();
    parts.path_and_query = Some(PathAndQuery::try_from(path).ok()?);
    Uri::from_parts(parts).ok()
}

fn has_scheme(location: &str) -> bool {
    location.split_once(':').is_some_and(|(scheme, _)| {
        scheme.starts_with(|c: char| c.is_ascii_alphabetic())
            && scheme
                .chars()
                .all(|c| c.is_ascii_alphanumeric() || matches!(c, '+' | '-' | '.'))
    })
}

fn without_dots(path: &str) -> String {
    let mut kept: Vec<&str> = Vec::new();
    let mut segments = path.split('/').skip(1).peekable();
    while let Some(segment) = segments.next() {
        let last = segments.peek().is_none();
        match segment {
            "." => {}
            ".." => {
                kept.pop();
            }
            other => {
                kept.push(other);
                continue;
            }
        }
        if last {
            kept.push("");
        }
    }
    format!("/{}", kept.join("/"))
}

#[cfg(test)]
mod tests {
    use http::HeaderValue;

    use super::*;

    fn uri(text: &str) -> Uri {
        text.parse().unwrap()
    }

    #[test]
    fn places_are_resolved() {
        let from = uri("https://example.com/a/b?q");
        for (location, to) in [
            ("https://other.example.com/x", "https://other.example.com/x"),
            ("//other.example.com/x", "https://other.example.com/x"),
            ("/x?y#z", "https://example.com/x?y"),
            ("x", "https://example.com/a/x"),
            ("../x", "https://example.com/x"),
            ("./", "https://example.com/a/"),
            ("../../..", "https://example.com/"),
            ("?y", "https://example.com/a/b?y"),
            ("x:y", ""),
            ("", "https://example.com/a/b?q"),
            ("/a%7Cb", "https://example.com/a%7Cb"),
        ] {
            let found = next(&from, Some(location)).map(|to| to.to_string());
            assert_eq!(found.unwrap_or_default(), to, "{location}");
        }
    }

    #[test]
    fn bad_places_are_not_gone_to() {
        let from = uri("https://example.com/a");
        for location in [
            None,
            Some("http://example.com/a"),
            Some("ftp://example.com/"),
            Some("https://user:hush@example.com/"),
            Some("https://"),
        ] {
            let why = next(&from, location).unwrap_err();
            assert!(!why.contains("hush"), "{why}");
        }
        assert!(next(&uri("http://example.com/a"), Some("https://example.com/a")).is_ok());
    }

    #[test]
    fn credentials_stay_at_home() {
        let from = uri("https://example.com/a");
        let mut all = HeaderMap::new();
        for name in [
            "authorization",
            "cookie",
            "x-auth-token",
            "x-auth-key",
            "x-storage-token",
            "accept",
        ] {
            all.insert(name, HeaderValue::from_static("v"));
        }
        let mut own = HeaderValue::from_static("v");
        own.set_sensitive(true);
        all.insert("x-own", own);
        for (to, kept) in [
            ("https://example.com/b", 7),
            ("https://EXAMPLE.com:443/b", 7),
            ("https://example.com:8443/a", 1),
            ("https://other.example.com/a", 1),
            ("http://example.com/a", 1),
        ] {
            let mut headers = all.clone();
            strip(&mut headers, &from, &uri(to));
            assert_eq!(headers.len(), kept, "{to}");
            assert!(headers.contains_key("accept"));
        }
    }

    #[test]
    fn only_reading_is_sent_on() {
        assert!(applies(&Method::GET, StatusCode::FOUND));
        assert!(applies(&Method::HEAD, StatusCode::PERMANENT_REDIRECT));
        assert!(!applies(&Method::GET, StatusCode::NOT_MODIFIED));
        assert!(!applies(&Method::PUT, StatusCode::TEMPORARY_REDIRECT));
        assert!(!applies(&Method::POST, StatusCode::SEE_OTHER));
    }
}
