//! Requests and answers of HTTP/1.1 as bytes, as far as two programs of ours speak it.

use std::io::{BufRead, Read, Write};

use anyhow::{Context, Result, bail};

/// A head, and the body behind it without its framing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Message {
    /// The first line, without its end.
    pub(super) first: String,
    /// Names as they came, and values.
    pub(super) headers: Vec<(String, String)>,
    pub(super) body: Vec<u8>,
}

impl Message {
    /// Reads a request; `None` where the connection ended before one.
    pub(super) fn request(from: &mut impl BufRead) -> Result<Option<Self>> {
        Self::read(from, false)
    }

    /// Reads the answer to a request.
    pub(super) fn answer(from: &mut impl BufRead, to: &Self) -> Result<Self> {
        let bare = to.first.starts_with("HEAD ");
        loop {
            let answer =
                Self::read(from, bare)?.context("the connection ended without an answer")?;
            if answer.status() != Some(100) {
                return Ok(answer);
            }
        }
    }

    fn read(from: &mut impl BufRead, bare: bool) -> Result<Option<Self>> {
        let Some(first) = line(from)? else {
            return Ok(None);
        };
        let mut headers = Vec::new();
        loop {
            let line = line(from)?.context("a head that ends early")?;
            if line.is_empty() {
                break;
            }
            let (name, value) = line.split_once(':').context("a header without a colon")?;
            headers.push((name.to_owned(), value.trim().to_owned()));
        }
        let mut message = Self {
            first,
            headers,
            body: Vec::new(),
        };
        let is_empty = matches!(message.status(), Some(100 | 204 | 304));
        if bare || is_empty {
            return Ok(Some(message));
        }
        if message.header("transfer-encoding").is_some() {
            message.body = chunks(from)?;
        } else if let Some(length) = message.header("content-length") {
            let length: u64 = length.parse().context("a length that is no number")?;
            from.take(length).read_to_end(&mut message.body)?;
        }
        Ok(Some(message))
    }

    /// The status of an answer.
    pub(super) fn status(&self) -> Option<u16> {
        let rest = self.first.strip_prefix("HTTP/1.1 ")?;
        rest.get(..3)?.parse().ok()
    }

    pub(super) fn header(&self, name: &str) -> Option<&str> {
        let found = |(own, _): &&(String, String)| own.eq_ignore_ascii_case(name);
        self.headers
            .iter()
            .find(found)
            .map(|(_, value)| value.as_str())
    }

    /// Writes it in one piece, the body with its length.
    pub(super) fn send(&self, to: &mut impl Write) -> Result<()> {
        let mut bytes = format!("{}\r\n", self.first).into_bytes();
        let framing = ["content-length", "transfer-encoding", "expect"];
        for (name, value) in &self.headers {
            if !framing.contains(&name.to_ascii_lowercase().as_str()) {
                bytes.extend_from_slice(format!("{name}: {value}\r\n").as_bytes());
            }
        }
        let length = self.header("content-length");
        let kept = length.filter(|_| self.body.is_empty());
        let length = kept.map_or_else(|| self.body.len().to_string(), str::to_owned);
        if !matches!(self.status(), Some(204 | 304)) {
            bytes.extend_from_slice(format!("Content-Length: {length}\r\n").as_bytes());
        }
        bytes.extend_from_slice(b"\r\n");
        bytes.extend_from_slice(&self.body);
        Ok(to.write_all(&bytes)?)
    }
}

/// A line without its end; `None` at the end of all.
fn line(from: &mut impl BufRead) -> Result<Option<String>> {
    let mut line = String::new();
    if from.read_line(&mut line)? == 0 {
        return Ok(None);
    }
    Ok(Some(line.trim_end_matches(['\r', '\n']).to_owned()))
}

fn chunks(from: &mut impl BufRead) -> Result<Vec<u8>> {
    let mut body = Vec::new();
    loop {
        let size = line(from)?.context("a body that ends early")?;
        let size = size.split(';').next().unwrap_or_default().trim();
        let size = u64::from_str_radix(size, 16).context("a chunk without a size")?;
        if size == 0 {
            while line(from)?.is_some_and(|line| !line.is_empty()) {}
            return Ok(body);
        }
        let came = from.take(size).read_to_end(&mut body)?;
        if u64::try_from(came)? != size || line(from)?.is_none() {
            bail!("a chunk that ends early");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bodies_are_read_in_both_framings_and_sent_in_one() {
        let sent = b"PUT /a HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2;x\r\nde\r\n0\r\n\r\nGET /b HTTP/1.1\r\nHost: x\r\n\r\n";
        let mut from = &sent[..];
        let put = Message::request(&mut from).unwrap().unwrap();
        assert_eq!(put.body, b"abcde");
        let get = Message::request(&mut from).unwrap().unwrap();
        assert_eq!(get.first, "GET /b HTTP/1.1");
        assert_eq!(Message::request(&mut from).unwrap(), None);
        let mut out = Vec::new();
        put.send(&mut out).unwrap();
        assert_eq!(
            out,
            b"PUT /a HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\nabcde"
        );
        let answers =
            b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";
        let answer = Message::answer(&mut &answers[..], &put).unwrap();
        assert_eq!((answer.status(), &*answer.body), (Some(200), &b"ok"[..]));
        let head = Message {
            first: "HEAD /b HTTP/1.1".to_owned(),
            ..get
        };
        let answers = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n";
        let answer = Message::answer(&mut &answers[..], &head).unwrap();
        assert!(answer.body.is_empty());
    }
}
