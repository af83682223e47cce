//! One attempt: from an open body to the head of the answer.

use std::pin::pin;

use http::{HeaderMap, Method, Uri};
use hyper::body::Incoming;
use hyper_util::client::legacy::connect::{CaptureConnection, capture_connection};
use tokio::time::{Instant, sleep_until};

use super::Wires;
use super::fault::Fault;
use crate::body::Source;
use crate::config::Deadlines;
use crate::deadline::Passed;

/// What goes out, but for the body.
#[derive(Clone)]
pub(super) struct Head {
    pub(super) method: Method,
    pub(super) uri: Uri,
    pub(super) headers: HeaderMap,
}

/// Sends the request once and waits for the head of the answer, whatever its status.
pub(super) async fn attempt(
    wires: &Wires,
    head: &Head,
    source: &Source,
    deadlines: &Deadlines,
    total: Option<Instant>,
) -> Result<http::Response<Incoming>, Fault> {
    let body = source.open().await.map_err(Fault::unsent)?;
    let upload = body.upload();
    let mut request = http::Request::new(body);
    *request.method_mut() = head.method.clone();
    *request.uri_mut() = head.uri.clone();
    *request.headers_mut() = head.headers.clone();
    let mut connection = capture_connection(&mut request);
    let mut answering = pin!(wires.request(request));
    let (mut connecting, mut connected) = (true, false);
    loop {
        let (patience, wait) = upload.patience(deadlines);
        let until = total.map_or(patience, |total| total.min(patience));
        tokio::select! {
            biased;
            answer = &mut answering => {
                let host = head.uri.host().unwrap_or_default();
                return answer.map_err(|error| Fault::of(&error, host, &upload));
            }
            there = stands(&mut connection), if connecting => {
                // Not there means that the attempt is over, which its future tells next.
                connecting = false;
                connected = there;
                if there {
                    upload.connected();
                }
            }
            () = upload.turn() => {}
            () = sleep_until(until) => {
                if total.is_some_and(|total| total <= until) {
                    return Err(Fault::late(Passed::Total, connected));
                }
                // The body may have gone on meanwhile.
                if upload.patience(deadlines).0 <= until {
                    let passed = if upload.ended() {
                        Passed::FirstByte(wait)
                    } else {
                        Passed::Upload(wait)
                    };
                    return Err(Fault::late(passed, connected));
                }
            }
        }
    }
}

/// Waits until the request has its connection, or is over without one.
async fn stands(connection: &mut CaptureConnection) -> bool {
    connection.wait_for_connection_metadata().await.is_some()
}
