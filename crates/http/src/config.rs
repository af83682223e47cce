//! How a client behaves.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;

use crate::connect::{Link, Proxies};
use crate::exchange::Recorder;
use crate::log::Log;

/// The settings of a [`Client`](crate::Client).
#[derive(Clone)]
pub struct Config {
    /// Sent as `User-Agent` where a request sets none.
    pub user_agent: String,
    /// How long things may take.
    pub deadlines: Deadlines,
    /// How often, and after which waits, a request is sent again.
    pub retry: RetryPolicy,
    /// The proxies to go through.
    pub proxies: Proxies,
    /// Gives the connections, in place of TCP.
    pub link: Option<Link>,
    /// Trust the authorities of the system, or those that `SSL_CERT_FILE` and `SSL_CERT_DIR` name in their place.
    /// Reading them takes some milliseconds.
    pub system_roots: bool,
    /// Certificates of authorities to trust beside those: PEM, one or more certificates each.
    pub extra_roots: Vec<Vec<u8>>,
    /// Refuse every host but loopback, before a name is looked up or a connection made.
    pub loopback_only: bool,
    /// Where the jitter of the waits comes from: the same seed gives the same waits.
    pub jitter_seed: u64,
    /// The wall clock, needed for a `Retry-After` that is a date.
    pub now: Arc<dyn Fn() -> Timestamp + Send + Sync>,
    /// Gets one redacted line per attempt.
    pub log: Option<Log>,
    /// Gets every exchange, unredacted.
    pub recorder: Option<Recorder>,
}

impl Config {
    /// The defaults: no proxy, TCP, no extra authorities, no log, no recorder, seed 0.
    pub fn new(
        user_agent: impl Into<String>,
        now: Arc<dyn Fn() -> Timestamp + Send + Sync>,
    ) -> Self {
        Self {
            user_agent: user_agent.into(),
            deadlines: Deadlines::default(),
            retry: RetryPolicy::default(),
            proxies: Proxies::none(),
            link: None,
            system_roots: true,
            extra_roots: Vec::new(),
            loopback_only: false,
            jitter_seed: 0,
            now,
            log: None,
            recorder: None,
        }
    }
}

impl fmt::Debug for Config {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Config")
            .field("user_agent", &self.user_agent)
            .field("deadlines", &self.deadlines)
            .field("retry", &self.retry)
            .field("proxies", &self.proxies)
            .field("link", &self.link)
            .field("system_roots", &self.system_roots)
            .field("extra_roots", &self.extra_roots.len())
            .field("loopback_only", &self.loopback_only)
            .field("jitter_seed", &self.jitter_seed)
            .finish_non_exhaustive()
    }
}

/// How long things may take.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Deadlines {
    /// For a connection to stand: name, TCP, proxy and TLS together.
    pub connect: Duration,
    /// From the end of the request's body (or the connection, where there is no body) to the head of the answer.
    pub first_byte: Duration,
    /// Between two chunks, of the request's body as of the answer's.
    pub idle: Duration,
    /// For everything, from the send to the last byte of the answer, retries and waits included.
    pub total: Option<Duration>,
}

impl Default for Deadlines {
    fn default() -> Self {
        Self {
            connect: Duration::from_secs(10),
            first_byte: Duration::from_secs(60),
            idle: Duration::from_secs(60),
            total: None,
        }
    }
}

/// How often a request is sent again, and after which waits: full jitter under a doubling ceiling.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RetryPolicy {
    /// How often a request is sent at most, the first time included. 0 counts as 1.
    pub attempts: u32,
    /// The ceiling of the first wait.
    pub base: Duration,
    /// The highest ceiling.
    pub max: Duration,
    /// The sum of the waits of one send. A `Retry-After` beyond what is left ends the send at once.
    pub budget: Duration,
}

impl Default for RetryPolicy {
    fn default() -> Self {
        Self {
            attempts: 4,
            base: Duration::from_millis(500),
            max: Duration::from_secs(20),
            budget: Duration::from_secs(60),
        }
    }
}
