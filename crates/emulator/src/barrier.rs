//! Barriers: a request stops before or after it is carried out, until it is released.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use serde::{Deserialize, Serialize};
use tokio::sync::watch;

/// Where a request stops.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Side {
    /// It is received; nothing is done yet.
    Before,
    /// It is carried out; the answer is not sent yet.
    After,
}

/// How far a barrier's request is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
enum Progress {
    Awaited,
    Reached,
    Released,
}

/// A barrier. Dropping the handle releases nothing.
///
/// When the client's connection ends while a request is stopped before it is carried out, it never will be.
#[derive(Debug, Clone)]
pub struct Barrier {
    progress: Arc<watch::Sender<Progress>>,
}

impl Barrier {
    fn new() -> Self {
        Self {
            progress: Arc::new(watch::Sender::new(Progress::Awaited)),
        }
    }

    /// Waits until the request is there.
    pub async fn reached(&self) {
        self.wait(|progress| progress != Progress::Awaited).await;
    }

    /// Lets the request go on; one that is still to come will not stop.
    pub fn release(&self) {
        self.progress.send_replace(Progress::Released);
    }

    async fn wait(&self, ready: impl Fn(Progress) -> bool) {
        // Fails only when the sender is gone, and that lives in `self`.
        let _ = self
            .progress
            .subscribe()
            .wait_for(|progress| ready(*progress))
            .await;
    }

    async fn stop(&self) {
        self.progress.send_if_modified(|progress| {
            let first = *progress == Progress::Awaited;
            if first {
                *progress = Progress::Reached;
            }
            first
        });
        self.wait(|progress| progress == Progress::Released).await;
    }
}

/// Every barrier, and which request each is for.
#[derive(Debug, Default)]
pub(crate) struct Barriers {
    table: Mutex<Vec<(u64, Side, Barrier)>>,
    named: Mutex<BTreeMap<u64, Named>>,
}

/// A barrier that has a number.
#[derive(Debug)]
struct Named {
    nth: u64,
    side: Side,
    barrier: Barrier,
}

/// A barrier as the controls show it.
#[derive(Debug, Serialize)]
pub(crate) struct Shown {
    id: u64,
    nth: u64,
    side: Side,
    progress: Progress,
}

impl Barriers {
    /// Sets a barrier for the nth request, counted from 1.
    pub(crate) fn set(&self, nth: u64, side: Side) -> Barrier {
        let barrier = Barrier::new();
        lock(&self.table).push((nth, side, barrier.clone()));
        barrier
    }

    /// Sets a barrier that is asked for by number.
    pub(crate) fn set_named(&self, nth: u64, side: Side) -> u64 {
        let barrier = self.set(nth, side);
        let mut named = lock(&self.named);
        let id = named.len() as u64 + 1;
        named.insert(id, Named { nth, side, barrier });
        id
    }

    /// The barrier of this number.
    pub(crate) fn named(&self, id: u64) -> Option<Barrier> {
        let named = lock(&self.named);
        named.get(&id).map(|named| named.barrier.clone())
    }

    /// Those that have a number.
    pub(crate) fn shown(&self) -> Vec<Shown> {
        let named = lock(&self.named);
        let shown = named.iter().map(|(id, named)| Shown {
            id: *id,
            nth: named.nth,
            side: named.side,
            progress: *named.barrier.progress.borrow(),
        });
        shown.collect()
    }

    /// Releases and forgets all.
    pub(crate) fn clear(&self) {
        lock(&self.table).clear();
        for named in std::mem::take(&mut *lock(&self.named)).into_values() {
            named.barrier.release();
        }
    }

    /// Stops where a barrier is set for this request and side.
    pub(crate) async fn pass(&self, nth: u64, side: Side) {
        let mine: Vec<Barrier> = {
            let mut table = lock(&self.table);
            table
                .extract_if(.., |(at, on, _)| *at == nth && *on == side)
                .map(|(_, _, barrier)| barrier)
                .collect()
        };
        for barrier in mine {
            barrier.stop().await;
        }
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn stops_one_request_on_one_side() {
        let barriers = Arc::new(Barriers::default());
        let barrier = barriers.set(2, Side::After);
        barriers.pass(1, Side::After).await;
        barriers.pass(2, Side::Before).await;
        let stopped = tokio::spawn({
            let barriers = Arc::clone(&barriers);
            async move { barriers.pass(2, Side::After).await }
        });
        barrier.reached().await;
        assert!(!stopped.is_finished());
        barrier.release();
        stopped.await.unwrap();
    }

    #[tokio::test]
    async fn one_released_early_does_not_stop() {
        let barriers = Barriers::default();
        let id = barriers.set_named(1, Side::Before);
        barriers.named(id).unwrap().release();
        barriers.pass(1, Side::Before).await;
        assert!(barriers.named(id + 1).is_none());
    }
}
