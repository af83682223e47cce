//! A good answer, its body still to be read.

use std::fmt;
use std::time::Duration;

use bytes::{Bytes, BytesMut};
use http::{HeaderMap, StatusCode, header};
use http_body_util::BodyExt as _;
use hyper::body::{Body as _, Incoming};
use serde::de::DeserializeOwned;
use tokio::time::Instant;

use crate::deadline;
use crate::error::{Answer, Error, ErrorKind, Said};
use crate::evidence::Evidence;
use crate::exchange::Recording;
use crate::redact;

/// An answer of 2xx. Dropping it before its end closes the connection.
pub struct Response {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Incoming,
    pub(crate) evidence: Evidence,
    pub(crate) started: Instant,
    pub(crate) idle: Duration,
    pub(crate) total: Option<Instant>,
    pub(crate) recording: Option<Recording>,
}

impl Response {
    /// The status: always 2xx.
    pub fn status(&self) -> StatusCode {
        self.status
    }

    /// The headers. Their values can be secrets: do not print them as a whole.
    pub fn headers(&self) -> &HeaderMap {
        &self.headers
    }

    /// The first value of a header, where it is text.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }

    /// The facts of the request.
    pub fn evidence(&self) -> &Evidence {
        &self.evidence
    }

    /// The next piece of the body; `None` at its end.
    ///
    /// Fails with [`ErrorKind::Deadline`] when nothing comes for the idle time or the total time is over, with
    /// [`ErrorKind::Broken`] when the connection ends before the body does.
    pub async fn chunk(&mut self) -> Result<Option<Bytes>, Error> {
        loop {
            match deadline::within(self.idle, self.total, self.body.frame()).await {
                Err(passed) => return Err(self.fault(ErrorKind::Deadline, passed.fact())),
                Ok(None) => return Ok(None),
                Ok(Some(Err(error))) => {
                    return Err(self
                        .fault(
                            ErrorKind::Broken,
                            "the connection ended in the middle of the answer".into(),
                        )
                        .caused_by(Said(crate::client::words(&error))));
                }
                Ok(Some(Ok(frame))) => {
                    // Trailers say nothing that is used.
                    if let Ok(data) = frame.into_data()
                        && !data.is_empty()
                    {
                        return Ok(Some(data));
                    }
                }
            }
        }
    }

    /// The whole body, of at most `limit` bytes; a longer one fails with [`ErrorKind::Body`].
    pub async fn bytes(mut self, limit: usize) -> Result<Bytes, Error> {
        self.collect(limit).await
    }

    /// The whole body, of at most `limit` bytes, as JSON. What is not the JSON that is asked for fails with
    /// [`ErrorKind::Body`], which says where, but repeats nothing of the answer: it may hold a token.
    pub async fn json<T: DeserializeOwned>(mut self, limit: usize) -> Result<T, Error> {
        let bytes = self.collect(limit).await?;
        serde_json::from_slice(&bytes).map_err(|error| {
            let what = match error.classify() {
                serde_json::error::Category::Data => "JSON of another form than expected",
                _ => "not JSON",
            };
            let content = self.header("content-type").unwrap_or("none");
            let content = redact::printable(content, false);
            self.fault(
                ErrorKind::Body,
                format!(
                    "the answer is {what}, seen at line {}, column {} (its content type: {content})",
                    error.line(),
                    error.column()
                ),
            )
        })
    }

    async fn collect(&mut self, limit: usize) -> Result<Bytes, Error> {
        let said = self.body.size_hint().lower();
        if usize::try_from(said).is_ok_and(|said| said > limit) {
            return Err(self.too_long(limit));
        }
        let mut whole = BytesMut::new();
        while let Some(chunk) = self.chunk().await? {
            if chunk.len() > limit.saturating_sub(whole.len()) {
                return Err(self.too_long(limit));
            }
            whole.extend_from_slice(&chunk);
        }
        let whole = whole.freeze();
        if let Some(recording) = self.recording.take() {
            recording.whole(&whole);
        }
        Ok(whole)
    }

    fn too_long(&self, limit: usize) -> Error {
        self.fault(
            ErrorKind::Body,
            format!("the answer is longer than the {limit} bytes that are taken"),
        )
    }

    /// A failure after a good status: the request was carried out.
    fn fault(&self, kind: ErrorKind, fact: String) -> Error {
        let mut headers = self.headers.clone();
        headers.remove(header::SET_COOKIE);
        Error::new(kind, fact)
            .with_evidence(Evidence {
                elapsed: self.started.elapsed(),
                ..self.evidence.clone()
            })
            .with_answer(Answer {
                headers,
                body: None,
            })
            .with_maybe_done(true)
    }
}

impl fmt::Debug for Response {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Response")
            .field("status", &self.status)
            .field("headers", &redact::header_names(&self.headers))
            .field("evidence", &self.evidence)
            .finish_non_exhaustive()
    }
}
