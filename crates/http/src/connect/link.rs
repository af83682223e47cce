//! Connections in memory, for a server in the same process.

use std::fmt;
use std::io;
use std::sync::Arc;

use http::Uri;
use tokio::io::DuplexStream;

use crate::redirect::port;

/// Gives a connection to a host and a port.
type Open = dyn Fn(&str, u16) -> io::Result<DuplexStream> + Send + Sync;

/// What gives connections in place of TCP: pipes in memory, to whatever answers at their other ends. No name is looked
/// up and no socket opened, so that a paused clock moves on by itself.
#[derive(Clone)]
pub struct Link(Arc<Open>);

impl Link {
    /// Asks `open` for each connection. Where it fails, the host counts as not reached.
    pub fn new(
        open: impl Fn(&str, u16) -> io::Result<DuplexStream> + Send + Sync + 'static,
    ) -> Self {
        Self(Arc::new(open))
    }

    pub(super) fn open(&self, to: &Uri) -> io::Result<DuplexStream> {
        (self.0)(to.host().unwrap_or_default(), port(to))
    }
}

impl fmt::Debug for Link {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Link").finish_non_exhaustive()
    }
}
