//! Work that blocks, on threads that are there for it.

use std::io;

use tokio::task::spawn_blocking;

/// Does `work` on such a thread. Changing threads costs, so it is worth a piece of some size.
pub(crate) async fn aside<T: Send + 'static>(
    work: impl FnOnce() -> io::Result<T> + Send + 'static,
) -> io::Result<T> {
    spawn_blocking(work).await.map_err(io::Error::other)?
}
