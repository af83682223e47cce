//! Virtual time: the emulator's clock, which runs at a multiple of real time and can be moved.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};

/// Where the real time comes from: the emulator never reads a clock by itself.
pub(crate) type RealClock = Arc<dyn Fn() -> Timestamp + Send + Sync>;

/// Virtual time. It never runs backwards, even where the real clock does.
pub(crate) struct VirtualClock {
    real: RealClock,
    /// The real moment at which virtual time was `virtual_anchor`.
    real_anchor: Timestamp,
    virtual_anchor: Timestamp,
    speed: f64,
}

impl VirtualClock {
    /// A clock that shows `start` now and goes on from there; at speed 0 it stands still.
    pub(crate) fn new(real: RealClock, start: Timestamp, speed: f64) -> Self {
        let real_anchor = real();
        Self {
            real,
            real_anchor,
            virtual_anchor: start,
            speed: sane(speed),
        }
    }

    /// The virtual time.
    pub(crate) fn now(&self) -> Timestamp {
        let real = self.real_now().duration_since(self.real_anchor);
        let passed = real.max(SignedDuration::ZERO).as_secs_f64() * self.speed;
        let passed = SignedDuration::try_from_secs_f64(passed).unwrap_or(SignedDuration::MAX);
        self.virtual_anchor
            .saturating_add(passed)
            .unwrap_or(self.virtual_anchor)
    }

    /// The real time: what the lifetimes of tokens go by.
    pub(crate) fn real_now(&self) -> Timestamp {
        (self.real)()
    }

    /// Where the real time comes from.
    pub(crate) fn real(&self) -> RealClock {
        Arc::clone(&self.real)
    }

    /// Moves virtual time forward.
    pub(crate) fn advance(&mut self, by: Duration) {
        let by = SignedDuration::try_from(by).unwrap_or(SignedDuration::MAX);
        self.virtual_anchor = self
            .virtual_anchor
            .saturating_add(by)
            .unwrap_or(self.virtual_anchor);
    }

    /// Shows another time from now on, be it an earlier one.
    pub(crate) fn show(&mut self, at: Timestamp) {
        self.virtual_anchor = at;
        self.real_anchor = self.real_now();
    }

    /// How many virtual seconds pass in a real one.
    pub(crate) fn speed(&self) -> f64 {
        self.speed
    }

    /// Lets virtual time run at another multiple of real time from now on; 0 freezes it.
    pub(crate) fn set_speed(&mut self, speed: f64) {
        self.virtual_anchor = self.now();
        self.real_anchor = self.real_now().max(self.real_anchor);
        self.speed = sane(speed);
    }
}

/// A speed that can be computed with.
fn sane(speed: f64) -> f64 {
    if speed.is_finite() && speed > 0.0 {
        speed
    } else {
        0.0
    }
}

impl fmt::Debug for VirtualClock {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("VirtualClock")
            .field("now", &self.now())
            .field("speed", &self.speed)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Mutex;

    use super::*;

    fn hand_moved() -> (Arc<Mutex<Timestamp>>, RealClock) {
        let hand = Arc::new(Mutex::new(Timestamp::UNIX_EPOCH));
        let read = Arc::clone(&hand);
        (hand, Arc::new(move || *read.lock().unwrap()))
    }

    #[test]
    fn runs_at_its_speed_and_never_backwards() {
        let (hand, real) = hand_moved();
        let start = Timestamp::from_second(1_000).unwrap();
        let mut clock = VirtualClock::new(real, start, 10.0);
        *hand.lock().unwrap() = Timestamp::from_second(3).unwrap();
        assert_eq!(clock.now().as_second(), 1_030);
        clock.advance(Duration::from_secs(5));
        assert_eq!(clock.now().as_second(), 1_035);
        clock.set_speed(0.0);
        *hand.lock().unwrap() = Timestamp::from_second(9).unwrap();
        assert_eq!(clock.now().as_second(), 1_035);
        clock.set_speed(1.0);
        *hand.lock().unwrap() = Timestamp::from_second(2).unwrap();
        assert_eq!(clock.now().as_second(), 1_035);
    }

    #[test]
    fn absurd_speeds_and_steps_do_no_harm() {
        let (hand, real) = hand_moved();
        let mut clock = VirtualClock::new(real, Timestamp::UNIX_EPOCH, f64::NAN);
        *hand.lock().unwrap() = Timestamp::from_second(9).unwrap();
        assert_eq!(clock.now(), Timestamp::UNIX_EPOCH);
        clock.set_speed(1e300);
        *hand.lock().unwrap() = Timestamp::from_second(99).unwrap();
        let _ = clock.now();
        clock.advance(Duration::MAX);
        let _ = clock.now();
    }
}
