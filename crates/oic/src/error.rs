//! What went wrong with a call.

use std::error::Error as StdError;
use std::fmt;

use ferry_http::Evidence;

use crate::text;

/// A call to an instance, or to its identity domain, that failed.
///
/// `Display` tells this layer's fact and what the service said; [`Error::hint`] the next step; `source()`
/// leads to the transport's error. Secrets are in none of them, even where an answer echoes one.
pub struct Error(Box<Inner>);

struct Inner {
    kind: ErrorKind,
    fact: String,
    detail: Option<String>,
    http: Option<ferry_http::Error>,
    /// Of an answer that came well and could not be understood.
    evidence: Option<Evidence>,
    /// The call itself was not made, or was refused with 401 before: it failed for want of a token.
    unsent: bool,
}

/// What kind of failure it was, by HTTP status.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ErrorKind {
    /// 401.
    Unauthorized,
    /// 403.
    Forbidden,
    /// 404.
    NotFound,
    /// 409 of a connection's test: it lacks something.
    NotConfigured,
    /// 423 or 412: open in an editor, or in a state that does not allow it.
    Locked,
    /// 409 of any other call.
    Conflict,
    /// Any other 4xx.
    Rejected,
    /// Not reached, no answer in time, a broken line, 408, 429 or 5xx.
    Unavailable,
    /// An answer that is not what the call is documented to give, such as a page of a proxy.
    Answer,
    /// The identity domain gave no token.
    TokenRefused,
    /// The configured origin or token URL cannot be used: no URL, or secrets would go unencrypted.
    Settings,
}

/// What is known of a job that could not be started.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum StartErrorKind {
    /// 409: another job of this kind runs. Wait and ask again.
    InProgress,
    /// 409: a job of this name exists.
    NameExists,
    /// 409 (or 400, 412): an archive of this name exists in the bucket, and `overwrite` was not asked for.
    ArchiveExists,
    /// 409 whose text is none of these, or more than one.
    ConflictOther,
    /// 401 or 403, or no token: nothing was started.
    Refused,
    /// Another 4xx, or an order that may not be sent: nothing was started.
    Rejected,
    /// Unreachable: nothing was sent.
    NotSent,
    /// It may have been carried out: 5xx, a broken line, a deadline, a 2xx that cannot be read.
    Unknown,
}

/// A job that could not be started, or of which that is not known.
#[derive(Debug)]
pub struct StartError {
    /// What is known.
    pub kind: StartErrorKind,
    /// How it is known.
    pub error: Error,
}

impl fmt::Display for StartError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self.kind {
            StartErrorKind::InProgress => "another job is in progress",
            StartErrorKind::NameExists => "a job of this name exists",
            StartErrorKind::ArchiveExists => "an archive of this name exists in the bucket",
            StartErrorKind::ConflictOther => "the job conflicts with something on the instance",
            StartErrorKind::Refused => "the instance refused to start the job",
            StartErrorKind::Rejected => "the job's order was rejected, nothing was started",
            StartErrorKind::NotSent => "the job's order was not sent",
            StartErrorKind::Unknown => "whether the job was started is not known",
        })
    }
}

impl StdError for StartError {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        Some(&self.error)
    }
}

impl Error {
    /// The kind of failure.
    pub fn kind(&self) -> ErrorKind {
        self.0.kind
    }

    /// Host, path, attempts, time and request id of the call, where one was made.
    pub fn evidence(&self) -> Option<&Evidence> {
        let failed = self.0.http.as_ref().map(ferry_http::Error::evidence);
        failed.or(self.0.evidence.as_ref())
    }

    /// The transport's error, where the answer was an error or did not come.
    pub fn http(&self) -> Option<&ferry_http::Error> {
        self.0.http.as_ref()
    }

    /// What the service said, on one line, without markup.
    pub fn detail(&self) -> Option<&str> {
        self.0.detail.as_deref()
    }

    /// What to do next, where that is known.
    pub fn hint(&self) -> Option<&'static str> {
        match self.0.kind {
            ErrorKind::Unauthorized => Some(
                "check that the scope belongs to this very instance; Gen3 takes OAuth tokens only, no user and password",
            ),
            ErrorKind::Forbidden => Some(
                "export and import need the role ServiceAdministrator; with client credentials the confidential application itself must hold it",
            ),
            ErrorKind::NotConfigured => {
                Some("the connection lacks a property or a credential: set them, then test again")
            }
            ErrorKind::Locked => Some(
                "close it in the console, or deactivate the integration that uses it, then try again",
            ),
            ErrorKind::TokenRefused => Some(
                "check client id, client secret and scope, and that the application allows the client credentials grant",
            ),
            ErrorKind::Answer => Some(
                "check that the URL is the instance's own (for Gen3 the design-time host) and that no proxy answers in its place",
            ),
            ErrorKind::Settings => Some(
                "give `https://host` with nothing behind it; plain http is for loopback hosts only",
            ),
            ErrorKind::NotFound
            | ErrorKind::Conflict
            | ErrorKind::Rejected
            | ErrorKind::Unavailable => None,
        }
    }

    /// The same call may succeed later.
    pub fn is_unavailable(&self) -> bool {
        self.kind() == ErrorKind::Unavailable
    }

    /// There is no such thing on the instance.
    pub fn is_not_found(&self) -> bool {
        self.kind() == ErrorKind::NotFound
    }

    pub(crate) fn settings(fact: impl Into<String>) -> Self {
        Self(Box::new(Inner {
            kind: ErrorKind::Settings,
            fact: fact.into(),
            detail: None,
            http: None,
            evidence: None,
            unsent: false,
        }))
    }

    /// `secrets` are taken out of what the service said.
    pub(crate) fn http_failed(error: ferry_http::Error, doing: &str, secrets: &[&str]) -> Self {
        // A body that breaks has the status 200 in its evidence: only a refusal is decided by its status.
        let refused = error.kind() == ferry_http::ErrorKind::Status;
        let status = error.status().filter(|_| refused).map(|s| s.as_u16());
        let kind = status.map_or_else(|| by_fault(error.kind()), by_status);
        let fact = match status {
            Some(code) => format!("{doing}: HTTP {code}"),
            None => format!("{doing}: {}", said(kind)),
        };
        let detail = error
            .body()
            .and_then(|body| text::safe_detail(body, secrets));
        Self(Box::new(Inner {
            kind,
            fact,
            detail,
            http: Some(error),
            evidence: None,
            unsent: false,
        }))
    }

    /// An answer with a good status that cannot be understood.
    pub(crate) fn answer(doing: &str, why: &str, evidence: Evidence) -> Self {
        Self(Box::new(Inner {
            kind: ErrorKind::Answer,
            fact: format!("{doing}: {why}"),
            detail: None,
            http: None,
            evidence: Some(evidence),
            unsent: false,
        }))
    }

    /// The failure of what had to come before the call.
    #[must_use]
    pub(crate) fn before_the_call(mut self) -> Self {
        self.0.unsent = true;
        self
    }

    pub(crate) fn is_before_the_call(&self) -> bool {
        self.0.unsent
    }

    /// The same failure, seen as another kind by someone who knows more.
    #[must_use]
    pub(crate) fn seen_as(mut self, kind: ErrorKind) -> Self {
        self.0.kind = kind;
        self
    }
}

fn by_status(code: u16) -> ErrorKind {
    match code {
        401 => ErrorKind::Unauthorized,
        403 => ErrorKind::Forbidden,
        404 => ErrorKind::NotFound,
        409 => ErrorKind::Conflict,
        412 | 423 => ErrorKind::Locked,
        408 | 429 | 500..=599 => ErrorKind::Unavailable,
        400..=499 => ErrorKind::Rejected,
        _ => ErrorKind::Answer,
    }
}

fn by_fault(kind: ferry_http::ErrorKind) -> ErrorKind {
    use ferry_http::ErrorKind as Fault;
    match kind {
        Fault::Connect | Fault::Tls | Fault::Proxy | Fault::Deadline | Fault::Broken => {
            ErrorKind::Unavailable
        }
        Fault::Request | Fault::Refused => ErrorKind::Settings,
        _ => ErrorKind::Answer,
    }
}

fn said(kind: ErrorKind) -> &'static str {
    match kind {
        ErrorKind::Unavailable => "the service could not be reached, or the line broke",
        ErrorKind::Settings => "the request could not be made",
        _ => "an answer that was not expected",
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.fact)?;
        match &self.0.detail {
            Some(detail) => write!(f, ": {detail}"),
            None => Ok(()),
        }
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Error")
            .field("kind", &self.0.kind)
            .field("fact", &self.0.fact)
            .field("detail", &self.0.detail)
            .field("evidence", &self.evidence())
            .finish_non_exhaustive()
    }
}

impl StdError for Error {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        let http = self.0.http.as_ref()?;
        Some(http)
    }
}
