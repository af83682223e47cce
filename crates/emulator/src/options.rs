//! What an emulator is started with, and why it may not start.

use std::fmt;
use std::path::PathBuf;
use std::sync::Arc;

use jiff::Timestamp;

use crate::fault::Rule;
use crate::load::Description;

mod conform;
mod fidelity;
mod switches;
mod values;

pub use conform::{ConformError, Finding, Verdict, conform};
pub use fidelity::{Row, Standing, fidelity};
pub use switches::{SwitchError, Switches};
pub use values::{
    ArchiveLayout, ConnectionValues, ErrorBodies, Etag, FailedTest, FieldNames, JobIds, OnImport,
    StoreDialect, StoreErrors, StoreListings, Temporaries,
};

/// What an emulator is started with.
#[derive(Clone)]
pub struct Options {
    /// Which instances it holds. Not read when `data` holds the state of an earlier run.
    pub load: Load,
    /// A folder that keeps the state over restarts; none: all is gone with the process.
    pub data: Option<PathBuf>,
    /// The seed of every identifier and chance.
    pub seed: u64,
    /// How many virtual seconds pass in a real one; 0 freezes virtual time.
    pub speed: f64,
    /// The assumptions about the services. Left at their default, those saved in `data` count.
    pub switches: Switches,
    /// Faults from the first request on.
    pub rules: Vec<Rule>,
    /// The real clock.
    pub now: Arc<dyn Fn() -> Timestamp + Send + Sync>,
}

impl Options {
    /// The demonstration's instances, in real time, nothing kept.
    pub fn new(now: Arc<dyn Fn() -> Timestamp + Send + Sync>) -> Self {
        Self {
            load: Load::Demo,
            data: None,
            seed: 0,
            speed: 1.0,
            switches: Switches::default(),
            rules: Vec::new(),
            now,
        }
    }
}

impl fmt::Debug for Options {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Options")
            .field("load", &self.load)
            .field("data", &self.data)
            .field("seed", &self.seed)
            .field("speed", &self.speed)
            .field("switches", &self.switches)
            .field("rules", &self.rules)
            .finish_non_exhaustive()
    }
}

/// Where an emulator's instances come from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Load {
    /// The demonstration: instances and artifacts made by the emulator itself.
    Demo,
    /// A folder of instances.
    Folder(PathBuf),
    /// What a file describes; see [`Options::describe`].
    Described(Description),
    /// An instance `test` with so many integrations that the emulator makes, and an empty `prod`.
    Generated {
        /// How many.
        integrations: usize,
    },
}

/// Why an emulator did not start.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StartError {
    /// Another process holds the data folder.
    #[error("another emulator uses {}", data.display())]
    InUse {
        /// The data folder.
        data: PathBuf,
    },
    /// The instances could not be loaded.
    #[error("{what}")]
    Load {
        /// What is wrong, and where.
        what: String,
        /// The cause beneath, if any.
        source: Option<Box<dyn std::error::Error + Send + Sync>>,
    },
    /// The state that an earlier run left cannot be read.
    #[error("{} holds no state that this emulator can read", path.display())]
    State {
        /// The file.
        path: PathBuf,
        /// What was wrong with it.
        source: serde_json::Error,
    },
    /// A file or folder could not be used.
    #[error("the emulator's files could not be used")]
    Io(#[from] std::io::Error),
}
