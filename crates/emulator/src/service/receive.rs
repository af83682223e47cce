//! Taking a request's body in: spooled for the store's objects, in memory for the rest.

use std::io::{self, Seek as _, Write};
use std::time::Duration;

use bytes::Bytes;
use futures_util::FutureExt as _;
use http::{StatusCode, header};
use http_body_util::BodyExt;
use hyper::body::{Body as _, Frame};
use percent_encoding::percent_decode_str;
use serde_json::json;
use tempfile::SpooledTempFile;

use super::head::problem;
use super::{NoAnswer, Seam};
use crate::Body;
use crate::blobs::Spool;
use crate::body::{self, Reply};
use crate::fault::Service;
use crate::store;
use crate::world::Call;

mod upload;

use upload::upload;

/// The largest body that is held in memory: far more than any JSON of the service.
const LARGEST: u64 = 8 * 1024 * 1024;

/// The largest body of files, which is held on disk until it is whole.
const LARGEST_FILES: u64 = 128 * 1024 * 1024;

/// How much of it is held in memory before.
const FILES_IN_MEMORY: usize = 256 * 1024;

/// How long a body may say nothing.
const SILENCE: Duration = Duration::from_secs(30);

/// How much of the body of a refused request is read, so that its sender sees the answer.
const COURTESY: u64 = 64 * 1024 * 1024;

/// A request, received.
#[derive(Debug)]
pub(super) enum Received {
    /// The call holds the body.
    Whole,
    /// The body of files.
    Held(SpooledTempFile),
    /// The body of an object.
    Spooled(Box<Spool>),
    /// It is refused already.
    Refused(Reply),
}

/// Why a body ended too early.
enum Broken {
    /// Its sender is gone.
    Off,
    /// Its sender says nothing more.
    Silent,
    /// It is too long.
    Endless,
    /// It could not be written down.
    Disk(io::Error),
}

impl Broken {
    fn end(self) -> Result<Received, NoAnswer> {
        Ok(Received::Refused(match self {
            Self::Off => return Err(NoAnswer::Incomplete),
            Self::Silent => problem(StatusCode::REQUEST_TIMEOUT, "the body takes too long"),
            Self::Endless => problem(
                StatusCode::PAYLOAD_TOO_LARGE,
                "the body is larger than the emulator takes",
            ),
            Self::Disk(error) => full(&error),
        }))
    }
}

impl Seam {
    pub(super) async fn receive(
        &self,
        service: Option<Service>,
        call: &mut Call,
        mut body: Body,
        full_disk: Option<u64>,
    ) -> Result<Received, NoAnswer> {
        if body.is_end_stream() && service != Some(Service::Store) {
            return Ok(Received::Whole);
        }
        let received = match service {
            Some(Service::Store) if store::is_upload(call) => {
                return self.object(call, body, full_disk).await;
            }
            Some(Service::Store) if !store::is_bulk(call) => {
                return drain(call, body).await.map(|()| Received::Whole);
            }
            _ if brings_files(call) => held(&mut body, full_disk).await.map(Received::Held),
            _ => whole(&mut body).await.map(|body| {
                call.body = body;
                Received::Whole
            }),
        };
        match received {
            Err(Broken::Disk(error)) => {
                discard(body).await?;
                Ok(Received::Refused(full(&error)))
            }
            received => received.or_else(Broken::end),
        }
    }

    async fn object(
        &self,
        call: &mut Call,
        mut body: Body,
        full_disk: Option<u64>,
    ) -> Result<Received, NoAnswer> {
        // What does not come over a wire has a length without a header.
        if let Some(length) = body.size_hint().exact().filter(|length| *length > 0) {
            let header = call.headers.entry(header::CONTENT_LENGTH);
            header.or_insert_with(|| length.into());
        }
        let checked = store::check_put(&mut self.advanced(), call);
        let most = match checked {
            Ok(most) => most,
            Err(refused) => {
                drain(call, body).await?;
                return Ok(Received::Refused(refused.into_reply()));
            }
        };
        let spool = self.world().blobs.spool();
        // What was written is gone before the rest is waited for.
        match upload(spool, &mut body, most, full_disk).await {
            Ok(spool) => Ok(Received::Spooled(Box::new(spool))),
            Err(Broken::Endless) => {
                let refused = store::refused_as_too_long(&mut self.advanced(), call);
                Ok(Received::Refused(refused))
            }
            Err(Broken::Disk(error)) => {
                discard(body).await?;
                let refused = store::refused_by_disk(&mut self.advanced(), call, &error);
                Ok(Received::Refused(refused))
            }
            Err(broken) => broken.end(),
        }
    }
}

/// Whether a body is made of files and not of JSON.
fn brings_files(call: &Call) -> bool {
    call.header("content-type").is_some_and(|kind| {
        let kind = kind.trim_start().to_ascii_lowercase();
        kind.starts_with("multipart/") || kind.starts_with("application/octet-stream")
    })
}

async fn whole(body: &mut Body) -> Result<Bytes, Broken> {
    let mut bytes = Vec::new();
    fill(&mut bytes, body, LARGEST).await?;
    Ok(bytes.into())
}

async fn held(body: &mut Body, full_disk: Option<u64>) -> Result<SpooledTempFile, Broken> {
    let mut file = tempfile::spooled_tempfile(FILES_IN_MEMORY);
    fill(&mut Disk::new(&mut file, full_disk), body, LARGEST_FILES).await?;
    file.rewind().map_err(Broken::Disk)?;
    Ok(file)
}

/// Writes a body down.
async fn fill(to: &mut impl Write, body: &mut Body, limit: u64) -> Result<(), Broken> {
    // What is announced as too long is not waited for.
    if body.size_hint().lower() > limit {
        return Err(Broken::Endless);
    }
    let mut left = limit;
    while let Some(frame) = next(body).await? {
        if let Some(bytes) = frame.data_ref() {
            left = left
                .checked_sub(bytes.len() as u64)
                .ok_or(Broken::Endless)?;
            to.write_all(bytes).map_err(Broken::Disk)?;
        }
    }
    Ok(())
}

/// The next piece of a body. What is there already needs no timer, and so no runtime that has one.
async fn next(body: &mut Body) -> Result<Option<Frame<Bytes>>, Broken> {
    let frame = match body.frame().now_or_never() {
        Some(frame) => frame,
        None => tokio::time::timeout(SILENCE, body.frame())
            .await
            .map_err(|_| Broken::Silent)?,
    };
    frame.transpose().map_err(|_| Broken::Off)
}

/// Reads a body that is not wanted, for a while. One that waits for `100 Continue` is never asked for.
pub(super) async fn drain(call: &Call, body: Body) -> Result<(), NoAnswer> {
    let waits = call
        .header("expect")
        .is_some_and(|expect| expect.eq_ignore_ascii_case("100-continue"));
    if waits { Ok(()) } else { discard(body).await }
}

/// Reads what is left of a body, so that its sender comes to read the answer.
async fn discard(mut body: Body) -> Result<(), NoAnswer> {
    // One that is far too long is not waited for either.
    let endless = body.size_hint().lower() > COURTESY;
    let mut read = 0;
    while !endless && read < COURTESY {
        match next(&mut body).await {
            Ok(Some(frame)) => read += frame.data_ref().map_or(0, Bytes::len) as u64,
            Err(Broken::Off) => return Err(NoAnswer::Incomplete),
            Ok(None) | Err(_) => break,
        }
    }
    Ok(())
}

/// Where a body is written down.
struct Disk<'a, W> {
    to: &'a mut W,
    /// How much still fits, by a fault.
    left: Option<u64>,
}

impl<'a, W> Disk<'a, W> {
    fn new(to: &'a mut W, left: Option<u64>) -> Self {
        Self { to, left }
    }
}

impl<W: Write> Write for Disk<'_, W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let Some(left) = &mut self.left else {
            return self.to.write(bytes);
        };
        if *left == 0 {
            return Err(io::ErrorKind::StorageFull.into());
        }
        let most = usize::try_from(*left).unwrap_or(usize::MAX);
        let written = self.to.write(bytes.get(..most).unwrap_or(bytes))?;
        *left -= written as u64;
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.to.flush()
    }
}

fn full(error: &io::Error) -> Reply {
    body::refused(
        body::json(
            StatusCode::INSUFFICIENT_STORAGE,
            &json!({"code": "InsufficientStorage", "message": "the emulator's disk did not take the body"}),
        ),
        error.to_string(),
    )
}

/// The pairs of a query, decoded as those of a form.
pub(super) fn query(raw: &str) -> Vec<(String, String)> {
    let text = |bytes: Vec<u8>| String::from_utf8_lossy(&bytes).into_owned();
    pairs(raw)
        .map(|(key, value)| (text(key), text(value)))
        .collect()
}

/// The names of a query's pairs whose values are no UTF-8.
pub(super) fn garbled(raw: &str) -> Vec<String> {
    pairs(raw)
        .filter(|(_, value)| std::str::from_utf8(value).is_err())
        .map(|(key, _)| String::from_utf8_lossy(&key).into_owned())
        .collect()
}

fn pairs(raw: &str) -> impl Iterator<Item = (Vec<u8>, Vec<u8>)> {
    let decode = |text: &str| percent_decode_str(&text.replace('+', " ")).collect();
    raw.split('&')
        .filter(|pair| !pair.is_empty())
        .map(move |pair| {
            let (key, value) = pair.split_once('=').unwrap_or((pair, ""));
            (decode(key), decode(value))
        })
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
        assert_eq!(garbled("a=%c3%a9&b=%ff&%ff=1&c=%ED%A0%80"), ["b", "c"]);
        assert_eq!(query("b=%ff"), [("b".to_owned(), "\u{fffd}".to_owned())]);
    }
}
