//! Requests as bytes, and answers as they come: no client's habits stand between.

use std::collections::BTreeMap;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{Shutdown, TcpStream};
use std::time::Duration;

use anyhow::{Context, Result, bail};

use super::request::{Body, Request};

/// What came back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Answer {
    pub(super) status: String,
    /// By lower-case name; what came several times, joined.
    pub(super) headers: BTreeMap<String, String>,
    pub(super) body: String,
    /// Whether the server asked for the body first.
    pub(super) continued: bool,
}

/// A connection to one server, made anew where the server ends it.
pub(super) struct Wire {
    authority: String,
    stream: Option<BufReader<TcpStream>>,
}

impl Wire {
    pub(super) fn to(authority: String) -> Self {
        Self {
            authority,
            stream: None,
        }
    }

    /// Sends a request and reads its answer; none where the request is broken off.
    pub(super) fn ask(&mut self, request: &Request) -> Result<Option<Answer>> {
        let fresh = self.stream.is_none();
        match self.try_ask(request) {
            // The server may have ended the connection after its last answer.
            Err(_) if !fresh => {
                self.stream = None;
                self.try_ask(request)
            }
            other => other,
        }
        .with_context(|| format!("{} at {}", request.line(), self.authority))
    }

    fn try_ask(&mut self, request: &Request) -> Result<Option<Answer>> {
        let mut stream = if let Some(stream) = self.stream.take() {
            stream
        } else {
            let stream = TcpStream::connect(&self.authority)?;
            stream.set_nodelay(true)?;
            stream.set_read_timeout(Some(Duration::from_secs(60)))?;
            BufReader::new(stream)
        };
        let head = request.head(&self.authority);
        let mut continued = false;
        match &request.body {
            Body::None => stream.get_mut().write_all(head.as_bytes())?,
            Body::Sized(body) => {
                let bytes = [head.as_bytes(), body.as_bytes()].concat();
                stream.get_mut().write_all(&bytes)?;
            }
            Body::Chunked(body) => {
                let mut bytes = head.into_bytes();
                for piece in body.as_bytes().chunks(7) {
                    bytes.extend_from_slice(format!("{:x}\r\n", piece.len()).as_bytes());
                    bytes.extend_from_slice(piece);
                    bytes.extend_from_slice(b"\r\n");
                }
                bytes.extend_from_slice(b"0\r\n\r\n");
                stream.get_mut().write_all(&bytes)?;
            }
            Body::Expected(body) => {
                stream.get_mut().write_all(head.as_bytes())?;
                let (status, headers) = read_head(&mut stream)?;
                if !status.starts_with("100") {
                    let answer = read_body(&mut stream, request, status, headers)?;
                    // What was announced and never sent would be missed.
                    return Ok(Some(answer));
                }
                continued = true;
                stream.get_mut().write_all(body.as_bytes())?;
            }
            Body::Short(body) => {
                let bytes = [head.as_bytes(), body.as_bytes()].concat();
                stream.get_mut().write_all(&bytes)?;
                stream.get_mut().shutdown(Shutdown::Write)?;
                // Whatever it says: that the server is done with it.
                let mut rest = Vec::new();
                let _ = stream.read_to_end(&mut rest);
                return Ok(None);
            }
        }
        let (status, headers) = read_head(&mut stream)?;
        let mut answer = read_body(&mut stream, request, status, headers)?;
        answer.continued = continued;
        let closes = answer.headers.get("connection");
        if closes.is_none_or(|value| !value.eq_ignore_ascii_case("close")) {
            self.stream = Some(stream);
        }
        Ok(Some(answer))
    }
}

type Headers = BTreeMap<String, String>;

fn read_head(stream: &mut BufReader<TcpStream>) -> Result<(String, Headers)> {
    let mut line = || -> Result<String> {
        let mut bytes = Vec::new();
        stream.read_until(b'\n', &mut bytes)?;
        if !bytes.ends_with(b"\r\n") {
            bail!("the connection ended");
        }
        bytes.truncate(bytes.len() - 2);
        Ok(String::from_utf8_lossy(&bytes).into_owned())
    };
    let status = line()?;
    let status = status.strip_prefix("HTTP/1.1 ").context("no HTTP/1.1")?;
    let mut headers = Headers::new();
    loop {
        let text = line()?;
        if text.is_empty() {
            return Ok((status.to_owned(), headers));
        }
        let (name, value) = text.split_once(':').context("no header")?;
        let before = headers.entry(name.to_ascii_lowercase()).or_default();
        if !before.is_empty() {
            before.push_str(", ");
        }
        before.push_str(value.trim());
    }
}

fn read_body(
    stream: &mut BufReader<TcpStream>,
    request: &Request,
    status: String,
    headers: Headers,
) -> Result<Answer> {
    let mut body = Vec::new();
    let bare = request.method == "HEAD" || status.starts_with("204") || status.starts_with("304");
    let chunked = headers.contains_key("transfer-encoding");
    let length = headers.get("content-length");
    if bare {
    } else if chunked {
        loop {
            let mut line = String::new();
            stream.read_line(&mut line)?;
            let size = u64::from_str_radix(line.trim(), 16).context("a chunk's size")?;
            let mut piece = Vec::new();
            stream.by_ref().take(size + 2).read_to_end(&mut piece)?;
            if size == 0 {
                break;
            }
            piece.truncate(piece.len().saturating_sub(2));
            body.extend(piece);
        }
    } else if let Some(length) = length {
        let length = length.parse().context("the answer's length")?;
        stream.by_ref().take(length).read_to_end(&mut body)?;
        if (body.len() as u64) < length {
            bail!("the answer is cut");
        }
    } else {
        stream.read_to_end(&mut body)?;
    }
    Ok(Answer {
        status,
        headers,
        body: String::from_utf8_lossy(&body).into_owned(),
        continued: false,
    })
}
