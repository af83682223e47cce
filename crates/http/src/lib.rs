//! The one HTTP client: TLS, deadlines, retry, replayable bodies, redaction. It knows no service.
//!
//! A [`Request`] is built, given to a [`Client`], and comes back as a [`Response`] (a 2xx answer whose body is still to
//! be read) or as an [`Error`] with its [`Evidence`]. What may be sent again is decided in one pure function
//! (`retry::classify`); nothing above this crate repeats a request on its own.
//!
//! ```no_run
//! # async fn example(now: std::sync::Arc<dyn Fn() -> jiff::Timestamp + Send + Sync>) -> Result<(), ferry_http::Error> {
//! use ferry_http::{Client, Config, Request};
//!
//! let client = Client::new(Config::new("example/1.0", now))?;
//! let request = Request::get("https://example.com/v1/acme?format=json")?
//!     .secret_header("Authorization", "Bearer abc");
//! let listing: Vec<String> = client.send(request).await?.json(1 << 20).await?;
//! # drop(listing);
//! # Ok(())
//! # }
//! ```
//!
//! Secrets: header values, user information and unknown query values never show in a `Debug` or `Display` of this
//! crate's types. Bodies are shown nowhere but by [`Error::body`].

mod backoff;
mod body;
mod client;
mod config;
mod connect;
mod deadline;
mod error;
mod evidence;
mod exchange;
mod log;
mod redact;
mod redirect;
mod request;
mod response;
mod retry;
mod tls;

pub use body::Body;
pub use client::Client;
pub use config::{Config, Deadlines, RetryPolicy};
pub use connect::{Link, Proxies};
pub use error::{Error, ErrorKind};
pub use evidence::Evidence;
pub use exchange::{Exchange, Recorder};
pub use log::{Log, LogLine};
pub use request::{Repeat, Request};
pub use response::Response;
