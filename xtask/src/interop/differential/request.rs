//! A request as it goes over the wire.
//!
//! In all that is text, `@0` and `@1` stand for the names of two containers, and `@tester` and the like for tokens.

use std::fmt;

/// A request.
#[derive(Clone)]
pub(super) struct Request {
    pub(super) method: &'static str,
    pub(super) target: String,
    pub(super) headers: Vec<(String, String)>,
    pub(super) body: Body,
}

/// How a body is sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Body {
    /// Not at all, and nothing is said of it.
    None,
    /// With its length.
    Sized(String),
    Chunked(String),
    /// With its length, once the server asks for it.
    Expected(String),
    /// With a length that it does not reach: the connection ends before.
    Short(String),
}

impl Request {
    /// Method and target, for messages.
    pub(super) fn line(&self) -> String {
        format!("{} {}", self.method, self.target)
    }

    /// The value of a header that it has.
    pub(super) fn header(&self, name: &str) -> Option<&str> {
        let mut headers = self.headers.iter();
        let (_, value) = headers.find(|(own, _)| own.eq_ignore_ascii_case(name))?;
        Some(value)
    }

    /// Whether this stands in its query.
    pub(super) fn asks(&self, word: &str) -> bool {
        let query = self.target.split_once('?').map_or("", |(_, query)| query);
        query.split('&').any(|it| it == word)
    }

    /// What stands below `/v1/` in its target: account, container, object, as far as they are there.
    pub(super) fn place(&self) -> Vec<&str> {
        let path = self.target.split('?').next().unwrap_or_default();
        let below = path.strip_prefix("/v1/");
        below.map_or(Vec::new(), |below| below.splitn(3, '/').collect())
    }

    /// Whether it is about an account itself.
    pub(super) fn is_of_account(&self) -> bool {
        matches!(self.place().as_slice(), [_])
    }

    /// Whether it makes or deletes an account, and may.
    pub(super) fn manages_account(&self) -> bool {
        self.is_of_account()
            && matches!(self.method, "PUT" | "DELETE")
            && self.header("X-Auth-Token") == Some("@reseller")
    }

    /// Everything before the body.
    pub(super) fn head(&self, authority: &str) -> String {
        let mut text = format!("{} HTTP/1.1\r\nHost: {authority}\r\n", self.line());
        for (name, value) in &self.headers {
            text.push_str(&format!("{name}: {value}\r\n"));
        }
        text.push_str(&match &self.body {
            Body::None => String::new(),
            Body::Sized(body) => format!("Content-Length: {}\r\n", body.len()),
            Body::Chunked(_) => "Transfer-Encoding: chunked\r\n".to_owned(),
            Body::Expected(body) => {
                format!("Content-Length: {}\r\nExpect: 100-continue\r\n", body.len())
            }
            Body::Short(body) => format!("Content-Length: {}\r\n", body.len() + 5),
        });
        text.push_str("\r\n");
        text
    }

    /// The same with every mark replaced.
    pub(super) fn with(&self, replace: impl Fn(&str) -> String) -> Self {
        Self {
            method: self.method,
            target: replace(&self.target),
            headers: self
                .headers
                .iter()
                .map(|(name, value)| (name.clone(), replace(value)))
                .collect(),
            body: match &self.body {
                Body::None => Body::None,
                Body::Sized(body) => Body::Sized(replace(body)),
                Body::Chunked(body) => Body::Chunked(replace(body)),
                Body::Expected(body) => Body::Expected(replace(body)),
                Body::Short(body) => Body::Short(replace(body)),
            },
        }
    }
}

impl fmt::Debug for Request {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.line())?;
        for (name, value) in &self.headers {
            write!(f, " | {name}: {value}")?;
        }
        match &self.body {
            Body::None => Ok(()),
            Body::Sized(body) => write!(f, " || {body:?}"),
            Body::Chunked(body) => write!(f, " || chunked {body:?}"),
            Body::Expected(body) => write!(f, " || expected {body:?}"),
            Body::Short(body) => write!(f, " || short {body:?}"),
        }
    }
}
