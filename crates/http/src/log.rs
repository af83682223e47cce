//! One redacted line per attempt, for whoever wants to follow what goes over the wire.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

/// What gets the lines.
pub type Log = Arc<dyn Fn(&LogLine) + Send + Sync>;

/// What became of one attempt.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LogLine {
    /// The method.
    pub method: String,
    /// The target, as in [`Evidence::target`](crate::Evidence::target).
    pub target: String,
    /// 1 for the first attempt.
    pub attempt: u32,
    /// The status (`200 OK`), or what went wrong.
    pub outcome: String,
    /// How long this attempt took, to the head of the answer.
    pub elapsed: Duration,
    /// The wait before the next attempt, where one follows.
    pub retry_in: Option<Duration>,
    /// The server's own id of the request, as in [`Evidence::request_id`](crate::Evidence::request_id).
    pub request_id: Option<String>,
}

impl fmt::Display for LogLine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.method, self.target)?;
        if self.attempt > 1 {
            write!(f, " (attempt {})", self.attempt)?;
        }
        write!(f, ": {} in {} ms", self.outcome, self.elapsed.as_millis())?;
        if let Some(wait) = self.retry_in {
            write!(f, ", again in {} ms", wait.as_millis())?;
        }
        Ok(())
    }
}
