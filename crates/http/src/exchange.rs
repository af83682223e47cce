//! What goes over the wire, for whoever records it.

use std::fmt;
use std::sync::Arc;

use bytes::Bytes;
use http::{Method, StatusCode, Uri};

use crate::redact;

/// What gets the exchanges.
pub type Recorder = Arc<dyn Fn(Exchange) + Send + Sync>;

/// A request and its answer. **Nothing of it is redacted**: bodies hold secrets.
#[derive(Clone)]
pub struct Exchange {
    /// The method.
    pub method: Method,
    /// The address.
    pub uri: Uri,
    /// The request's body, where it is one of bytes in memory.
    pub sent: Bytes,
    /// The answer's status.
    pub status: StatusCode,
    /// The answer's content type. A copy: headers as they came hold on to the buffer that they were read into.
    pub content_type: Option<String>,
    /// The answer's body, where it was read as a whole; of an error the first 4 KB.
    pub body: Option<Bytes>,
}

impl fmt::Debug for Exchange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Exchange")
            .field("method", &self.method)
            .field("target", &redact::target(&self.uri, true))
            .field("status", &self.status)
            .finish_non_exhaustive()
    }
}

/// An exchange whose body is still to be read. It is recorded at the latest when it is dropped.
pub(crate) struct Recording {
    pub(crate) recorder: Recorder,
    pub(crate) exchange: Option<Exchange>,
}

impl Recording {
    /// Records the exchange with its body.
    pub(crate) fn whole(mut self, body: &Bytes) {
        if let Some(exchange) = &mut self.exchange {
            exchange.body = Some(body.clone());
        }
    }
}

impl Drop for Recording {
    fn drop(&mut self) {
        if let Some(exchange) = self.exchange.take() {
            (self.recorder)(exchange);
        }
    }
}
