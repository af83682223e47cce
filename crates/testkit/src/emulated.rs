//! An emulator on a free port of 127.0.0.1, in a task.

use ferry_emulator::{Emulator, Options};
use tokio::net::TcpListener;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

/// An emulator that answers. Dropping it ends the task too, without waiting for open connections.
#[derive(Debug)]
pub struct Running {
    /// `http://127.0.0.1:PORT`
    pub url: String,
    /// `127.0.0.1:PORT`, as [`Emulator::environments`] wants it.
    pub authority: String,
    /// Rules, barriers, the journal, the clock.
    pub emulator: Emulator,
    shutdown: oneshot::Sender<()>,
    task: JoinHandle<std::io::Result<()>>,
}

impl Running {
    /// Starts it on a free port.
    ///
    /// # Panics
    /// It cannot start, or no port is free.
    pub async fn start(options: Options) -> Self {
        let emulator = Emulator::start(options).expect("the emulator starts");
        Self::serve(emulator).await
    }

    /// Serves one that was started already.
    ///
    /// # Panics
    /// No port is free.
    pub async fn serve(emulator: Emulator) -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0))
            .await
            .expect("a free port");
        let authority = listener.local_addr().expect("a bound port").to_string();
        let (shutdown, stopped) = oneshot::channel::<()>();
        let served = emulator.clone();
        let task = tokio::spawn(async move {
            // A dropped sender means stop, too.
            let shutdown = async { drop(stopped.await) };
            served.serve(listener, shutdown).await
        });
        Self {
            url: format!("http://{authority}"),
            authority,
            emulator,
            shutdown,
            task,
        }
    }

    /// Ends it, and waits for its end.
    ///
    /// # Panics
    /// The server failed meanwhile.
    pub async fn stop(self) {
        // The task may have ended by itself; its result tells.
        let _ = self.shutdown.send(());
        self.task
            .await
            .expect("the emulator's task ends")
            .expect("the emulator served");
    }
}
