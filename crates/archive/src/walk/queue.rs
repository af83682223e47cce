//! Work for several threads: what was found last is done first, so that few zips are open at a time.

use std::sync::{Condvar, Mutex, PoisonError};

#[derive(Debug)]
pub(crate) struct Queue<T> {
    state: Mutex<State<T>>,
    changed: Condvar,
}

#[derive(Debug)]
struct State<T> {
    waiting: Vec<T>,
    /// Given out and not done: may still bring more.
    working: usize,
    stopped: bool,
}

impl<T> Queue<T> {
    pub(crate) fn new(waiting: Vec<T>) -> Self {
        let state = State {
            waiting,
            working: 0,
            stopped: false,
        };
        Self {
            state: Mutex::new(state),
            changed: Condvar::new(),
        }
    }

    /// The next piece of work; `None` when all is done, or the work was stopped.
    pub(crate) fn take(&self) -> Option<Piece<'_, T>> {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        loop {
            if state.stopped {
                return None;
            }
            if let Some(next) = state.waiting.pop() {
                state.working += 1;
                return Some(Piece {
                    work: next,
                    queue: self,
                    done: false,
                });
            }
            if state.working == 0 {
                return None;
            }
            state = self
                .changed
                .wait(state)
                .unwrap_or_else(PoisonError::into_inner);
        }
    }

    /// Nothing more is given out.
    pub(crate) fn stop(&self) {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        state.stopped = true;
        self.changed.notify_all();
    }
}

/// A piece of work that was given out. One that is dropped before it is done, by an error or a panic, stops all work:
/// the other threads would wait for what it brings.
#[derive(Debug)]
pub(crate) struct Piece<'a, T> {
    pub(crate) work: T,
    queue: &'a Queue<T>,
    done: bool,
}

impl<T> Piece<'_, T> {
    /// It is done, and brought more.
    pub(crate) fn done(mut self, more: Vec<T>) {
        self.done = true;
        let mut state = self
            .queue
            .state
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        state.waiting.extend(more);
        state.working = state.working.saturating_sub(1);
        self.queue.changed.notify_all();
    }
}

impl<T> Drop for Piece<'_, T> {
    fn drop(&mut self) {
        if !self.done {
            self.queue.stop();
        }
    }
}
