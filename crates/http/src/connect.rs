//! How a connection comes to stand: name, proxy, TCP (or a link in its place), TLS, all within one deadline.

use std::error::Error as StdError;
use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use http::Uri;
use hyper_rustls::{HttpsConnector, MaybeHttpsStream};
use hyper_util::client::legacy::connect::HttpConnector;
use rustls::ClientConfig;
use tokio::time::timeout;
use tower_service::Service;

use crate::config::Config;
use crate::deadline::Passed;

mod link;
mod proxy;
mod resolve;
mod route;
mod tunnel;

pub use link::Link;
pub use proxy::Proxies;
use resolve::Resolver;
pub(crate) use resolve::is_loopback;
use route::{Route, Wire};

type BoxError = Box<dyn StdError + Send + Sync>;

/// A step of the way to a connection, boxed.
type Connecting<T> = Pin<Box<dyn Future<Output = Result<T, BoxError>> + Send>>;

/// The connector that hyper's pool asks for connections.
#[derive(Clone)]
pub(crate) struct Connector {
    inner: HttpsConnector<Route>,
    deadline: Duration,
}

impl Connector {
    pub(crate) fn new(tls: ClientConfig, config: &Config) -> Self {
        let deadline = config.deadlines.connect;
        let mut tcp = HttpConnector::new_with_resolver(Resolver);
        tcp.enforce_http(false);
        tcp.set_nodelay(true);
        // Shared out among the addresses of a name, so that a dead one does not use up the whole deadline.
        tcp.set_connect_timeout(Some(deadline));
        let route = Route::new(tcp, config.link.clone(), config.proxies.clone());
        Self {
            inner: HttpsConnector::from((route, tls)),
            deadline,
        }
    }
}

impl Service<Uri> for Connector {
    type Response = MaybeHttpsStream<Wire>;
    type Error = BoxError;
    type Future = Connecting<Self::Response>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), BoxError>> {
        self.inner.poll_ready(cx)
    }

    fn call(&mut self, to: Uri) -> Self::Future {
        let connecting = self.inner.call(to);
        let deadline = self.deadline;
        Box::pin(async move {
            timeout(deadline, connecting)
                .await
                .map_err(|_| ConnectFault::Late(deadline))?
        })
    }
}

/// Why a connection does not stand, as far as this crate itself found out.
#[derive(Debug)]
pub(crate) enum ConnectFault {
    /// The deadline passed.
    Late(Duration),
    /// The proxy is the reason; `passing` where a later attempt may go through.
    Proxy {
        fact: String,
        passing: bool,
        cause: Option<BoxError>,
    },
}

impl ConnectFault {
    fn proxy(fact: impl Into<String>, passing: bool) -> Self {
        Self::Proxy {
            fact: fact.into(),
            passing,
            cause: None,
        }
    }
}

impl fmt::Display for ConnectFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Late(deadline) => f.write_str(&Passed::Connect(*deadline).fact()),
            Self::Proxy { fact, .. } => f.write_str(fact),
        }
    }
}

impl StdError for ConnectFault {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        match self {
            Self::Late(_) => None,
            Self::Proxy { cause, .. } => cause
                .as_ref()
                .map(|cause| &**cause as &(dyn StdError + 'static)),
        }
    }
}
