//! What every flow needs besides its environments: time, journal, talk, and a way to be stopped.

use std::fmt;
use std::future::Future;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use ferry_core::exit::Exit;
use ferry_core::ids::{JobId, JobKind};
use ferry_core::job::JobSnapshot;
use ferry_swift::{Tell, Told};
use jiff::Timestamp;
use tokio_util::sync::CancellationToken;

use crate::{Failure, RunStore};

/// The wall clock, given from outside.
pub type Now = Arc<dyn Fn() -> Timestamp + Send + Sync>;

/// Where progress goes.
pub type TalkSink = Arc<dyn Fn(Talk) + Send + Sync>;

/// What a flow says while it runs.
#[derive(Debug, Clone)]
pub enum Talk {
    /// A run began, or an unfinished one is gone on with.
    Run {
        /// Its id.
        id: String,
        /// Whether it was begun by an earlier process.
        resumed: bool,
    },
    /// What is being done now.
    Step(String),
    /// Something worth knowing.
    Note(String),
    /// Something worth worrying about.
    Warning(String),
    /// A job's state, when something of it changed.
    Job {
        /// Export or import.
        kind: JobKind,
        /// Its id.
        id: JobId,
        /// The answer.
        snapshot: Box<JobSnapshot>,
    },
    /// Bytes of a transfer.
    Bytes {
        /// What is transferred.
        what: String,
        /// Bytes so far.
        done: u64,
        /// Bytes in all, where known.
        total: Option<u64>,
    },
}

/// What every flow needs besides its environments.
#[derive(Clone)]
pub struct Context {
    /// The wall clock.
    pub now: Now,
    /// Where runs are kept.
    pub runs: RunStore,
    /// Where progress goes.
    pub talk: TalkSink,
    /// Cancelled when the operator interrupts.
    pub stop: CancellationToken,
    /// Where the random part of job names and run ids comes from.
    pub random: Arc<dyn Fn() -> u16 + Send + Sync>,
}

impl fmt::Debug for Context {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Context")
            .field("runs", &self.runs)
            .finish_non_exhaustive()
    }
}

impl Context {
    pub(crate) fn now(&self) -> Timestamp {
        (self.now)()
    }

    pub(crate) fn step(&self, text: impl Into<String>) {
        (self.talk)(Talk::Step(text.into()));
    }

    pub(crate) fn note(&self, text: impl Into<String>) {
        (self.talk)(Talk::Note(text.into()));
    }

    pub(crate) fn warn(&self, text: impl Into<String>) {
        (self.talk)(Talk::Warning(text.into()));
    }

    /// Shows the progress of a transfer called `what`.
    pub(crate) fn told(&self, what: String) -> Tell {
        let talk = Arc::clone(&self.talk);
        let done = Mutex::new((0, None));
        Arc::new(move |told| {
            let mut done = done.lock().unwrap_or_else(PoisonError::into_inner);
            match told {
                Told::Size(size) => done.1 = Some(size),
                Told::Bytes(bytes) | Told::Resumed(bytes) => done.0 += bytes,
                Told::Anew => done.0 = 0,
                Told::Note(text) => return talk(Talk::Note(text)),
            }
            talk(Talk::Bytes {
                what: what.clone(),
                done: done.0,
                total: done.1,
            });
        })
    }

    /// A number that no other run has.
    pub(crate) fn random(&self) -> u64 {
        (0..4).fold(0, |all, _| all << 16 | u64::from((self.random)()))
    }

    /// Carries `work` out unless the operator interrupts first.
    pub(crate) async fn unless_stopped<T>(
        &self,
        work: impl Future<Output = T>,
    ) -> Result<T, Failure> {
        tokio::select! {
            biased;
            () = self.stop.cancelled() => Err(Failure::new(Exit::Interrupted, "interrupted").open()),
            done = work => Ok(done),
        }
    }

    pub(crate) async fn wait(&self, time: Duration) -> Result<(), Failure> {
        self.unless_stopped(tokio::time::sleep(time)).await
    }
}
