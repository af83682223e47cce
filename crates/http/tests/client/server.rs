//! A scripted HTTP server, and clients to ask it.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use ferry_http::{Client, Config, LogLine, RetryPolicy};
use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair};
use rustls::ServerConfig;
use rustls::pki_types::PrivateKeyDer;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::{TcpListener, TcpSocket};
use tokio_rustls::TlsAcceptor;

/// A request as it came.
#[derive(Clone, Debug)]
pub(crate) struct Seen {
    pub(crate) connection: usize,
    pub(crate) head: String,
    pub(crate) body: Vec<u8>,
}

impl Seen {
    pub(crate) fn line(&self) -> &str {
        self.head.lines().next().unwrap()
    }

    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.head.lines().skip(1).find_map(|line| {
            let (key, value) = line.split_once(": ")?;
            key.eq_ignore_ascii_case(name).then_some(value)
        })
    }
}

/// What the server does with a request that it has read.
pub(crate) enum Act {
    /// Answers, and goes on with the connection.
    Say(String),
    /// Says this, then closes.
    SayAndClose(String),
    /// Says this, then nothing more, with the connection open.
    SayAndHang(String),
}

/// An answer with a body.
pub(crate) fn answer(status: &str, headers: &str, body: &str) -> String {
    let len = body.len();
    format!("HTTP/1.1 {status}\r\nContent-Length: {len}\r\n{headers}\r\n{body}")
}

pub(crate) fn say(status: &str, headers: &str, body: &str) -> Act {
    Act::Say(answer(status, headers, body))
}

/// A running server; it ends with the test's runtime.
#[derive(Clone)]
pub(crate) struct Server {
    pub(crate) addr: SocketAddr,
    seen: Arc<Mutex<Vec<Seen>>>,
}

impl Server {
    /// A plain server. `act` gets the number of the request, from 0, and the request.
    pub(crate) async fn start(act: impl Fn(usize, &Seen) -> Act + Send + Sync + 'static) -> Self {
        Self::run(None, act).await
    }

    /// A server over TLS.
    pub(crate) async fn start_tls(
        identity: &Identity,
        act: impl Fn(usize, &Seen) -> Act + Send + Sync + 'static,
    ) -> Self {
        Self::run(Some(identity.acceptor.clone()), act).await
    }

    async fn run(
        tls: Option<TlsAcceptor>,
        act: impl Fn(usize, &Seen) -> Act + Send + Sync + 'static,
    ) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let server = Self {
            addr: listener.local_addr().unwrap(),
            seen: Arc::default(),
        };
        let shared = server.clone();
        let act = Arc::new(act);
        tokio::spawn(async move {
            for connection in 0.. {
                let (stream, _) = listener.accept().await.unwrap();
                let (server, act, tls) = (shared.clone(), Arc::clone(&act), tls.clone());
                tokio::spawn(async move {
                    match tls {
                        None => server.serve(connection, stream, &*act).await,
                        Some(tls) => {
                            // A client that does not trust us hangs up here.
                            if let Ok(stream) = tls.accept(stream).await {
                                server.serve(connection, stream, &*act).await;
                            }
                        }
                    }
                });
            }
        });
        server
    }

    pub(crate) fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.addr)
    }

    pub(crate) fn tls_url(&self, path: &str) -> String {
        format!("https://localhost:{}{path}", self.addr.port())
    }

    pub(crate) fn seen(&self) -> Vec<Seen> {
        self.seen.lock().unwrap().clone()
    }

    async fn serve(
        &self,
        connection: usize,
        mut stream: impl AsyncRead + AsyncWrite + Unpin,
        act: &(impl Fn(usize, &Seen) -> Act + Send + Sync),
    ) {
        while let Some((head, body)) = read_request(&mut stream).await {
            let seen = Seen {
                connection,
                head,
                body,
            };
            let number = {
                let mut all = self.seen.lock().unwrap();
                all.push(seen.clone());
                all.len() - 1
            };
            // A client that went away is no matter here.
            match act(number, &seen) {
                Act::Say(text) => {
                    let _ = stream.write_all(text.as_bytes()).await;
                    let _ = stream.flush().await;
                }
                Act::SayAndClose(text) => {
                    let _ = stream.write_all(text.as_bytes()).await;
                    let _ = stream.shutdown().await;
                    return;
                }
                Act::SayAndHang(text) => {
                    let _ = stream.write_all(text.as_bytes()).await;
                    let _ = stream.flush().await;
                    std::future::pending::<()>().await;
                }
            }
        }
    }
}

/// Reads up to the blank line.
pub(crate) async fn read_head(stream: &mut (impl AsyncRead + Unpin)) -> Option<String> {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        head.push(stream.read_u8().await.ok()?);
    }
    Some(String::from_utf8(head).unwrap())
}

async fn read_request(stream: &mut (impl AsyncRead + Unpin)) -> Option<(String, Vec<u8>)> {
    let head = read_head(stream).await?;
    let small = head.to_ascii_lowercase();
    let mut body = Vec::new();
    if small.contains("transfer-encoding: chunked") {
        loop {
            let mut line = Vec::new();
            while !line.ends_with(b"\r\n") {
                line.push(stream.read_u8().await.ok()?);
            }
            let len = usize::from_str_radix(String::from_utf8(line).unwrap().trim(), 16).unwrap();
            let mut chunk = vec![0; len + 2];
            stream.read_exact(&mut chunk).await.ok()?;
            if len == 0 {
                break;
            }
            body.extend_from_slice(&chunk[..len]);
        }
    } else if let Some((_, rest)) = small.split_once("content-length: ") {
        body = vec![0; rest.lines().next().unwrap().parse().unwrap()];
        stream.read_exact(&mut body).await.ok()?;
    }
    Some((head, body))
}

/// A server certificate, and the authority that signed it.
pub(crate) struct Identity {
    pub(crate) authority: Vec<u8>,
    pub(crate) acceptor: TlsAcceptor,
}

impl Identity {
    /// For these names, from an authority made for it.
    pub(crate) fn new(names: &[&str]) -> Self {
        Self::with(names, |_| ())
    }

    pub(crate) fn with(names: &[&str], change: impl FnOnce(&mut CertificateParams)) -> Self {
        let mut params = CertificateParams::new(Vec::new()).unwrap();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let issuer = CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap();
        let names: Vec<_> = names.iter().map(|name| (*name).to_owned()).collect();
        let mut params = CertificateParams::new(names).unwrap();
        change(&mut params);
        let key = KeyPair::generate().unwrap();
        let certificate = params.signed_by(&key, &issuer).unwrap();
        let config =
            ServerConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
                .with_safe_default_protocol_versions()
                .unwrap()
                .with_no_client_auth()
                .with_single_cert(
                    vec![certificate.der().clone()],
                    PrivateKeyDer::Pkcs8(key.serialize_der().into()),
                )
                .unwrap();
        Self {
            authority: issuer.pem().into_bytes(),
            acceptor: TlsAcceptor::from(Arc::new(config)),
        }
    }
}

/// Settings for tests: waits of almost nothing.
pub(crate) fn config() -> Config {
    let now = "2026-01-31T10:00:00.950Z".parse().unwrap();
    let mut config = Config::new("ferry-test", Arc::new(move || now));
    config.retry = RetryPolicy {
        base: Duration::from_millis(1),
        max: Duration::from_millis(2),
        ..RetryPolicy::default()
    };
    config
}

pub(crate) fn client() -> Client {
    Client::new(config()).unwrap()
}

/// The lines that a client logged.
pub(crate) type Lines = Arc<Mutex<Vec<LogLine>>>;

/// Makes the settings log to a list.
pub(crate) fn logged(mut config: Config) -> (Config, Lines) {
    let lines = Lines::default();
    let log = Arc::clone(&lines);
    config.log = Some(Arc::new(move |line| log.lock().unwrap().push(line.clone())));
    (config, lines)
}

/// An error and its causes, as a person would read them.
pub(crate) fn chain(error: &ferry_http::Error) -> String {
    let mut text = error.to_string();
    let mut next = std::error::Error::source(error);
    while let Some(error) = next {
        text = format!("{text}: {error}");
        next = error.source();
    }
    text
}

/// An address of this machine on which nothing listens, and the socket that keeps others from it.
pub(crate) fn dead() -> (SocketAddr, TcpSocket) {
    let socket = TcpSocket::new_v4().unwrap();
    socket.bind("127.0.0.1:0".parse().unwrap()).unwrap();
    (socket.local_addr().unwrap(), socket)
}
