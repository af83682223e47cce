//! Ctrl-C and SIGTERM: the first asks the flow to stop where it can go on later, the second ends at once.

use std::sync::Arc;
use std::sync::atomic::{AtomicU8, Ordering};

use ferry_core::exit::Exit;
use tokio_util::sync::CancellationToken;

/// What the process was told.
#[derive(Clone, Debug, Default)]
pub(crate) struct Signals {
    /// Cancelled at the first signal.
    pub stop: CancellationToken,
    /// Cancelled at the second.
    pub at_once: CancellationToken,
    code: Arc<AtomicU8>,
}

impl Signals {
    /// Listens from now on. Must be called in a runtime.
    pub(crate) fn listen() -> std::io::Result<Self> {
        let signals = Self::default();
        let heard = signals.clone();
        let mut stream = stream()?;
        tokio::spawn(async move {
            while let Some(exit) = stream.next().await {
                heard.hear(exit);
            }
        });
        Ok(signals)
    }

    fn hear(&self, exit: Exit) {
        if self.stop.is_cancelled() {
            self.at_once.cancel();
        }
        self.code.store(exit.code(), Ordering::Relaxed);
        self.stop.cancel();
    }

    /// The exit code of the signal that came; a flow that was stopped ends with it.
    pub(crate) fn exit(&self) -> Option<Exit> {
        let code = self.code.load(Ordering::Relaxed);
        [Exit::Interrupted, Exit::Terminated]
            .into_iter()
            .find(|exit| exit.code() == code)
    }
}

#[cfg(unix)]
struct Stream {
    interrupt: tokio::signal::unix::Signal,
    terminate: tokio::signal::unix::Signal,
}

#[cfg(unix)]
fn stream() -> std::io::Result<Stream> {
    use tokio::signal::unix::{SignalKind, signal};
    Ok(Stream {
        interrupt: signal(SignalKind::interrupt())?,
        terminate: signal(SignalKind::terminate())?,
    })
}

#[cfg(unix)]
impl Stream {
    async fn next(&mut self) -> Option<Exit> {
        tokio::select! {
            heard = self.interrupt.recv() => heard.map(|()| Exit::Interrupted),
            heard = self.terminate.recv() => heard.map(|()| Exit::Terminated),
        }
    }
}

#[cfg(not(unix))]
struct Stream;

#[cfg(not(unix))]
fn stream() -> std::io::Result<Stream> {
    Ok(Stream)
}

#[cfg(not(unix))]
impl Stream {
    async fn next(&mut self) -> Option<Exit> {
        tokio::signal::ctrl_c()
            .await
            .ok()
            .map(|()| Exit::Interrupted)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_signal_stops_and_the_second_ends() {
        let signals = Signals::default();
        assert_eq!(signals.exit(), None);
        signals.hear(Exit::Terminated);
        assert!(signals.stop.is_cancelled() && !signals.at_once.is_cancelled());
        assert_eq!(signals.exit(), Some(Exit::Terminated));
        signals.hear(Exit::Interrupted);
        assert!(signals.at_once.is_cancelled());
    }
}
