//! What went wrong with a bucket.

use std::error::Error as StdError;
use std::fmt;
use std::io;

use ferry_core::ids::ObjectName;
use ferry_core::storage::{SwiftUser, UserForm};
use ferry_http::Evidence;

use crate::bucket::Bucket;
use crate::sign_in::SignIn;
use crate::wire::detail;

/// A call to the bucket that failed.
///
/// `Display` tells this layer's fact and, for a refused sign-in, what to check; `source()` leads to the
/// transport's error. The password is in neither.
pub struct Error(Box<Inner>);

struct Inner {
    kind: ErrorKind,
    fact: String,
    detail: Option<String>,
    /// Whose sign-in was refused, where that is told by user and auth token.
    user: Option<SwiftUser>,
    cause: Option<Cause>,
    maybe_done: bool,
}

enum Cause {
    Http(ferry_http::Error),
    Io(io::Error),
}

/// What kind of failure it was. Decided by the answer's status, never by its wording (but for 413).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ErrorKind {
    /// 404: no such object or bucket. The service is known to say so too where the user has no right.
    NotFound,
    /// 401: user name or auth token refused.
    Unauthorized,
    /// 403: the user is known and has no right to this.
    Forbidden,
    /// 412 or 304: the object is not (or is) the one that was asked for.
    Precondition,
    /// 413: more than one upload may hold.
    TooLarge,
    /// 507, or 413 that speaks of a quota.
    Full,
    /// Not reached, no answer in time, a broken line, 408, 429 or 5xx: may pass.
    Unavailable,
    /// What arrived, or what is stored, is not what was sent.
    Damaged,
    /// The local file could not be read, or the given stream failed.
    Local,
    /// Anything else.
    Other,
}

/// What a call was about; for messages.
#[derive(Clone, Copy)]
pub(crate) struct Subject<'a> {
    pub(crate) doing: &'static str,
    pub(crate) object: Option<&'a ObjectName>,
}

impl fmt::Display for Subject<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.doing)?;
        match self.object {
            Some(name) => write!(f, " object `{}`", name.as_str().escape_debug()),
            None => Ok(()),
        }
    }
}

impl Error {
    /// The kind of failure.
    pub fn kind(&self) -> ErrorKind {
        self.0.kind
    }

    /// Host, path, attempts, time and request id of the call, where there was one.
    pub fn evidence(&self) -> Option<&Evidence> {
        match &self.0.cause {
            Some(Cause::Http(error)) => Some(error.evidence()),
            _ => None,
        }
    }

    /// No such object or bucket.
    pub fn is_not_found(&self) -> bool {
        self.kind() == ErrorKind::NotFound
    }

    /// The same call may succeed later.
    pub fn is_unavailable(&self) -> bool {
        self.kind() == ErrorKind::Unavailable
    }

    pub(crate) fn new(kind: ErrorKind, bucket: &Bucket, subject: &Subject<'_>, why: &str) -> Self {
        Self(Box::new(Inner {
            kind,
            fact: format!("{subject} in {}: {why}", bucket.url()),
            detail: None,
            user: None,
            cause: None,
            maybe_done: false,
        }))
    }

    /// An answer that does not say how long an object is.
    pub(crate) fn no_length(bucket: &Bucket, subject: &Subject<'_>) -> Self {
        let why = "the answer does not say how long it is";
        Self::new(ErrorKind::Other, bucket, subject, why)
    }

    /// Adds what became of the object.
    pub(crate) fn and(mut self, what: &str) -> Self {
        self.0.fact.push_str("; ");
        self.0.fact.push_str(what);
        self
    }

    /// The call may have been carried out all the same.
    pub(crate) fn maybe(mut self) -> Self {
        self.0.maybe_done = true;
        self
    }

    /// Whether the call may have been carried out all the same.
    pub(crate) fn maybe_done(&self) -> bool {
        match &self.0.cause {
            Some(Cause::Http(error)) => error.maybe_done(),
            _ => self.0.maybe_done,
        }
    }

    /// The status of the answer, where that is what failed.
    pub(crate) fn status(&self) -> Option<u16> {
        match &self.0.cause {
            Some(Cause::Http(error)) => error.status().map(|status| status.as_u16()),
            _ => None,
        }
    }

    pub(crate) fn http(error: ferry_http::Error, bucket: &Bucket, subject: &Subject<'_>) -> Self {
        // A body that breaks has the status 200 in its evidence: only a refusal is decided by its status.
        let refused = error.kind() == ferry_http::ErrorKind::Status;
        let status = error.status().filter(|_| refused).map(|s| s.as_u16());
        let body = error.body().unwrap_or_default();
        let kind = match status {
            Some(code) => by_status(code, body),
            None => by_fault(error.kind()),
        };
        let fact = format!("{subject} in {}: {}", bucket.url(), said(kind, status));
        // Before and after: unpacking JSON can bring a secret to light, joining lines can hide one. Cutting
        // comes last, as half a secret is not recognized.
        let detail = detail(&bucket.scrub(body)).map(|text| bucket.scrub(&text));
        let detail = detail.map(|text| text.chars().take(300).collect());
        Self(Box::new(Inner {
            kind,
            fact,
            detail,
            user: match bucket.sign_in() {
                SignIn::Basic { user, .. } => Some(user.clone()),
                SignIn::Token { .. } => None,
            },
            cause: Some(Cause::Http(error)),
            maybe_done: false,
        }))
    }

    pub(crate) fn local(
        error: io::Error,
        bucket: &Bucket,
        subject: &Subject<'_>,
        why: &str,
    ) -> Self {
        let mut local = Self::new(ErrorKind::Local, bucket, subject, why);
        local.0.cause = Some(Cause::Io(error));
        local
    }
}

fn by_status(code: u16, body: &str) -> ErrorKind {
    match code {
        404 => ErrorKind::NotFound,
        401 => ErrorKind::Unauthorized,
        403 => ErrorKind::Forbidden,
        412 | 304 => ErrorKind::Precondition,
        413 if body.to_ascii_lowercase().contains("quota") => ErrorKind::Full,
        413 => ErrorKind::TooLarge,
        507 => ErrorKind::Full,
        // Swift: what arrived has not the digest that was announced.
        422 => ErrorKind::Damaged,
        // 498: the older name of 429.
        408 | 429 | 498 | 499 | 500..=599 => ErrorKind::Unavailable,
        _ => ErrorKind::Other,
    }
}

fn by_fault(kind: ferry_http::ErrorKind) -> ErrorKind {
    use ferry_http::ErrorKind as Fault;
    match kind {
        Fault::Connect | Fault::Tls | Fault::Proxy | Fault::Deadline | Fault::Broken => {
            ErrorKind::Unavailable
        }
        Fault::Source => ErrorKind::Local,
        _ => ErrorKind::Other,
    }
}

fn said(kind: ErrorKind, status: Option<u16>) -> String {
    let fact = match kind {
        ErrorKind::NotFound => "not there, or this user may not see it",
        ErrorKind::Unauthorized => "the sign-in was refused",
        ErrorKind::Forbidden => "this user has no right to it",
        ErrorKind::Precondition => "the object is not the one that was expected",
        ErrorKind::TooLarge => "more than the service takes in one upload",
        ErrorKind::Full => "the bucket or its quota is full",
        ErrorKind::Unavailable => "the service could not be reached or gave no good answer",
        ErrorKind::Damaged => "the service received other bytes than were announced",
        ErrorKind::Local => "the source of the upload failed",
        ErrorKind::Other => "an answer that was not expected",
    };
    match status {
        Some(code) => format!("{fact} (HTTP {code})"),
        None => fact.to_owned(),
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.fact)?;
        if let Some(detail) = &self.0.detail {
            write!(f, ": {detail}")?;
        }
        match (&self.0.user, self.0.kind) {
            (Some(user), ErrorKind::Unauthorized) => advice(f, user),
            _ => Ok(()),
        }
    }
}

/// A wrong form of the user name and the wrong kind of password are what it nearly always is.
fn advice(f: &mut fmt::Formatter<'_>, user: &SwiftUser) -> fmt::Result {
    write!(
        f,
        "; user `{}` needs an *auth token* as password, not the password of the console",
        user.as_str()
    )?;
    let others = user.alternatives();
    for (n, (form, name)) in others.iter().enumerate() {
        let lead = if n == 0 {
            "; the same user may be known as"
        } else {
            " or"
        };
        let form = match form {
            UserForm::Plain => "plain",
            UserForm::Federated => "federated",
            UserForm::Domain => "of an identity domain",
        };
        write!(f, "{lead} `{name}` ({form})")?;
    }
    Ok(())
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
        match &self.0.cause {
            Some(Cause::Http(error)) => Some(error),
            Some(Cause::Io(error)) => Some(error),
            None => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_status_decides() {
        for (code, body, kind) in [
            (404, "", ErrorKind::NotFound),
            (401, "", ErrorKind::Unauthorized),
            (403, "", ErrorKind::Forbidden),
            (412, "", ErrorKind::Precondition),
            (304, "", ErrorKind::Precondition),
            (413, "Upload exceeds quota.", ErrorKind::Full),
            (
                413,
                "<html><h1>Request Entity Too Large</h1>",
                ErrorKind::TooLarge,
            ),
            (507, "", ErrorKind::Full),
            (422, "", ErrorKind::Damaged),
            (429, "", ErrorKind::Unavailable),
            (498, "Slow down", ErrorKind::Unavailable),
            (503, "<html>", ErrorKind::Unavailable),
            (409, "", ErrorKind::Other),
        ] {
            assert_eq!(by_status(code, body), kind, "{code}");
        }
    }
}
