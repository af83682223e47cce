//! What is wrong with a request, before a dialect puts it into words.

use http::{HeaderName, HeaderValue, StatusCode, header};
use serde_json::json;

use super::dialect::Dialect;
use super::reply::set;
use crate::body::{self, Refused, Reply, full};

/// A refusal of the store.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Problem(Box<Parts>);

#[derive(Debug, Clone, PartialEq, Eq)]
struct Parts {
    status: StatusCode,
    /// The code of the native API's errors; none: that of the status.
    code: Option<&'static str>,
    /// What upstream says, where it says more than the status.
    text: Option<String>,
    /// Whether upstream calls that plain text, and not a page.
    plain: bool,
    /// For the journal alone.
    why: String,
    headers: Vec<(HeaderName, String)>,
}

impl Problem {
    /// One that upstream answers with the page of its status.
    pub(super) fn page(status: StatusCode, why: impl Into<String>) -> Self {
        Self(Box::new(Parts {
            status,
            code: None,
            text: None,
            plain: false,
            why: why.into(),
            headers: Vec::new(),
        }))
    }

    /// One that upstream answers with a sentence.
    pub(super) fn says(status: StatusCode, text: impl Into<String>) -> Self {
        let text = text.into();
        let mut problem = Self::page(status, text.trim_end().to_owned());
        problem.0.text = Some(text);
        problem
    }

    /// The same as plain text.
    pub(super) fn plainly(mut self) -> Self {
        self.0.plain = true;
        self
    }

    /// With this code in the native API's form.
    pub(super) fn coded(mut self, code: &'static str) -> Self {
        self.0.code = Some(code);
        self
    }

    /// With a header.
    pub(super) fn with(mut self, name: HeaderName, value: impl Into<String>) -> Self {
        self.0.headers.push((name, value.into()));
        self
    }

    /// With another reason in the journal.
    pub(super) fn because(mut self, why: impl Into<String>) -> Self {
        self.0.why = why.into();
        self
    }

    /// Its status.
    pub(super) fn status(&self) -> StatusCode {
        self.0.status
    }

    /// What upstream says, where it says more than the status.
    pub(super) fn text(&self) -> Option<&str> {
        self.0.text.as_deref()
    }

    /// The answer.
    pub(super) fn told(&self, dialect: Dialect) -> Reply {
        let parts = &self.0;
        let mut reply = match (dialect.native_errors, &parts.text) {
            (true, text) => {
                let (code, sentence) = native(parts.status);
                let message = text.as_deref().map_or(sentence, str::trim_end);
                let code = parts.code.unwrap_or(code);
                body::json(parts.status, &json!({"code": code, "message": message}))
            }
            (false, Some(text)) if parts.plain => typed(text.clone(), "text/plain"),
            (false, Some(text)) => typed(text.clone(), PAGE),
            (false, None) => {
                let mut reply = typed(page(parts.status), PAGE);
                reply.extensions_mut().insert(Page);
                reply
            }
        };
        *reply.status_mut() = parts.status;
        for (name, value) in &parts.headers {
            set(reply.headers_mut(), name, value);
        }
        body::refused(reply, parts.why.clone())
    }

    /// The same as a refusal of the whole emulator's.
    pub(super) fn refused(&self, dialect: Dialect) -> Refused {
        Refused::new(self.told(dialect))
    }
}

/// Marks an answer whose body is the page of its status. Never sent.
#[derive(Debug, Clone, Copy)]
pub(super) struct Page;

/// The type of upstream's pages.
pub(super) const PAGE: &str = "text/html; charset=UTF-8";

/// The title and the sentence that upstream has for a status, if it has some.
pub(super) fn words(status: StatusCode) -> Option<(&'static str, &'static str)> {
    Some(match status.as_u16() {
        202 => ("Accepted", "The request is accepted for processing."),
        400 => (
            "Bad Request",
            "The server could not comply with the request since it is either malformed or otherwise incorrect.",
        ),
        401 => (
            "Unauthorized",
            "This server could not verify that you are authorized to access the document you requested.",
        ),
        403 => ("Forbidden", "Access was denied to this resource."),
        404 => ("Not Found", "The resource could not be found."),
        405 => (
            "Method Not Allowed",
            "The method is not allowed for this resource.",
        ),
        406 => (
            "Not Acceptable",
            "The resource is not available in a format acceptable to your browser.",
        ),
        409 => (
            "Conflict",
            "There was a conflict when trying to complete your request.",
        ),
        411 => ("Length Required", "Content-Length header required."),
        412 => (
            "Precondition Failed",
            "A precondition for this request was not met.",
        ),
        413 => (
            "Request Entity Too Large",
            "The body of your request was too large for this server.",
        ),
        416 => (
            "Requested Range Not Satisfiable",
            "The Range requested is not available.",
        ),
        422 => (
            "Unprocessable Entity",
            "Unable to process the contained instructions",
        ),
        507 => (
            "Insufficient Storage",
            "There was not enough space to save the resource. Drive: emulator",
        ),
        _ => return None,
    })
}

/// The page that upstream makes of them.
pub(super) fn page(status: StatusCode) -> String {
    let page = |(title, text)| format!("<html><h1>{title}</h1><p>{text}</p></html>");
    words(status).map(page).unwrap_or_default()
}

/// A status with upstream's words for it, of which two are older than those of today.
pub(super) fn line(status: StatusCode) -> String {
    let words = reason(status).or(status.canonical_reason());
    format!("{} {}", status.as_u16(), words.unwrap_or_default())
}

/// Upstream's words for a status, where they are not those of today.
pub(super) fn reason(status: StatusCode) -> Option<&'static str> {
    match status.as_u16() {
        413 => Some("Request Entity Too Large"),
        416 => Some("Requested Range Not Satisfiable"),
        _ => None,
    }
}

/// A body of this type.
pub(super) fn typed(text: impl Into<bytes::Bytes>, kind: &'static str) -> Reply {
    let mut reply = http::Response::new(full(text));
    let kind = HeaderValue::from_static(kind);
    reply.headers_mut().insert(header::CONTENT_TYPE, kind);
    reply
}

/// The code and the sentence of the native API for a status (documented for most).
fn native(status: StatusCode) -> (&'static str, &'static str) {
    match status.as_u16() {
        400 => ("InvalidParameter", "The request is not valid."),
        401 => (
            "NotAuthenticated",
            "The required information to complete authentication was not provided or was incorrect.",
        ),
        403 | 404 => (
            "NotAuthorizedOrNotFound",
            "Authorization failed or requested resource not found.",
        ),
        405 => ("MethodNotAllowed", "The method is not allowed here."),
        406 => ("NotAcceptable", "Listings are JSON, XML or plain text."),
        409 => ("Conflict", "The resource is not in the right state."),
        411 => ("MissingContentLength", "Missing Content-Length header."),
        412 => ("IfNoneMatchFailed", "A precondition was not met."),
        413 => ("RequestEntityTooLarge", "The request is too large."),
        416 => ("InvalidRange", "The range lies behind the object's end."),
        422 => (
            "UnprocessableEntity",
            "The content does not have the MD5 of the ETag header.",
        ),
        507 => (
            "InsufficientStorage",
            "The emulator's disk did not take the object.",
        ),
        _ => ("InternalServerError", "The request was not carried out."),
    }
}

/// No such bucket.
pub(super) fn no_bucket() -> Problem {
    Problem::page(StatusCode::NOT_FOUND, "no such bucket").coded("BucketNotFound")
}

/// No such object.
pub(super) fn no_object() -> Problem {
    Problem::page(StatusCode::NOT_FOUND, "no such object").coded("ObjectNotFound")
}

/// 405 with these methods.
pub(super) fn only(methods: &str) -> Problem {
    Problem::page(StatusCode::METHOD_NOT_ALLOWED, "method not allowed").with(header::ALLOW, methods)
}

/// 400 with a sentence.
pub(super) fn bad(text: impl Into<String>) -> Problem {
    Problem::says(StatusCode::BAD_REQUEST, text).plainly()
}
