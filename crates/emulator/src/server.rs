//! Serving sockets: HTTP/1.1, kept alive, ended gracefully.

use std::future::Future;
use std::net::SocketAddr;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use http_body_util::BodyExt;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use hyper_util::server::graceful::{GracefulShutdown, Watcher};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;

use crate::service::{NoAnswer, Peer, Seam};

mod wire;

use wire::{Reset, Wire};

/// How long requests under way may go on after the shutdown.
const GRACE: Duration = Duration::from_secs(3);

/// The wait after a failed accept, which is mostly a lack of file descriptors.
const BREATH: Duration = Duration::from_millis(50);

/// Serves until `shutdown` is ready.
pub(crate) async fn serve(
    seam: &Arc<Seam>,
    listener: TcpListener,
    shutdown: impl Future<Output = ()>,
) {
    let graceful = GracefulShutdown::new();
    let mut connections = JoinSet::new();
    let mut shutdown = pin!(shutdown);
    loop {
        tokio::select! {
            () = &mut shutdown => break,
            accepted = listener.accept() => match accepted {
                Ok((stream, peer)) => {
                    connections.spawn(connection(Arc::clone(seam), stream, peer, graceful.watcher()));
                }
                Err(_) => tokio::time::sleep(BREATH).await,
            },
        }
        while connections.try_join_next().is_some() {}
    }
    drop(listener);
    // What does not end by then is dropped with the set.
    let _ = tokio::time::timeout(GRACE, graceful.shutdown()).await;
}

async fn connection(seam: Arc<Seam>, stream: TcpStream, peer: SocketAddr, watcher: Watcher) {
    // A failure only costs latency.
    let _ = stream.set_nodelay(true);
    let reset = Reset::default();
    let wire = TokioIo::new(Wire::new(stream, reset.clone()));
    let handler = service_fn(move |request: http::Request<Incoming>| {
        let seam = Arc::clone(&seam);
        let reset = reset.clone();
        async move {
            let mut request = request.map(|body| body.map_err(std::io::Error::other).boxed());
            request.extensions_mut().insert(Peer(peer));
            let answered = seam.answer(request).await;
            if let Err(NoAnswer::Reset) = answered {
                reset.order();
            }
            answered
        }
    });
    let connection = http1::Builder::new()
        .header_read_timeout(None)
        .serve_connection(wire, handler);
    // An error here is the client's going away, or a fault's ending of the connection.
    let _ = watcher.watch(connection).await;
}
