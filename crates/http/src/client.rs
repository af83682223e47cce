//! The client.

use std::fmt;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use fastrand::Rng;
use hyper_util::client::legacy;
use hyper_util::rt::{TokioExecutor, TokioTimer};

use crate::body::{Outgoing, Source};
use crate::config::Config;
use crate::connect::Connector;
use crate::error::{Error, ErrorKind};
use crate::request::{Repeat, Request};
use crate::response::Response;
use crate::tls;

mod attempt;
mod fault;
mod send;

pub(crate) use fault::words;

/// An idle connection is kept for less time than servers and load balancers commonly do, so that a request seldom meets
/// one that is being closed.
const KEEP_IDLE: Duration = Duration::from_secs(20);

/// What is read from a connection at once: large, for bodies that are streamed, and no larger than helps.
const READ_BUFFER: usize = 128 * 1024;

/// The HTTP client. Clones share connections.
#[derive(Clone)]
pub struct Client(Arc<Shared>);

struct Shared {
    config: Config,
    pooled: Wires,
    fresh: Wires,
    rng: Mutex<Rng>,
}

type Wires = legacy::Client<Connector, Outgoing>;

impl Client {
    /// A client with these settings. Fails where a certificate of `extra_roots` cannot be read
    /// ([`ErrorKind::Tls`]) or a proxy setting is not understood ([`ErrorKind::Proxy`]).
    pub fn new(config: Config) -> Result<Self, Error> {
        if let Some(mistake) = config.proxies.mistake() {
            return Err(Error::new(ErrorKind::Proxy, mistake));
        }
        if http::HeaderValue::from_str(&config.user_agent).is_err() {
            return Err(Error::new(
                ErrorKind::Request,
                "the user agent has characters that a header cannot have",
            ));
        }
        let tls = tls::config(&config.extra_roots, config.system_roots)?;
        let connector = Connector::new(tls, &config);
        let wires = |most_idle: usize| {
            legacy::Client::builder(TokioExecutor::new())
                .pool_timer(TokioTimer::new())
                .pool_idle_timeout(KEEP_IDLE)
                .pool_max_idle_per_host(most_idle)
                .http1_read_buf_exact_size(READ_BUFFER)
                .build(connector.clone())
        };
        let (pooled, fresh) = (wires(usize::MAX), wires(0));
        let rng = Mutex::new(Rng::with_seed(config.jitter_seed));
        Ok(Self(Arc::new(Shared {
            config,
            pooled,
            fresh,
            rng,
        })))
    }

    /// Sends a request, again where that is allowed and helps, and gives the answer when it is 2xx. Every other end is
    /// an [`Error`]; a status that is not 2xx has the kind [`ErrorKind::Status`].
    ///
    /// Dropping the future gives up: the request may have been carried out all the same.
    pub async fn send(&self, request: Request) -> Result<Response, Error> {
        // On the heap: callers hold this in futures of their own, several deep.
        Box::pin(send::send(&self.0, request)).await
    }
}

impl Shared {
    /// A request that is sent only once gets a connection of its own: one from the pool can be closing already, and
    /// then nobody could tell whether the server took the request.
    fn wires(&self, repeat: Repeat, source: &Source) -> &Wires {
        if repeat == Repeat::Always && !source.is_once() {
            &self.pooled
        } else {
            &self.fresh
        }
    }
}

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Client")
            .field("config", &self.0.config)
            .finish_non_exhaustive()
    }
}
