//! One request over a plain socket: no redirect, no retry, nothing of the product's own client.

use std::fmt::Write as _;
use std::io;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::Value;
use sha2::{Digest as _, Sha256};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// What came back.
#[derive(Debug, Clone)]
pub struct Answer {
    /// The status code.
    pub status: u16,
    /// The status line and the headers, as they came.
    pub head: String,
    /// The body.
    pub body: Vec<u8>,
}

impl Answer {
    /// The body as JSON.
    ///
    /// # Panics
    /// It is none.
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_else(|error| panic!("{error}: {}", self.head))
    }
}

/// The value of an `Authorization` header.
pub fn basic(user: &str, password: &str) -> String {
    format!("Basic {}", STANDARD.encode(format!("{user}:{password}")))
}

/// Sends a request to `http://HOST:PORT/PATH` and reads the answer to its end.
///
/// # Panics
/// Nobody answers, or what comes is no HTTP.
pub async fn send(
    method: &str,
    url: &str,
    authorization: Option<&str>,
    body: Option<&[u8]>,
) -> Answer {
    let sent = attempt(method, url, authorization, body).await;
    sent.unwrap_or_else(|error| panic!("{url}: {error}"))
}

/// The same, where whoever answers may be killed meanwhile.
///
/// # Errors
/// The connection, or an answer that is not whole.
pub async fn attempt(
    method: &str,
    url: &str,
    authorization: Option<&str>,
    body: Option<&[u8]>,
) -> io::Result<Answer> {
    let headers: Vec<_> = authorization
        .map(|value| ("Authorization", value))
        .into_iter()
        .collect();
    with_headers(method, url, &headers, body).await
}

/// The same with any headers.
///
/// # Errors
/// The connection, or an answer that is not whole.
pub async fn with_headers(
    method: &str,
    url: &str,
    headers: &[(&str, &str)],
    body: Option<&[u8]>,
) -> io::Result<Answer> {
    let (host, path) = parts(url);
    let port = host.rsplit_once(':').map_or("80", |(_, port)| port);
    let mut stream = TcpStream::connect(format!("127.0.0.1:{port}")).await?;
    // HTTP/1.0: the answer ends with the connection, and never comes in chunks.
    let mut head = format!("{method} {path} HTTP/1.0\r\nHost: {host}\r\n");
    for (name, value) in headers {
        // Writing to a string does not fail.
        let _ = write!(head, "{name}: {value}\r\n");
    }
    if let Some(body) = body {
        let _ = write!(head, "Content-Length: {}\r\n", body.len());
    }
    // A token endpoint takes forms only.
    if path.starts_with("/oauth2/") {
        head += "Content-Type: application/x-www-form-urlencoded\r\n";
    }
    head += "\r\n";
    stream.write_all(head.as_bytes()).await?;
    stream.write_all(body.unwrap_or_default()).await?;
    let mut raw = Vec::new();
    stream.read_to_end(&mut raw).await?;
    answer(&raw)
}

/// A GET without credentials, for the emulator's own controls.
///
/// # Panics
/// The answer is not 200, or no JSON.
pub async fn control(authority: &str, path: &str) -> Value {
    let answer = send("GET", &format!("http://{authority}{path}"), None, None).await;
    assert_eq!(answer.status, 200, "{path}: {}", answer.head);
    answer.json()
}

/// Lower-case hex, as `sha256sum` prints it.
pub fn sha256(bytes: &[u8]) -> String {
    let mut hex = String::new();
    for byte in Sha256::digest(bytes) {
        // Writing to a string does not fail.
        let _ = write!(hex, "{byte:02x}");
    }
    hex
}

fn parts(url: &str) -> (&str, &str) {
    let rest = url
        .strip_prefix("http://")
        .unwrap_or_else(|| panic!("{url} is no plain http"));
    rest.find('/').map_or((rest, "/"), |at| rest.split_at(at))
}

fn answer(raw: &[u8]) -> io::Result<Answer> {
    let torn = |why: &str| io::Error::new(io::ErrorKind::UnexpectedEof, why);
    let at = raw
        .windows(4)
        .position(|window| window == b"\r\n\r\n")
        .ok_or_else(|| torn("an answer without an end of its head"))?;
    let (head, body) = raw.split_at(at);
    let head = String::from_utf8_lossy(head).into_owned();
    let status = head
        .split(' ')
        .nth(1)
        .and_then(|status| status.parse().ok())
        .ok_or_else(|| torn("an answer without a status"))?;
    let body = body.get(4..).unwrap_or_default().to_vec();
    let told = head.lines().find_map(|line| {
        let (name, value) = line.split_once(':')?;
        name.eq_ignore_ascii_case("content-length")
            .then(|| value.trim().parse::<usize>().ok())?
    });
    if told.is_some_and(|told| status != 204 && !body.is_empty() && body.len() != told) {
        return Err(torn("the body is not whole"));
    }
    Ok(Answer { status, head, body })
}
