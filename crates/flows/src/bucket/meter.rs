//! Counts what moves, and says so now and then.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use ferry_swift::{Tell, Told};
use tokio::time::Instant;

use crate::{Context, Talk, TalkSink};

/// Progress is told no more often.
const PAUSE: Duration = Duration::from_millis(100);

/// The bytes of one command. Clones count together.
#[derive(Clone)]
pub(crate) struct Meter(Arc<Inner>);

struct Inner {
    talk: TalkSink,
    what: String,
    /// How many objects there are; one alone tells its size by itself.
    of: Option<u64>,
    total: AtomicU64,
    is_known: AtomicBool,
    moved: AtomicU64,
    done: AtomicU64,
    last: Mutex<Instant>,
}

impl Meter {
    /// For one object, which tells its size when it is known.
    pub(crate) fn of_one(context: &Context, what: impl Into<String>) -> Self {
        Self::new(context, what.into(), None, None)
    }

    /// For many, of so many bytes together.
    pub(crate) fn of_many(
        context: &Context,
        what: impl Into<String>,
        objects: u64,
        bytes: u64,
    ) -> Self {
        Self::new(context, what.into(), Some(objects), Some(bytes))
    }

    fn new(context: &Context, what: String, of: Option<u64>, total: Option<u64>) -> Self {
        Self(Arc::new(Inner {
            talk: Arc::clone(&context.talk),
            what,
            of,
            total: AtomicU64::new(total.unwrap_or_default()),
            is_known: AtomicBool::new(total.is_some()),
            moved: AtomicU64::new(0),
            done: AtomicU64::new(0),
            last: Mutex::new(Instant::now()),
        }))
    }

    /// Where one transfer tells how it goes.
    pub(crate) fn tell(&self) -> Tell {
        let meter = self.clone();
        // What this transfer counted: it may begin again.
        let own = AtomicU64::new(0);
        Arc::new(move |told| meter.on(told, &own))
    }

    /// So many objects are done.
    pub(crate) fn objects(&self, done: u64) {
        self.0.done.store(done, Ordering::Relaxed);
        self.show(self.0.of == Some(done));
    }

    /// The end of one object.
    pub(crate) fn ends(&self) {
        self.show(true);
    }

    fn on(&self, told: Told, own: &AtomicU64) {
        let inner = &self.0;
        match told {
            Told::Size(bytes) if inner.of.is_none() => {
                inner.total.store(bytes, Ordering::Relaxed);
                inner.is_known.store(true, Ordering::Relaxed);
            }
            Told::Size(_) => {}
            Told::Bytes(bytes) => {
                own.fetch_add(bytes, Ordering::Relaxed);
                inner.moved.fetch_add(bytes, Ordering::Relaxed);
                self.show(false);
            }
            Told::Resumed(bytes) => {
                own.fetch_add(bytes, Ordering::Relaxed);
                inner.moved.fetch_add(bytes, Ordering::Relaxed);
                if bytes > 0 {
                    let going_on = format!(
                        "{bytes} bytes are there from an earlier try: going on behind them"
                    );
                    (inner.talk)(Talk::Note(going_on));
                }
            }
            Told::Anew => {
                inner
                    .moved
                    .fetch_sub(own.swap(0, Ordering::Relaxed), Ordering::Relaxed);
            }
            Told::Note(text) => (inner.talk)(Talk::Note(text)),
        }
    }

    fn show(&self, at_once: bool) {
        let inner = &self.0;
        {
            let mut last = inner.last.lock().unwrap_or_else(PoisonError::into_inner);
            if !at_once && last.elapsed() < PAUSE {
                return;
            }
            *last = Instant::now();
        }
        let done = inner.moved.load(Ordering::Relaxed);
        let known = inner.is_known.load(Ordering::Relaxed);
        (inner.talk)(Talk::Bytes {
            what: inner.what.clone(),
            done,
            total: if at_once {
                Some(done)
            } else {
                known.then(|| inner.total.load(Ordering::Relaxed))
            },
            objects: inner.of.map(|of| (inner.done.load(Ordering::Relaxed), of)),
        });
    }
}

impl std::fmt::Debug for Meter {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Meter")
            .field("what", &self.0.what)
            .finish_non_exhaustive()
    }
}
