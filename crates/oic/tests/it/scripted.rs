//! A server that gives prepared answers, one a connection, and remembers what it was asked.

use std::sync::{Arc, Mutex};

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};

pub(crate) struct Scripted {
    authority: String,
    seen: Arc<Mutex<Vec<String>>>,
}

impl Scripted {
    /// `answers` go out byte for byte in this order, each closed behind its last byte.
    pub(crate) async fn start(answers: Vec<Vec<u8>>) -> Self {
        let mut answers = answers.into_iter();
        Self::answering(move |_| answers.next()).await
    }

    /// Each answer is made when it is asked for, until there is none.
    pub(crate) async fn answering(
        mut answers: impl FnMut(&str) -> Option<Vec<u8>> + Send + 'static,
    ) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let authority = listener.local_addr().unwrap().to_string();
        let seen = Arc::new(Mutex::new(Vec::new()));
        let notes = Arc::clone(&seen);
        tokio::spawn(async move {
            loop {
                let (mut stream, _) = listener.accept().await.unwrap();
                let request = read_request(&mut stream).await;
                if request.is_empty() {
                    // A client that thought better of it.
                    continue;
                }
                let answer = answers(&request);
                notes.lock().unwrap().push(request);
                let Some(answer) = answer else { return };
                // The client may be gone already: its choice.
                let _ = stream.write_all(&answer).await;
                let _ = stream.shutdown().await;
            }
        });
        Self { authority, seen }
    }

    /// One that somebody else serves.
    pub(crate) fn at(authority: String) -> Self {
        Self {
            authority,
            seen: Arc::default(),
        }
    }

    pub(crate) fn url(&self) -> String {
        format!("http://{}", self.authority)
    }

    pub(crate) fn seen(&self) -> Vec<String> {
        self.seen.lock().unwrap().clone()
    }
}

pub(crate) async fn read_request(stream: &mut TcpStream) -> String {
    let mut all = Vec::new();
    loop {
        let text = String::from_utf8_lossy(&all).into_owned();
        if let Some((head, body)) = text.split_once("\r\n\r\n") {
            let length = head.lines().find_map(|line| {
                let (name, value) = line.split_once(':')?;
                name.eq_ignore_ascii_case("content-length")
                    .then(|| value.trim().parse::<usize>().unwrap())
            });
            if body.len() >= length.unwrap_or(0) {
                return text;
            }
        }
        match stream.read_buf(&mut all).await {
            Ok(0) | Err(_) => return text,
            Ok(_) => {}
        }
    }
}

/// An answer with a right `Content-Length`.
pub(crate) fn answer(status: &str, body: &str) -> Vec<u8> {
    let length = body.len();
    format!("HTTP/1.1 {status}\r\nconnection: close\r\ncontent-length: {length}\r\n\r\n{body}")
        .into_bytes()
}
