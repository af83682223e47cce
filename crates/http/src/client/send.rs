//! One send: attempts, waits, redirects, until there is an answer to give.

use std::sync::PoisonError;
use std::time::Duration;

use bytes::Bytes;
use http::header::{self, HeaderValue};
use http::uri::Scheme;
use http::{HeaderMap, Method, StatusCode, Uri};
use http_body_util::BodyExt as _;
use hyper::body::Incoming;
use tokio::time::{Instant, sleep, timeout_at};

use super::Shared;
use super::attempt::{Head, attempt};
use super::fault::Fault;
use crate::backoff::{self, Backoff};
use crate::body::Source;
use crate::connect::is_loopback;
use crate::error::{Answer, Error, ErrorKind};
use crate::evidence::Evidence;
use crate::exchange::{Exchange, Recording};
use crate::log::LogLine;
use crate::redact::{self, Secrets};
use crate::redirect;
use crate::request::{Repeat, Request};
use crate::response::Response;
use crate::retry::{self, Failure, Verdict};

/// How much of the body of an error is kept, and how much is read so that the connection can be used again.
const KEEP: usize = 4 * 1024;
const DRAIN: usize = 64 * 1024;

/// The longest request id that is taken from a server.
const LONGEST_ID: usize = 200;

pub(super) async fn send(client: &Shared, request: Request) -> Result<Response, Error> {
    let mut sending = Sending::new(client, request)?;
    sending.refuse_far_hosts()?;
    loop {
        let began = Instant::now();
        let wires = client.wires(sending.repeat, &sending.source);
        let deadlines = &client.config.deadlines;
        let result = attempt(
            wires,
            &sending.head(),
            &sending.source,
            deadlines,
            sending.total,
        )
        .await;
        let took = began.elapsed();
        let answer = match result {
            Ok(answer) => answer,
            Err(fault) => {
                sending.maybe_done |= fault.maybe_done;
                sending.status = None;
                sending.request_id = None;
                let wait = sending.wait(fault.failure, None);
                sending.log(&fault.words(), took, wait);
                match wait {
                    Some(wait) => sleep(wait).await,
                    None => return Err(sending.failed(fault)),
                }
                continue;
            }
        };
        let status = answer.status();
        sending.note(&answer);
        if status.is_success() {
            sending.log(&status.to_string(), took, None);
            return Ok(sending.answered(answer));
        }
        if redirect::applies(&sending.method, status) {
            sending.log(&status.to_string(), took, None);
            sending.redirect(answer.headers())?;
            continue;
        }
        let failure = Failure::Answered(status);
        sending.maybe_done |= retry::maybe_done(failure);
        let wait = sending.wait(failure, answer.headers().get(header::RETRY_AFTER));
        sending.log(&status.to_string(), took, wait);
        let refused = sending.refused(answer).await;
        match wait {
            Some(wait) => sleep(wait).await,
            None => return Err(refused),
        }
    }
}

/// The state of one send.
struct Sending<'a> {
    client: &'a Shared,
    method: Method,
    uri: Uri,
    headers: HeaderMap,
    source: Source,
    repeat: Repeat,
    hide_query: bool,
    secrets: Secrets,
    started: Instant,
    total: Option<Instant>,
    backoff: Backoff,
    hops: u32,
    /// Of any attempt so far: what an early one did is not undone by how a later one ends.
    maybe_done: bool,
    status: Option<StatusCode>,
    request_id: Option<String>,
}

impl<'a> Sending<'a> {
    fn new(client: &'a Shared, request: Request) -> Result<Self, Error> {
        let started = Instant::now();
        let mut headers = request.headers;
        let source = Source::new(request.body);
        if let Ok(agent) = HeaderValue::from_str(&client.config.user_agent) {
            headers.entry(header::USER_AGENT).or_insert(agent);
        }
        // hyper says nothing of the length of an absent body, and some servers answer 411 to that.
        let says_length = [Method::POST, Method::PUT, Method::PATCH].contains(&request.method);
        if says_length && source.is_empty() {
            headers.insert(header::CONTENT_LENGTH, HeaderValue::from_static("0"));
        }
        let sending = Self {
            secrets: Secrets::of(&headers),
            client,
            method: request.method,
            uri: request.uri,
            headers,
            source,
            repeat: request.repeat,
            hide_query: request.hide_query,
            started,
            total: client.config.deadlines.total.map(|total| started + total),
            backoff: Backoff::new(client.config.retry),
            hops: 0,
            maybe_done: false,
            status: None,
            request_id: None,
        };
        match request.mistake {
            Some(mistake) => Err(mistake.with_evidence(Evidence {
                attempts: 0,
                ..sending.evidence()
            })),
            None => Ok(sending),
        }
    }

    fn head(&self) -> Head {
        let mut headers = self.headers.clone();
        let proxy = self.client.config.proxies.choose(&self.uri);
        // Through a tunnel the proxy has its sign-in already; only where it reads the request itself it goes along.
        if self.uri.scheme() == Some(&Scheme::HTTP)
            && let Some(sign_in) = proxy.and_then(|proxy| proxy.sign_in.clone())
        {
            headers.insert(header::PROXY_AUTHORIZATION, sign_in);
        }
        Head {
            method: self.method.clone(),
            uri: self.uri.clone(),
            headers,
        }
    }

    fn refuse_far_hosts(&self) -> Result<(), Error> {
        let host = self.uri.host().unwrap_or_default();
        if self.client.config.loopback_only && !is_loopback(host) {
            return Err(Error::new(
                ErrorKind::Refused,
                format!("{host} was not contacted: only hosts of this machine (loopback) may be reached here"),
            )
            .with_evidence(Evidence {
                attempts: 0,
                ..self.evidence()
            })
            .with_maybe_done(self.maybe_done));
        }
        Ok(())
    }

    /// The wait before the next attempt, or `None` where none follows.
    fn wait(&mut self, failure: Failure, asked: Option<&HeaderValue>) -> Option<Duration> {
        let replayable = self.source.is_replayable();
        if retry::classify(failure, self.repeat, replayable) == Verdict::Final {
            return None;
        }
        let asked = asked
            .and_then(|asked| asked.to_str().ok())
            .and_then(|asked| backoff::retry_after(asked, (self.client.config.now)()));
        let mut rng = self
            .client
            .rng
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        let wait = self.backoff.peek(&mut rng, asked)?;
        // What is known now says more than that time ran out while waiting.
        if self
            .total
            .is_some_and(|total| total <= Instant::now() + wait)
        {
            return None;
        }
        self.backoff.take(wait);
        Some(wait)
    }

    fn note(&mut self, answer: &http::Response<Incoming>) {
        self.status = Some(answer.status());
        self.request_id = ["opc-request-id", "x-trans-id"]
            .iter()
            .find_map(|name| answer.headers().get(*name)?.to_str().ok())
            .map(|id| {
                let id = redact::printable(id, false);
                self.secrets.mask(id.chars().take(LONGEST_ID).collect())
            });
    }

    fn redirect(&mut self, answer: &HeaderMap) -> Result<(), Error> {
        let refused = |why: String| {
            Error::new(
                ErrorKind::RedirectRefused,
                format!("the server sends this request elsewhere, which is not followed: {why}"),
            )
            .with_evidence(self.evidence())
            .with_maybe_done(self.maybe_done)
        };
        if self.hops >= redirect::MOST {
            return Err(refused(format!(
                "that is more than {} times",
                redirect::MOST
            )));
        }
        let location = answer
            .get(header::LOCATION)
            .and_then(|location| location.to_str().ok());
        let to = redirect::next(&self.uri, location).map_err(refused)?;
        redirect::strip(&mut self.headers, &self.uri, &to);
        self.uri = to;
        self.hops += 1;
        self.status = None;
        self.request_id = None;
        self.refuse_far_hosts()
    }

    fn answered(self, answer: http::Response<Incoming>) -> Response {
        let evidence = self.evidence();
        let (parts, body) = answer.into_parts();
        let recording = self.recording(parts.status, &parts.headers);
        Response {
            status: parts.status,
            headers: parts.headers,
            body,
            evidence,
            started: self.started,
            idle: self.client.config.deadlines.idle,
            total: self.total,
            recording,
        }
    }

    fn recording(&self, status: StatusCode, headers: &HeaderMap) -> Option<Recording> {
        let recorder = self.client.config.recorder.clone()?;
        let content_type = headers.get(header::CONTENT_TYPE);
        let content_type = content_type.and_then(|kind| kind.to_str().ok());
        Some(Recording {
            recorder,
            exchange: Some(Exchange {
                method: self.method.clone(),
                uri: self.uri.clone(),
                sent: self.source.bytes(),
                status,
                content_type: content_type.map(str::to_owned),
                body: None,
            }),
        })
    }

    /// The error for an answer that is not 2xx, with the beginning of its body.
    async fn refused(&self, answer: http::Response<Incoming>) -> Error {
        let (parts, body) = answer.into_parts();
        let until = Instant::now() + self.client.config.deadlines.idle;
        let until = self.total.map_or(until, |total| total.min(until));
        let body = Bytes::from(beginning(body, until).await);
        if let Some(recording) = self.recording(parts.status, &parts.headers) {
            recording.whole(&body);
        }
        let text = redact::printable(&String::from_utf8_lossy(&body), true);
        let text = self.secrets.mask(text);
        Error::new(ErrorKind::Status, format!("answered {}", parts.status))
            .with_evidence(self.evidence())
            .with_answer(Answer {
                headers: parts.headers,
                body: Some(text).filter(|text| !text.is_empty()),
            })
            .with_maybe_done(self.maybe_done)
    }

    fn failed(&self, fault: Fault) -> Error {
        let error = Error::new(fault.kind, fault.fact)
            .with_evidence(self.evidence())
            .with_maybe_done(self.maybe_done);
        match fault.cause {
            Some(cause) => error.caused_by(cause),
            None => error,
        }
    }

    fn evidence(&self) -> Evidence {
        Evidence {
            method: self.method.to_string(),
            target: redact::target(&self.uri, self.hide_query),
            attempts: self.backoff.attempts(),
            elapsed: self.started.elapsed(),
            status: self.status.map(|status| status.as_u16()),
            request_id: self.request_id.clone(),
        }
    }

    fn log(&self, outcome: &str, elapsed: Duration, retry_in: Option<Duration>) {
        let Some(log) = &self.client.config.log else {
            return;
        };
        // A wait that was decided has counted the next attempt already.
        let next = u32::from(retry_in.is_some());
        log(&LogLine {
            method: self.method.to_string(),
            target: redact::target(&self.uri, self.hide_query),
            attempt: self.backoff.attempts() - next,
            outcome: outcome.to_owned(),
            elapsed,
            retry_in,
            request_id: self.request_id.clone(),
        });
    }
}

/// The first bytes of a body. A failure on the way is no matter: the status says what is wrong, and what came is kept.
async fn beginning(mut body: Incoming, until: Instant) -> Vec<u8> {
    let mut kept = Vec::new();
    let mut seen = 0;
    while seen < DRAIN {
        let Ok(Some(Ok(frame))) = timeout_at(until, body.frame()).await else {
            break;
        };
        if let Some(data) = frame.data_ref() {
            seen += data.len();
            kept.extend(data.iter().take(KEEP.saturating_sub(kept.len())));
        }
    }
    kept
}
