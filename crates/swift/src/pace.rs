//! How many connections a transfer uses: as many as make it faster.

use std::time::Duration;

/// No more connections than this, however long the line.
pub(crate) const MOST: usize = 16;

/// Twice the connections must bring at least so many percent of the bytes that half of them bring, or they stay half.
const GAIN: u128 = 150;

/// Begins with one connection and doubles them as long as that helps. On a short line one connection uses all there is, and
/// the second try is soon taken back; on a long one each connection is bound by the line's delay, and all add up.
#[derive(Debug)]
pub(crate) struct Pace {
    wanted: usize,
    /// Bytes a second with half the connections.
    before: Option<u128>,
    /// Connections have just been added: they are getting going.
    warming: bool,
    settled: bool,
}

impl Default for Pace {
    fn default() -> Self {
        Self {
            wanted: 1,
            before: None,
            warming: true,
            settled: false,
        }
    }
}

impl Pace {
    /// How many connections are wanted now.
    pub(crate) fn wanted(&self) -> usize {
        self.wanted
    }

    /// Takes what moved in a stretch of time in which as many connections worked as were wanted.
    pub(crate) fn measure(&mut self, bytes: u64, over: Duration) {
        if self.settled {
            return;
        }
        if self.warming {
            self.warming = bytes == 0;
            return;
        }
        let rate = u128::from(bytes) * 1_000_000 / over.as_micros().max(1);
        if self.before.is_some_and(|before| rate * 100 < before * GAIN) {
            self.wanted /= 2;
            self.settled = true;
        } else if self.wanted == MOST {
            self.settled = true;
        } else {
            self.before = Some(rate);
            self.wanted *= 2;
            self.warming = true;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const WINDOW: Duration = Duration::from_millis(250);

    fn settles(rate: impl Fn(usize) -> u64) -> (usize, usize) {
        let mut pace = Pace::default();
        let mut windows = 0;
        while !pace.settled {
            pace.measure(rate(pace.wanted()), WINDOW);
            windows += 1;
        }
        (pace.wanted(), windows)
    }

    #[test]
    fn a_short_line_keeps_one_connection() {
        assert_eq!(settles(|_| 75_000_000), (1, 4));
        assert_eq!(
            settles(|lanes| 60_000_000 + 9_000_000 * lanes as u64),
            (1, 4)
        );
    }

    #[test]
    fn a_long_line_gets_them_all() {
        assert_eq!(settles(|lanes| 5_000_000 * lanes as u64), (MOST, 10));
    }

    #[test]
    fn a_line_that_fills_up_keeps_what_filled_it() {
        assert_eq!(settles(|lanes| 5_000_000 * lanes.min(4) as u64).0, 4);
    }

    #[test]
    fn nothing_is_concluded_from_silence() {
        let mut pace = Pace::default();
        (0..40).for_each(|_| pace.measure(0, WINDOW));
        assert_eq!((pace.wanted(), pace.settled), (1, false));
    }
}
