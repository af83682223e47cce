//! Requests as bytes, and answers as they come: no client's habits stand between.

use std::collections::BTreeMap;
use std::io::{BufRead as _, BufReader, ErrorKind, Read as _, Write as _};
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

impl Answer {
    /// Makes a header's value tell nothing; whether it is there stays told.
    pub(super) fn mask(&mut self, name: &str) {
        if let Some(value) = self.headers.get_mut(name) {
            "<masked>".clone_into(value);
        }
    }
}

/// A connection to one server, made anew where the server ends it.
pub(super) struct Wire {
    authority: String,
    stream: Option<BufReader<TcpStream>>,
}

/// What came of a request.
enum Outcome {
    /// None where the request is broken off.
    Answered(Option<Answer>),
    /// The connection ended before the first byte of an answer.
    Ended,
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
        self.try_ask(request)
            .with_context(|| format!("{} at {}", request.line(), self.authority))
    }

    fn try_ask(&mut self, request: &Request) -> Result<Option<Answer>> {
        if let Some(stream) = self.stream.take()
            && let Outcome::Answered(answer) = self.send(stream, request)?
        {
            return Ok(answer);
        }
        // The server may have ended the connection after its last answer; a new one it has no reason to end.
        let stream = TcpStream::connect(&self.authority)?;
        stream.set_nodelay(true)?;
        stream.set_read_timeout(Some(Duration::from_secs(60)))?;
        match self.send(BufReader::new(stream), request)? {
            Outcome::Answered(answer) => Ok(answer),
            Outcome::Ended => bail!("the connection ended without an answer"),
        }
    }

    fn send(&mut self, mut stream: BufReader<TcpStream>, request: &Request) -> Result<Outcome> {
        let mut bytes = request.head(&self.authority).into_bytes();
        match &request.body {
            Body::None | Body::Expected(_) => {}
            Body::Sized(body) | Body::Short(body) => bytes.extend_from_slice(body.as_bytes()),
            Body::Chunked(body) => bytes.extend(chunked(body)),
        }
        // A server that has ended the connection may have answered before: what there is to read tells.
        let _ = stream.get_mut().write_all(&bytes);
        if let Body::Short(_) = request.body {
            stream.get_mut().shutdown(Shutdown::Write)?;
            // Whatever it says: that the server is done with it.
            let _ = stream.read_to_end(&mut Vec::new());
            return Ok(Outcome::Answered(None));
        }
        if !begins(&mut stream)? {
            return Ok(Outcome::Ended);
        }
        let (mut status, mut headers) = read_head(&mut stream)?;
        let mut continued = false;
        if let Body::Expected(body) = &request.body {
            continued = status.starts_with("100");
            if continued {
                stream.get_mut().write_all(body.as_bytes())?;
                (status, headers) = read_head(&mut stream)?;
            }
        }
        let mut answer = read_body(&mut stream, request, status, headers)?;
        answer.continued = continued;
        let closes = answer.headers.get("connection");
        let closes = closes.is_some_and(|value| value.eq_ignore_ascii_case("close"));
        // What was announced and never sent would be missed.
        let owed = matches!(request.body, Body::Expected(_)) && !continued;
        if !closes && !owed {
            self.stream = Some(stream);
        }
        Ok(Outcome::Answered(Some(answer)))
    }
}

/// A body in pieces.
fn chunked(body: &str) -> Vec<u8> {
    let mut bytes = Vec::new();
    for piece in body.as_bytes().chunks(7) {
        bytes.extend_from_slice(format!("{:x}\r\n", piece.len()).as_bytes());
        bytes.extend_from_slice(piece);
        bytes.extend_from_slice(b"\r\n");
    }
    bytes.extend_from_slice(b"0\r\n\r\n");
    bytes
}

/// Whether an answer begins, rather than that the connection ends.
fn begins(stream: &mut BufReader<TcpStream>) -> Result<bool> {
    match stream.fill_buf() {
        Ok(bytes) => Ok(!bytes.is_empty()),
        Err(error)
            if matches!(
                error.kind(),
                ErrorKind::ConnectionReset | ErrorKind::BrokenPipe | ErrorKind::ConnectionAborted
            ) =>
        {
            Ok(false)
        }
        Err(error) => Err(error.into()),
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
            let whole = piece.len() as u64 == size + 2;
            let (Some(content), true) = (piece.strip_suffix(b"\r\n"), whole) else {
                bail!("the answer is cut");
            };
            if size == 0 {
                break;
            }
            body.extend_from_slice(content);
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

#[cfg(test)]
mod tests {
    use std::net::TcpListener;
    use std::thread;

    use super::super::sample::request;
    use super::*;

    const WHOLE: &str = "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello";

    /// A server that says these on its connections, one answer to a request, and ends each after its last.
    fn server(connections: [Vec<&'static str>; 2]) -> Wire {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let wire = Wire::to(listener.local_addr().unwrap().to_string());
        thread::spawn(move || {
            for answers in connections {
                let mut stream = BufReader::new(listener.accept().unwrap().0);
                for answer in answers {
                    while read_line(&mut stream) != "\r\n" {}
                    stream.get_mut().write_all(answer.as_bytes()).unwrap();
                }
            }
        });
        wire
    }

    fn read_line(stream: &mut BufReader<TcpStream>) -> String {
        let mut line = String::new();
        stream.read_line(&mut line).unwrap();
        line
    }

    #[test]
    fn a_connection_that_has_ended_is_made_anew() {
        let mut wire = server([vec![WHOLE], vec![WHOLE, WHOLE]]);
        for _ in 0..3 {
            let answer = wire.ask(&request("GET /")).unwrap().unwrap();
            assert_eq!((&*answer.status, &*answer.body), ("200 OK", "hello"));
        }
    }

    #[test]
    fn an_answer_that_breaks_off_is_not_asked_for_again() {
        const BROKEN: &str = "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhel";
        const NO_HEAD: &str = "HTTP/1.1 20";
        const PIECE: &str = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhel";
        const NO_END: &str = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n";
        for broken in [BROKEN, NO_HEAD, PIECE, NO_END] {
            let mut wire = server([vec![WHOLE, broken], vec![WHOLE]]);
            wire.ask(&request("GET /")).unwrap();
            assert!(wire.ask(&request("GET /")).is_err(), "{broken:?}");
        }
    }

    #[test]
    fn a_new_connection_without_an_answer_is_no_answer() {
        let mut wire = server([vec![""], vec![WHOLE]]);
        assert!(wire.ask(&request("GET /")).is_err());
    }
}
