//! Serving connections: HTTP/1.1, plain or over TLS, kept alive, ended gracefully.

use std::future::Future;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use http_body_util::BodyExt;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::io::{AsyncRead, AsyncWrite, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;
use tokio_rustls::TlsAcceptor;
use tokio_util::sync::CancellationToken;

use crate::Tls;
use crate::service::{NoAnswer, Peer, Seam};

mod wire;

use wire::{Reset, Wire};

/// How long requests under way may go on after the shutdown.
const GRACE: Duration = Duration::from_secs(3);

/// The wait after a failed accept, which is mostly a lack of file descriptors.
const BREATH: Duration = Duration::from_millis(50);

/// How long a TLS handshake may take.
const HANDSHAKE: Duration = Duration::from_secs(10);

/// How long a request's head may take, counted from the end of the request before it: so long may a connection idle.
const HEAD: Duration = Duration::from_secs(30);

/// How many headers are read: more than are taken, so that the answer says so.
const MOST_HEADERS: usize = 512;

/// The longest head. Beyond is answered 431.
const LONGEST_HEAD: usize = 64 * 1024;

/// What a client is told that speaks no TLS where it is spoken.
const SPEAK_TLS: &[u8] =
    b"HTTP/1.1 400 Bad Request\r\nContent-Type: text/plain\r\nContent-Length: 46\r\n\
    Connection: close\r\n\r\nThis port speaks TLS; begin the URL with https";

/// Serves until `shutdown` is ready.
pub(crate) async fn serve(
    seam: &Arc<Seam>,
    listener: TcpListener,
    tls: Option<&Tls>,
    shutdown: impl Future<Output = ()>,
) {
    let acceptor = tls.map(|tls| TlsAcceptor::from(tls.config()));
    let mut connections = JoinSet::new();
    let mut stop = CancellationToken::new();
    let mut shutdown = pin!(shutdown);
    loop {
        tokio::select! {
            () = &mut shutdown => break,
            accepted = listener.accept() => if let Ok((stream, peer)) = accepted {
                let peer = Peer { address: peer, secure: acceptor.is_some() };
                let connection = Connection::new(seam, Some(peer));
                connections.spawn(connection.run(stream, acceptor.clone(), stop.clone()));
            } else {
                // There are too many: idle ones end now, the others after the request at hand.
                stop.cancel();
                stop = CancellationToken::new();
                tokio::time::sleep(BREATH).await;
            },
        }
        while connections.try_join_next().is_some() {}
    }
    drop(listener);
    stop.cancel();
    // What does not end by then is dropped with the set.
    let ended = async { while connections.join_next().await.is_some() {} };
    let _ = tokio::time::timeout(GRACE, ended).await;
}

/// Answers what comes over one connection that is no socket, until its client ends it.
pub(crate) async fn serve_connection(seam: &Arc<Seam>, io: impl AsyncRead + AsyncWrite + Unpin) {
    let connection = Connection::new(seam, None);
    connection.speak(io, CancellationToken::new()).await;
}

/// One connection, from its accept on.
struct Connection {
    seam: Arc<Seam>,
    /// Of a socket.
    peer: Option<Peer>,
    reset: Reset,
}

impl Connection {
    fn new(seam: &Arc<Seam>, peer: Option<Peer>) -> Self {
        Self {
            seam: Arc::clone(seam),
            peer,
            reset: Reset::default(),
        }
    }

    async fn run(self, stream: TcpStream, acceptor: Option<TlsAcceptor>, stop: CancellationToken) {
        // A failure only costs latency.
        let _ = stream.set_nodelay(true);
        let wire = Wire::new(stream, self.reset.clone());
        let Some(acceptor) = acceptor else {
            return self.speak(wire, stop).await;
        };
        let secured = tokio::select! {
            secured = tokio::time::timeout(HANDSHAKE, secure(wire, acceptor)) => secured,
            () = stop.cancelled() => return,
        };
        if let Ok(Some(secured)) = secured {
            self.speak(secured, stop).await;
        }
    }

    /// Answers requests, until the client or the order to stop ends it.
    async fn speak(self, io: impl AsyncRead + AsyncWrite + Unpin, stop: CancellationToken) {
        let Self { seam, peer, reset } = self;
        let handler = service_fn(|request: http::Request<Incoming>| {
            let mut request = request.map(|body| body.map_err(std::io::Error::other).boxed());
            if let Some(peer) = peer {
                request.extensions_mut().insert(peer);
            }
            let (seam, reset) = (&seam, &reset);
            async move {
                let answered = seam.answer(request).await;
                if let Err(NoAnswer::Reset) = answered {
                    reset.order();
                }
                answered
            }
        });
        let connection = http1::Builder::new()
            .timer(TokioTimer::new())
            .header_read_timeout(HEAD)
            .max_buf_size(LONGEST_HEAD)
            .max_headers(MOST_HEADERS)
            // As the services write them.
            .title_case_headers(true)
            .serve_connection(TokioIo::new(io), handler);
        let mut connection = pin!(connection);
        // An error here is the client's going away, or a fault's ending of the connection.
        tokio::select! {
            _ = connection.as_mut() => return,
            () = stop.cancelled() => connection.as_mut().graceful_shutdown(),
        }
        let _ = connection.await;
    }
}

/// Shakes hands. A client that begins with a letter is told to speak TLS: its own message never does.
async fn secure(
    mut wire: Wire,
    acceptor: TlsAcceptor,
) -> Option<tokio_rustls::server::TlsStream<Wire>> {
    if wire.first_byte().await?.is_ascii_alphabetic() {
        // It may be gone already. What it sent is read, lest a reset overtake the answer.
        let _ = wire.write_all(SPEAK_TLS).await;
        let _ = wire.shutdown().await;
        let _ = tokio::io::copy(&mut wire, &mut tokio::io::sink()).await;
        return None;
    }
    acceptor.accept(wire).await.ok()
}
