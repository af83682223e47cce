//! TCP to where the bytes go first: the host itself, or its proxy.

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll};

use http::Uri;
use http::uri::Scheme;
use hyper::rt::{Read, ReadBufCursor, Write};
use hyper_util::client::legacy::connect::{Connected, Connection, HttpConnector};
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;
use tower_service::Service;

use super::resolve::Resolver;
use super::{BoxError, ConnectFault, Connecting, Proxies, tunnel};

/// Connects directly, or through a proxy: by a tunnel for `https`, and for `http` to the proxy itself.
#[derive(Clone)]
pub(crate) struct Route {
    tcp: HttpConnector<Resolver>,
    proxies: Proxies,
}

impl Route {
    pub(super) fn new(tcp: HttpConnector<Resolver>, proxies: Proxies) -> Self {
        Self { tcp, proxies }
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
            let connecting = self.tcp.call(to);
            return Box::pin(async move {
                Ok(Wire {
                    io: connecting.await?,
                    proxied: false,
                })
            });
        };
        let connecting = self.tcp.call(proxy.uri.clone());
        Box::pin(async move {
            let io = connecting.await.map_err(|error| ConnectFault::Proxy {
                fact: format!("cannot connect to the proxy {}", proxy.place()),
                passing: true,
                cause: Some(error.into()),
            })?;
            if to.scheme() != Some(&Scheme::HTTPS) {
                return Ok(Wire { io, proxied: true });
            }
            let mut tcp = io.into_inner();
            tunnel::open(&mut tcp, &proxy, &to).await?;
            Ok(Wire {
                io: TokioIo::new(tcp),
                proxied: false,
            })
        })
    }
}

/// A TCP connection, and whether what is at its end is a proxy that wants the whole URL.
pub(crate) struct Wire {
    io: TokioIo<TcpStream>,
    proxied: bool,
}

impl Connection for Wire {
    fn connected(&self) -> Connected {
        self.io.connected().proxy(self.proxied)
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
