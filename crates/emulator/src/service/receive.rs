//! Taking a request's body in: spooled for the store's objects, in memory for the rest.

use std::io::Write;

use bytes::Bytes;
use http::StatusCode;
use http_body_util::{BodyExt, Limited};
use hyper::body::Body as _;
use percent_encoding::percent_decode_str;
use serde_json::json;

use super::{NoAnswer, Seam};
use crate::Body;
use crate::blobs::Spool;
use crate::body::{self, Reply};
use crate::fault::Service;
use crate::store;
use crate::world::Call;

/// The largest body that is held in memory.
const LARGEST: usize = 512 * 1024 * 1024;

/// How much of the body of a refused request is read, so that its sender sees the answer.
const COURTESY: u64 = 64 * 1024 * 1024;

/// A request, received.
#[derive(Debug)]
pub(super) enum Received {
    /// The call holds the body.
    Whole,
    /// The body of an object.
    Spooled(Box<Spool>),
    /// It is refused already.
    Refused(Reply),
}

impl Seam {
    pub(super) async fn receive(
        &self,
        service: Option<Service>,
        call: &mut Call,
        body: Body,
    ) -> Result<Received, NoAnswer> {
        if service != Some(Service::Store) {
            return match Limited::new(body, LARGEST).collect().await {
                Ok(collected) => {
                    call.body = collected.to_bytes();
                    Ok(Received::Whole)
                }
                Err(error) if error.is::<http_body_util::LengthLimitError>() => {
                    Ok(Received::Refused(too_large()))
                }
                Err(_) => Err(NoAnswer::Incomplete),
            };
        }
        if !store::is_upload(call) {
            drain(call, body).await?;
            return Ok(Received::Whole);
        }
        let announced = body.size_hint().exact().is_some_and(|len| len > 0);
        let checked = store::check_put(&mut self.advanced(), call, announced);
        if let Err(refused) = checked {
            drain(call, body).await?;
            return Ok(Received::Refused(refused.into_reply()));
        }
        let spool = self.world().blobs.spool();
        match fill(spool, body).await? {
            Ok(spool) => Ok(Received::Spooled(Box::new(spool))),
            Err(error) => Ok(Received::Refused(full(&error))),
        }
    }
}

/// Spools a body. The outer error is the sender's, the inner one the disk's.
async fn fill(mut spool: Spool, mut body: Body) -> Result<std::io::Result<Spool>, NoAnswer> {
    while let Some(frame) = body.frame().await {
        let frame = frame.map_err(|_| NoAnswer::Incomplete)?;
        if let Some(bytes) = frame.data_ref()
            && let Err(error) = spool.write_all(bytes)
        {
            return Ok(Err(error));
        }
    }
    Ok(Ok(spool))
}

/// Reads a body that is not wanted. One that waits for `100 Continue` is never asked for.
pub(super) async fn drain(call: &Call, mut body: Body) -> Result<(), NoAnswer> {
    let waits = call
        .header("expect")
        .is_some_and(|expect| expect.eq_ignore_ascii_case("100-continue"));
    let mut read = 0;
    while !waits && read < COURTESY {
        match body.frame().await {
            Some(frame) => {
                let frame = frame.map_err(|_| NoAnswer::Incomplete)?;
                read += frame.data_ref().map_or(0, Bytes::len) as u64;
            }
            None => break,
        }
    }
    Ok(())
}

fn too_large() -> Reply {
    body::refused(
        body::json(
            StatusCode::PAYLOAD_TOO_LARGE,
            &json!({"title": "Payload Too Large", "status": 413}),
        ),
        "the body is larger than the emulator takes",
    )
}

fn full(error: &std::io::Error) -> Reply {
    body::refused(
        body::json(
            StatusCode::INSUFFICIENT_STORAGE,
            &json!({"code": "InsufficientStorage", "message": "the emulator's disk did not take the object"}),
        ),
        error.to_string(),
    )
}

/// The pairs of a query, decoded as those of a form.
pub(super) fn query(raw: &str) -> Vec<(String, String)> {
    let decode = |text: &str| {
        percent_decode_str(&text.replace('+', " "))
            .decode_utf8_lossy()
            .into_owned()
    };
    raw.split('&')
        .filter(|pair| !pair.is_empty())
        .map(|pair| {
            let (key, value) = pair.split_once('=').unwrap_or((pair, ""));
            (decode(key), decode(value))
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn queries_are_decoded() {
        let pairs = query("prefix=a%2Fb+c&q=%7Bx:+1%7D&flag&&plus=%2B");
        let expected = [
            ("prefix", "a/b c"),
            ("q", "{x: 1}"),
            ("flag", ""),
            ("plus", "+"),
        ];
        assert_eq!(
            pairs,
            expected.map(|(key, value)| (key.to_owned(), value.to_owned()))
        );
    }
}
