//! What the HTTP client says, as it comes.

use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

use ferry_http::Recorder;
use jiff::Timestamp;

use crate::Now;

/// Everything that went over the wire, in order. It holds secrets until it is made a transcript.
#[derive(Clone)]
pub struct Tape {
    now: Now,
    heard: Arc<Mutex<Vec<Heard>>>,
}

/// One exchange, and when its answer was read.
#[derive(Clone)]
pub(super) struct Heard {
    pub(super) at: Timestamp,
    pub(super) exchange: ferry_http::Exchange,
}

impl Tape {
    /// An empty tape.
    pub fn new(now: Now) -> Self {
        Self {
            now,
            heard: Arc::default(),
        }
    }

    /// What is given to the HTTP client.
    pub fn recorder(&self) -> Recorder {
        let (now, heard) = (self.now.clone(), Arc::clone(&self.heard));
        Arc::new(move |exchange| {
            let at = now();
            let mut heard = heard.lock().unwrap_or_else(PoisonError::into_inner);
            heard.push(Heard { at, exchange });
        })
    }

    pub(super) fn heard(&self) -> Vec<Heard> {
        let heard = self.heard.lock().unwrap_or_else(PoisonError::into_inner);
        heard.clone()
    }
}

impl fmt::Debug for Tape {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Tape")
            .field("exchanges", &self.heard().len())
            .finish()
    }
}
