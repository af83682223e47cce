//! An emulator in this process.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use ferry_core::exit::Exit;
use ferry_emulator::{Emulator, Options};
use tempfile::TempDir;
use tokio::net::TcpListener;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

use super::card::Card;
use crate::app::App;
use crate::failure::Failure;

/// How much faster than real time an embedded emulator goes: a job of 27 minutes takes 160 ms.
const SPEED: f64 = 10_000.0;

/// A running embedded emulator.
#[derive(Debug)]
pub(crate) struct Embedded {
    stop: CancellationToken,
    server: Mutex<Option<JoinHandle<std::io::Result<()>>>>,
    /// Of a throw-away one: where its runs are kept meanwhile.
    temporary: Option<TempDir>,
}

impl Embedded {
    /// Starts one on a free port of 127.0.0.1. `folder` keeps its state; without it all is gone at the end.
    pub(super) async fn start(
        app: &App,
        folder: Option<PathBuf>,
    ) -> Result<(Self, Vec<Card>), Failure> {
        let temporary = match &folder {
            Some(_) => None,
            None => Some(
                tempfile::Builder::new()
                    .prefix("ferry-emulator-")
                    .tempdir()
                    .map_err(|error| {
                        Failure::new(Exit::Disk, "there is no room for a throw-away emulator")
                            .because(&error)
                    })?,
            ),
        };
        let mut options = Options::new(Arc::clone(&app.clock.0));
        options.data = folder;
        options.speed = SPEED;
        options.seed = if options.data.is_some() {
            1
        } else {
            fastrand::u64(..)
        };
        let emulator = Emulator::start(options).map_err(|error| start_failure(&error))?;
        let listener = TcpListener::bind(("127.0.0.1", 0))
            .await
            .map_err(|error| no_port(0, &error))?;
        let address = listener.local_addr().map_err(|error| no_port(0, &error))?;
        let cards = cards(&emulator, &address.to_string())?;
        let stop = CancellationToken::new();
        let server = tokio::spawn(emulator.serve(listener, stop.clone().cancelled_owned()));
        Ok((
            Self {
                stop,
                server: Mutex::new(Some(server)),
                temporary,
            },
            cards,
        ))
    }

    pub(super) fn temporary(&self) -> Option<&Path> {
        self.temporary.as_ref().map(TempDir::path)
    }

    /// Lets it end and save.
    pub(super) async fn close(&self) -> Option<std::io::Error> {
        self.stop.cancel();
        let server = self
            .server
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .take();
        server?.await.ok()?.err()
    }
}

/// The environments of an emulator at this origin.
pub(crate) fn cards(emulator: &Emulator, origin: &str) -> Result<Vec<Card>, Failure> {
    let answer = serde_json::to_value(emulator.environments(origin));
    Card::read(answer.map_err(|error| {
        Failure::new(Exit::Bug, "environments that are no JSON").because(&error)
    })?)
}

/// Why an emulator did not start.
pub(crate) fn start_failure(error: &ferry_emulator::StartError) -> Failure {
    use ferry_emulator::StartError;
    match error {
        StartError::InUse { .. } => Failure::new(Exit::Conflict, "the emulator did not start")
            .because(error)
            .hint("wait for the other command, or name the running one: --emulator=http://127.0.0.1:PORT"),
        StartError::Io(_) | StartError::State { .. } => {
            Failure::new(Exit::Disk, "the emulator did not start").because(error)
        }
        _ => Failure::new(Exit::Usage, "the emulator did not start").because(error),
    }
}

/// The port cannot be had.
pub(crate) fn no_port(port: u16, error: &std::io::Error) -> Failure {
    Failure::new(
        Exit::Conflict,
        format!("port {port} of 127.0.0.1 cannot be listened on"),
    )
    .because(error)
    .hint("--port 0 takes a free one")
}
