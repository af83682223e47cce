//! An emulator behind pipes in memory: no socket, so that a paused clock moves on by itself.

use ferry_emulator::{Emulator, EnvironmentCard, Options};
use ferry_http::{Config, Link};
use tokio::io::duplex;

use crate::clock::{NOON, following};

/// What a pipe holds of each way that its reader has not taken yet.
const PIPE: usize = 64 * 1024;

/// The host of every URL. Whatever host is asked for is the emulator.
const AUTHORITY: &str = "127.0.0.1";

/// An emulator, and the way to it. Its tasks are those of the connections alone.
#[derive(Debug)]
pub struct Linked {
    /// Rules, barriers, the journal, the clock.
    pub emulator: Emulator,
}

impl Linked {
    /// Starts it.
    ///
    /// # Panics
    /// It cannot start.
    pub fn start(options: Options) -> Self {
        Self {
            emulator: Emulator::start(options).expect("the emulator starts"),
        }
    }

    /// How to reach each environment through [`Linked::config`].
    pub fn environments(&self) -> Vec<EnvironmentCard> {
        self.emulator.environments(AUTHORITY)
    }

    /// The URL of a path.
    pub fn url(&self, path: &str) -> String {
        format!("http://{AUTHORITY}{path}")
    }

    /// A client's settings whose every connection is a pipe to the emulator. Its clock goes with tokio's.
    pub fn config(&self) -> Config {
        let emulator = self.emulator.clone();
        let link = Link::new(move |_, _| {
            let (near, far) = duplex(PIPE);
            let emulator = emulator.clone();
            tokio::spawn(async move { emulator.serve_connection(far).await });
            Ok(near)
        });
        let mut config = Config::new("ferry-test", following(NOON));
        config.link = Some(link);
        config.loopback_only = true;
        config.system_roots = false;
        config
    }
}
