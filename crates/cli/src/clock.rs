//! The only place that reads the wall clock.

use std::sync::Arc;

use jiff::Timestamp;

/// The wall clock as the libraries take it.
pub(crate) type Clock = Arc<dyn Fn() -> Timestamp + Send + Sync>;

/// The machine's clock.
pub(crate) fn system() -> Clock {
    #[expect(
        clippy::disallowed_methods,
        reason = "the one place that reads the wall clock"
    )]
    Arc::new(Timestamp::now)
}

/// To the second, as progress lines show it: `2026-05-14T21:28:31Z`.
pub(crate) fn to_second(time: Timestamp) -> String {
    time.strftime("%Y-%m-%dT%H:%M:%SZ").to_string()
}
