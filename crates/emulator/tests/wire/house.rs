//! An emulator that listens, and a client that sends whatever bytes it is given.

use std::net::SocketAddr;
use std::sync::Arc;

use ferry_emulator::{Emulator, Options, Tls};
use jiff::Timestamp;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

/// The real time of every emulator here.
pub(crate) fn now() -> Timestamp {
    "2026-01-02T03:04:05.678Z".parse().unwrap()
}

pub(crate) fn options() -> Options {
    Options::new(Arc::new(now))
}

pub(crate) struct House {
    pub(crate) emulator: Emulator,
    pub(crate) address: SocketAddr,
    stop: CancellationToken,
    served: JoinHandle<std::io::Result<()>>,
}

impl House {
    pub(crate) async fn open() -> Self {
        Self::serve(Emulator::start(options()).unwrap(), None).await
    }

    pub(crate) async fn serve(emulator: Emulator, tls: Option<Tls>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let stop = CancellationToken::new();
        let (served, stopped) = (emulator.clone(), stop.clone().cancelled_owned());
        let served = tokio::spawn(async move {
            match tls {
                Some(tls) => served.serve_tls(listener, tls, stopped).await,
                None => served.serve(listener, stopped).await,
            }
        });
        Self {
            emulator,
            address,
            stop,
            served,
        }
    }

    pub(crate) async fn connect(&self) -> TcpStream {
        TcpStream::connect(self.address).await.unwrap()
    }

    /// Sends these bytes on a connection of their own; what comes back.
    pub(crate) async fn say(&self, bytes: impl AsRef<[u8]>) -> Answer {
        let mut stream = self.connect().await;
        // It may answer, and end the connection, before it has read everything.
        let _ = stream.write_all(bytes.as_ref()).await;
        read(&mut stream).await
    }

    /// Others are served.
    pub(crate) async fn is_well(&self) {
        assert_eq!(self.say(get("/_ferry/health", "")).await.status, 200);
    }

    pub(crate) fn order_stop(&self) {
        self.stop.cancel();
    }

    pub(crate) async fn close(self) {
        self.stop.cancel();
        self.served.await.unwrap().unwrap();
    }
}

/// A GET; `headers`: whole lines.
pub(crate) fn get(target: &str, headers: &str) -> String {
    format!("GET {target} HTTP/1.1\r\nHost: localhost\r\n{headers}\r\n")
}

/// An answer. Status 0: the connection ended without one.
#[derive(Debug, Default)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) head: String,
    pub(crate) body: String,
}

impl Answer {
    /// Whether a header stands so, in any letter case.
    pub(crate) fn has(&self, header: &str) -> bool {
        self.head.to_ascii_lowercase().contains(header)
    }
}

/// Reads one answer.
pub(crate) async fn read(stream: &mut (impl AsyncRead + Unpin)) -> Answer {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        match stream.read_u8().await {
            Ok(byte) => head.push(byte),
            Err(_) => return Answer::default(),
        }
    }
    let head = String::from_utf8(head).unwrap();
    let length = head
        .lines()
        .filter_map(|line| line.split_once(": "))
        .find(|(name, _)| name.eq_ignore_ascii_case("content-length"))
        .map_or(0, |(_, value)| value.parse().unwrap());
    let mut body = vec![0; length];
    stream.read_exact(&mut body).await.unwrap();
    Answer {
        status: head.split(' ').nth(1).unwrap().parse().unwrap(),
        head,
        body: String::from_utf8(body).unwrap(),
    }
}

/// Sends one request on a connection that stays open.
pub(crate) async fn ask(
    stream: &mut (impl AsyncRead + AsyncWrite + Unpin),
    request: &str,
) -> Answer {
    stream.write_all(request.as_bytes()).await.unwrap();
    read(stream).await
}
