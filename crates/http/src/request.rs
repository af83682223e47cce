//! A request to be sent.

use std::fmt;

use bytes::Bytes;
use http::header::CONTENT_TYPE;
use http::{HeaderMap, HeaderName, HeaderValue, Method, Uri};
use serde::Serialize;

use crate::body::Body;
use crate::error::{Error, ErrorKind};
use crate::redact;

/// Whether a request may be sent again after a failure.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Repeat {
    /// Sending it twice does no more than sending it once: after any passing failure. The default but for `POST` and
    /// `PATCH`.
    Always,
    /// Only when it was provably not carried out: the connection was never made, or the answer was 429.
    UnlessMaybeDone,
}

/// A request: method, URL, headers, body, and whether it may be repeated. A mistake in a header or a body is kept and
/// comes back from [`Client::send`](crate::Client::send) with the kind [`ErrorKind::Request`].
pub struct Request {
    pub(crate) method: Method,
    pub(crate) uri: Uri,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Body,
    pub(crate) repeat: Repeat,
    pub(crate) hide_query: bool,
    pub(crate) mistake: Option<Error>,
}

impl Request {
    /// A request for an absolute `http` or `https` URL, percent-encoded by the caller: the path goes out byte for byte.
    ///
    /// An error of kind [`ErrorKind::Request`] says what is wrong with the URL, without repeating it: user name or
    /// password inside, another scheme, no host, characters that must be encoded.
    pub fn new(method: Method, url: &str) -> Result<Self, Error> {
        let uri: Uri = url
            .parse()
            .map_err(|error: http::uri::InvalidUri| bad_url("is not valid").caused_by(error))?;
        check(&uri).map_err(bad_url)?;
        let repeat = if method == Method::POST || method == Method::PATCH {
            Repeat::UnlessMaybeDone
        } else {
            Repeat::Always
        };
        Ok(Self {
            method,
            uri,
            headers: HeaderMap::new(),
            body: Body::Empty,
            repeat,
            hide_query: false,
            mistake: None,
        })
    }

    /// A `GET`; see [`Request::new`].
    pub fn get(url: &str) -> Result<Self, Error> {
        Self::new(Method::GET, url)
    }

    /// A `HEAD`; see [`Request::new`].
    pub fn head(url: &str) -> Result<Self, Error> {
        Self::new(Method::HEAD, url)
    }

    /// A `PUT`; see [`Request::new`].
    pub fn put(url: &str) -> Result<Self, Error> {
        Self::new(Method::PUT, url)
    }

    /// A `POST`; see [`Request::new`].
    pub fn post(url: &str) -> Result<Self, Error> {
        Self::new(Method::POST, url)
    }

    /// A `DELETE`; see [`Request::new`].
    pub fn delete(url: &str) -> Result<Self, Error> {
        Self::new(Method::DELETE, url)
    }

    /// Sets a header; a header set before under this name is replaced.
    #[must_use]
    pub fn header(self, name: &str, value: &str) -> Self {
        self.set(name, value, false)
    }

    /// Sets a header whose value is a secret: it never follows a redirect to another host, and it is masked in what a
    /// server sends back.
    #[must_use]
    pub fn secret_header(self, name: &str, value: &str) -> Self {
        self.set(name, value, true)
    }

    /// Sets the body. Its length, where known, is sent by itself.
    #[must_use]
    pub fn body(mut self, body: Body) -> Self {
        self.body = body;
        self
    }

    /// Sets the body to this value as JSON, and `Content-Type` where it is not set.
    #[must_use]
    pub fn json(mut self, value: &(impl Serialize + ?Sized)) -> Self {
        match serde_json::to_vec(value) {
            Ok(bytes) => self.body = Body::Bytes(Bytes::from(bytes)),
            Err(_) => self.note("the body cannot be written as JSON"),
        }
        self.headers
            .entry(CONTENT_TYPE)
            .or_insert(HeaderValue::from_static("application/json"));
        self
    }

    /// Says whether the request may be repeated.
    #[must_use]
    pub fn repeat(mut self, repeat: Repeat) -> Self {
        self.repeat = repeat;
        self
    }

    /// Shows nothing of the query in evidence, errors and log lines, not even what is known to be harmless.
    #[must_use]
    pub fn hide_query(mut self) -> Self {
        self.hide_query = true;
        self
    }

    fn set(mut self, name: &str, value: &str, secret: bool) -> Self {
        let Ok(name) = HeaderName::from_bytes(name.as_bytes()) else {
            self.note("the name of a header is not valid");
            return self;
        };
        match HeaderValue::from_str(value) {
            Ok(mut value) => {
                value.set_sensitive(secret);
                self.headers.insert(name, value);
            }
            Err(_) => self.note(&format!(
                "the value of the header {name} has characters that a header cannot have"
            )),
        }
        self
    }

    fn note(&mut self, mistake: &str) {
        if self.mistake.is_none() {
            self.mistake = Some(Error::new(ErrorKind::Request, mistake));
        }
    }
}

/// What is wrong with a URL to ask, if anything.
pub(crate) fn check(uri: &Uri) -> Result<(), &'static str> {
    if !matches!(uri.scheme_str(), Some("http" | "https")) {
        return Err("must start with https:// or http://");
    }
    let authority = uri.authority().map_or("", |authority| authority.as_str());
    if authority.contains('@') {
        return Err("has a user name or password inside; give them as a header");
    }
    if uri.host().is_none_or(str::is_empty) {
        return Err("has no host");
    }
    // `Uri` takes any digits for a port, and forgets one that it cannot read.
    let port = authority.rsplit_once(':').map(|(_, port)| port);
    if port.is_some_and(|port| !port.ends_with(']') && port.parse::<u16>().is_err()) {
        return Err("has a port that is not valid");
    }
    Ok(())
}

fn bad_url(why: &str) -> Error {
    Error::new(ErrorKind::Request, format!("the URL {why}"))
}

impl fmt::Debug for Request {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Request")
            .field("method", &self.method)
            .field("target", &redact::target(&self.uri, self.hide_query))
            .field("headers", &redact::header_names(&self.headers))
            .field("body", &self.body)
            .field("repeat", &self.repeat)
            .field("mistake", &self.mistake)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn urls_are_checked() {
        for bad in [
            "",
            "example.com/x",
            "/x",
            "ftp://example.com/",
            "https://user:hush@example.com/",
            "https://user@example.com/",
            "https://",
            "https://example.com:99999/",
            "https://example.com:/",
            "https://exa mple.com/",
        ] {
            let error = Request::get(bad).unwrap_err();
            assert_eq!(error.kind(), ErrorKind::Request, "{bad}");
            assert!(!format!("{error} {error:?}").contains("hush"));
        }
        for good in [
            "http://localhost:1/",
            "https://[::1]/",
            "https://[::1]:8/a%7Cb?x",
        ] {
            assert!(Request::get(good).is_ok(), "{good}");
        }
    }

    #[test]
    fn repeat_follows_the_method() {
        let url = "https://example.com/";
        assert_eq!(Request::put(url).unwrap().repeat, Repeat::Always);
        assert_eq!(Request::delete(url).unwrap().repeat, Repeat::Always);
        assert_eq!(Request::post(url).unwrap().repeat, Repeat::UnlessMaybeDone);
    }

    #[test]
    fn mistakes_are_kept_without_their_value() {
        let request = Request::get("https://example.com/")
            .unwrap()
            .header("x-a", "sec\nret")
            .header("bad name", "secret");
        let mistake = request.mistake.as_ref().unwrap();
        assert!(mistake.to_string().contains("x-a"), "{mistake}");
        assert!(!format!("{request:?}{mistake}").contains("sec"));
    }
}
