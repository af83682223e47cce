//! The one error of this crate.

use std::error::Error as StdError;
use std::fmt;

use http::{HeaderMap, StatusCode};

use crate::evidence::Evidence;
use crate::redact;

pub(crate) type Cause = Box<dyn StdError + Send + Sync>;

/// Why a request did not give a usable answer. `Display` states this layer's fact; `source()` leads to the cause.
pub struct Error(Box<Inner>);

struct Inner {
    kind: ErrorKind,
    fact: String,
    evidence: Evidence,
    source: Option<Cause>,
    answer: Option<Answer>,
    maybe_done: bool,
}

/// What an answer that is an error carried.
#[derive(Default)]
pub(crate) struct Answer {
    pub(crate) headers: HeaderMap,
    pub(crate) body: Option<String>,
}

/// The kinds of failure.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ErrorKind {
    /// The request could not be built: a bad URL, a bad header, a body that does not serialize.
    Request,
    /// No connection could be made.
    Connect,
    /// The connection could not be secured: a certificate that is not trusted, no common protocol.
    Tls,
    /// The proxy could not be reached, or refused to carry the connection.
    Proxy,
    /// One of the deadlines passed.
    Deadline,
    /// The connection ended in the middle, or what came was not HTTP.
    Broken,
    /// The server answered with a status that is not 2xx.
    Status,
    /// The body of the answer is not what was expected: not the JSON asked for, or too long.
    Body,
    /// The source of the request's body failed: the file, the stream.
    Source,
    /// Only loopback hosts may be reached, and this is none.
    Refused,
    /// The server sent the request elsewhere, and it was not followed.
    RedirectRefused,
}

impl Error {
    pub(crate) fn new(kind: ErrorKind, fact: impl Into<String>) -> Self {
        Self(Box::new(Inner {
            kind,
            fact: fact.into(),
            evidence: Evidence::default(),
            source: None,
            answer: None,
            maybe_done: false,
        }))
    }

    pub(crate) fn caused_by(mut self, cause: impl Into<Cause>) -> Self {
        self.0.source = Some(cause.into());
        self
    }

    pub(crate) fn with_evidence(mut self, evidence: Evidence) -> Self {
        self.0.evidence = evidence;
        self
    }

    pub(crate) fn with_answer(mut self, answer: Answer) -> Self {
        self.0.answer = Some(answer);
        self
    }

    pub(crate) fn with_maybe_done(mut self, maybe_done: bool) -> Self {
        self.0.maybe_done = maybe_done;
        self
    }

    pub(crate) fn into_source(self) -> Option<Cause> {
        self.0.source
    }

    /// What sort of failure this is.
    pub fn kind(&self) -> ErrorKind {
        self.0.kind
    }

    /// The facts of the request. Blank where no request was made yet.
    pub fn evidence(&self) -> &Evidence {
        &self.0.evidence
    }

    /// The status of the answer, if there was an answer.
    pub fn status(&self) -> Option<StatusCode> {
        self.0
            .evidence
            .status
            .and_then(|status| StatusCode::from_u16(status).ok())
    }

    /// The first 4 KiB of the answer's body as text, without control characters other than line breaks, with the
    /// secrets of the request's headers masked. `None` where there was no answer or an empty one.
    pub fn body(&self) -> Option<&str> {
        self.0.answer.as_ref()?.body.as_deref()
    }

    /// A header of the answer, where it is text.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.0.answer.as_ref()?.headers.get(name)?.to_str().ok()
    }

    /// Whether the request may have been carried out, by this attempt or by one before it. `false` only where that is
    /// certain: never sent, or answered with a refusal.
    pub fn maybe_done(&self) -> bool {
        self.0.maybe_done
    }

    /// Whether the far side could not be reached or could not serve now, so that the same request may succeed later.
    pub fn is_unavailable(&self) -> bool {
        match self.0.kind {
            ErrorKind::Connect
            | ErrorKind::Tls
            | ErrorKind::Proxy
            | ErrorKind::Deadline
            | ErrorKind::Broken => true,
            ErrorKind::Status => matches!(
                self.0.evidence.status,
                Some(408 | 429 | 500 | 502 | 503 | 504)
            ),
            _ => false,
        }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Inner { evidence, fact, .. } = &*self.0;
        if !evidence.method.is_empty() {
            write!(f, "{} {}: ", evidence.method, evidence.target)?;
        }
        f.write_str(fact)?;
        if evidence.attempts > 1 {
            write!(f, " after {} attempts", evidence.attempts)?;
        }
        if let Some(id) = &evidence.request_id {
            write!(f, " (request id {id})")?;
        }
        Ok(())
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Inner {
            kind,
            fact,
            evidence,
            source,
            answer,
            maybe_done,
        } = &*self.0;
        // A body can repeat what was sent, and headers can hold tokens: their size and names are enough here.
        f.debug_struct("Error")
            .field("kind", kind)
            .field("fact", fact)
            .field("evidence", evidence)
            .field("maybe_done", maybe_done)
            .field(
                "headers",
                &answer
                    .as_ref()
                    .map(|answer| redact::header_names(&answer.headers)),
            )
            .field(
                "body_bytes",
                &answer
                    .as_ref()
                    .and_then(|answer| answer.body.as_ref())
                    .map(String::len),
            )
            .field("source", source)
            .finish()
    }
}

impl StdError for Error {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        self.0
            .source
            .as_ref()
            .map(|cause| &**cause as &(dyn StdError + 'static))
    }
}

/// A cause that is kept as text: the layers between us and the network name our own types, so their words are joined
/// into one line instead.
#[derive(Debug)]
pub(crate) struct Said(pub(crate) String);

impl fmt::Display for Said {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl StdError for Said {}

#[cfg(test)]
mod tests {
    use super::*;

    fn status(code: u16) -> Error {
        Error::new(ErrorKind::Status, format!("answered {code}")).with_evidence(Evidence {
            method: "GET".into(),
            target: "https://example.com/".into(),
            attempts: 2,
            status: Some(code),
            request_id: Some("id1".into()),
            ..Evidence::default()
        })
    }

    #[test]
    fn display_states_the_fact_once() {
        assert_eq!(
            status(503).to_string(),
            "GET https://example.com/: answered 503 after 2 attempts (request id id1)"
        );
        assert_eq!(
            Error::new(ErrorKind::Request, "the URL has no host").to_string(),
            "the URL has no host"
        );
    }

    #[test]
    fn unavailable_is_about_later() {
        for (code, unavailable) in [(503, true), (429, true), (507, false), (404, false)] {
            assert_eq!(status(code).is_unavailable(), unavailable, "{code}");
        }
        assert!(Error::new(ErrorKind::Connect, "x").is_unavailable());
        assert!(!Error::new(ErrorKind::Body, "x").is_unavailable());
    }
}
