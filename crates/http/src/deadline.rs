//! Waiting with an end.

use std::future::Future;
use std::time::Duration;

use tokio::time::{Instant, timeout_at};

/// Which patience ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Passed {
    Connect(Duration),
    FirstByte(Duration),
    Upload(Duration),
    Idle(Duration),
    Total,
}

impl Passed {
    /// The fact, as an error tells it.
    pub(crate) fn fact(self) -> String {
        match self {
            Self::Connect(limit) => format!("no connection within {limit:?}"),
            Self::FirstByte(limit) => format!("no answer within {limit:?}"),
            Self::Upload(limit) => format!("the server took nothing for {limit:?}"),
            Self::Idle(limit) => format!("nothing more of the answer came for {limit:?}"),
            Self::Total => "not finished within the time for the whole request".into(),
        }
    }
}

/// Waits for a future until `step` later, and never past the end of everything.
pub(crate) async fn within<T>(
    step: Duration,
    total: Option<Instant>,
    future: impl Future<Output = T>,
) -> Result<T, Passed> {
    let until = Instant::now() + step;
    match total.filter(|total| *total < until) {
        Some(total) => timeout_at(total, future).await.map_err(|_| Passed::Total),
        None => timeout_at(until, future)
            .await
            .map_err(|_| Passed::Idle(step)),
    }
}

#[cfg(test)]
mod tests {
    use std::future::pending;

    use super::*;

    #[tokio::test(start_paused = true)]
    async fn the_nearer_end_is_named() {
        let step = Duration::from_secs(60);
        let passed = within(step, None, pending::<()>()).await.unwrap_err();
        assert_eq!(passed, Passed::Idle(step));
        let total = Some(Instant::now() + Duration::from_secs(1));
        let passed = within(step, total, pending::<()>()).await.unwrap_err();
        assert_eq!(passed, Passed::Total);
        assert_eq!(within(step, total, async { 1 }).await, Ok(1));
    }
}
