//! The way to where the bytes go first: the host itself, or its proxy.

use std::future::ready;
use std::io;
use std::pin::Pin;
use std::task::{Context, Poll};

use http::Uri;
use http::uri::Scheme;
use hyper::rt::{Read, ReadBufCursor, Write};
use hyper_util::client::legacy::connect::{Connected, Connection, HttpConnector};
use hyper_util::rt::TokioIo;
use tokio::io::DuplexStream;
use tokio::net::TcpStream;
use tokio_util::either::Either;
use tower_service::Service;

use super::resolve::Resolver;
use super::{BoxError, ConnectFault, Connecting, Link, Proxies, tunnel};

/// A connection before anything was said on it.
type Stream = Either<TcpStream, DuplexStream>;

/// Connects directly, or through a proxy: by a tunnel for `https`, and for `http` to the proxy itself.
#[derive(Clone)]
pub(crate) struct Route {
    tcp: HttpConnector<Resolver>,
    /// In place of TCP.
    link: Option<Link>,
    proxies: Proxies,
}

impl Route {
    pub(super) fn new(tcp: HttpConnector<Resolver>, link: Option<Link>, proxies: Proxies) -> Self {
        Self { tcp, link, proxies }
    }

    fn dial(&mut self, to: Uri) -> Connecting<Stream> {
        if let Some(link) = &self.link {
            let opened = link.open(&to).map(Either::Right).map_err(Into::into);
            return Box::pin(ready(opened));
        }
        let connecting = self.tcp.call(to);
        Box::pin(async move { Ok(Either::Left(connecting.await?.into_inner())) })
    }
}

impl Service<Uri> for Route {
    type Response = Wire;
    type Error = BoxError;
    type Future = Connecting<Wire>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), BoxError>> {
        self.tcp.poll_ready(cx).map_err(Into::into)
    }

    fn call(&mut self, to: Uri) -> Self::Future {
        let Some(proxy) = self.proxies.choose(&to).cloned() else {
            let connecting = self.dial(to);
            return Box::pin(async move { Ok(Wire::new(connecting.await?, false)) });
        };
        let connecting = self.dial(proxy.uri.clone());
        Box::pin(async move {
            let mut stream = connecting.await.map_err(|error| ConnectFault::Proxy {
                fact: format!("cannot connect to the proxy {}", proxy.place()),
                passing: true,
                cause: Some(error),
            })?;
            let proxied = to.scheme() != Some(&Scheme::HTTPS);
            if !proxied {
                tunnel::open(&mut stream, &proxy, &to).await?;
            }
            Ok(Wire::new(stream, proxied))
        })
    }
}

/// A connection, and whether what is at its end is a proxy that wants the whole URL.
pub(crate) struct Wire {
    io: TokioIo<Stream>,
    proxied: bool,
}

impl Wire {
    fn new(stream: Stream, proxied: bool) -> Self {
        Self {
            io: TokioIo::new(stream),
            proxied,
        }
    }
}

impl Connection for Wire {
    fn connected(&self) -> Connected {
        Connected::new().proxy(self.proxied)
    }
}

impl Read for Wire {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: ReadBufCursor<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.io).poll_read(cx, buffer)
    }
}

impl Write for Wire {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.io).poll_write(cx, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.io).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.io).poll_shutdown(cx)
    }

    fn is_write_vectored(&self) -> bool {
        self.io.is_write_vectored()
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        slices: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.io).poll_write_vectored(cx, slices)
    }
}
