//! Carries the parts of one transfer over as many connections as help.

use std::future::Future;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use futures_util::StreamExt as _;
use futures_util::stream::FuturesUnordered;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::{Instant, MissedTickBehavior, interval_at};

use crate::error::Error;
use crate::pace::{MOST, Pace};

/// How long is measured before more or fewer connections are used.
const WINDOW: Duration = Duration::from_millis(250);

/// A bound on connections, for all transfers that share it.
#[derive(Debug, Clone)]
pub struct Lanes(Arc<Semaphore>);

impl Lanes {
    /// At most so many connections at once; at least one.
    pub fn new(most: usize) -> Self {
        Self(Arc::new(Semaphore::new(most.max(1))))
    }

    /// Waits for a connection's turn.
    pub(crate) async fn enter(&self) -> Lane {
        // The semaphore is never closed.
        Lane(Arc::clone(&self.0).acquire_owned().await.ok())
    }

    fn try_enter(&self) -> Option<Lane> {
        let permit = Arc::clone(&self.0).try_acquire_owned().ok()?;
        Some(Lane(Some(permit)))
    }
}

impl Default for Lanes {
    fn default() -> Self {
        Self::new(MOST)
    }
}

/// The right to one connection, given back when it is dropped.
#[derive(Debug)]
pub(crate) struct Lane(
    #[expect(dead_code, reason = "held, not read")] Option<OwnedSemaphorePermit>,
);

/// Runs what `next` gives, several at once where that is faster, until it gives nothing more; `own` is the
/// first connection's lane. `next` is told whether its part is the only one.
///
/// A part that fails as unavailable while others go on is taken for a server that will not have so many at once: then
/// fewer go on, and what the part left undone is for `next` to give again. Any other failure ends all.
pub(crate) async fn drive<F>(
    lanes: &Lanes,
    own: Lane,
    moved: &AtomicU64,
    mut next: impl FnMut(bool) -> Option<F>,
) -> Result<(), Error>
where
    F: Future<Output = Result<(), Error>>,
{
    let mut permits = vec![own];
    let mut pace = Pace::default();
    let mut most = MOST;
    let mut running = FuturesUnordered::new();
    let mut ticks = interval_at(Instant::now() + WINDOW, WINDOW);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut since = (Instant::now(), moved.load(Ordering::Relaxed));
    loop {
        let wanted = pace.wanted().min(most);
        while running.len() < wanted {
            if running.len() == permits.len() {
                match lanes.try_enter() {
                    Some(permit) => permits.push(permit),
                    None => break,
                }
            }
            match next(wanted == 1) {
                Some(part) => running.push(part),
                None => break,
            }
        }
        let enough = running.len() >= wanted;
        permits.truncate(running.len().max(1));
        tokio::select! {
            ended = running.next() => match ended {
                None => return Ok(()),
                Some(Ok(())) => {}
                Some(Err(error)) if error.is_unavailable() && !running.is_empty() => {
                    most = running.len();
                }
                Some(Err(error)) => return Err(error),
            },
            now = ticks.tick() => {
                let all = moved.load(Ordering::Relaxed);
                if enough {
                    pace.measure(all - since.1, now - since.0);
                }
                since = (now, all);
            }
        }
    }
}
