//! The time as a value.

use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};

/// A clock, as libraries take it.
pub type Now = Arc<dyn Fn() -> Timestamp + Send + Sync>;

/// The instant at which most tests happen: 2026-03-01T12:00:00Z.
pub const NOON: Timestamp = Timestamp::constant(1_772_366_400, 0);

/// A clock that stands still.
pub fn fixed(at: Timestamp) -> Now {
    Arc::new(move || at)
}

/// A clock that begins now at `start` and goes with tokio's time, paused or not.
///
/// # Panics
/// The clock does, where the time leaves the range of [`Timestamp`].
pub fn following(start: Timestamp) -> Now {
    let begin = tokio::time::Instant::now();
    Arc::new(move || {
        let gone =
            SignedDuration::try_from(begin.elapsed()).expect("a test ends before the range does");
        start
            .checked_add(gone)
            .expect("a test ends before the range does")
    })
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn noon_is_noon() {
        assert_eq!(fixed(NOON)().to_string(), "2026-03-01T12:00:00Z");
    }

    #[tokio::test(start_paused = true)]
    async fn it_goes_with_paused_time() {
        let now = following(NOON);
        tokio::time::sleep(Duration::from_secs(27 * 60)).await;
        assert_eq!(now().duration_since(NOON).as_secs(), 27 * 60);
    }
}
