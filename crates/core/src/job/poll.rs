//! How often a job is asked about, and how long.

use std::time::Duration;

/// The times of following a job. All are lengths of time on a clock that only goes on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PollPolicy {
    /// Before the first question.
    pub first: Duration,
    /// The shortest time between two questions.
    pub min: Duration,
    /// The longest time between two questions.
    pub max: Duration,
    /// How long the job may take at all. A real run of 27 minutes for a 29.7 MB archive is on record.
    pub deadline: Duration,
    /// How long "no such job" is borne for a job that exists.
    pub lost_job: Duration,
    /// How long the archive may take to appear once the job has COMPLETED (5 seconds were seen).
    pub archive: Duration,
    /// How long an archive must stay the same in the listing to count as finished.
    pub settle: Duration,
}

impl Default for PollPolicy {
    fn default() -> Self {
        Self {
            first: Duration::from_secs(10),
            min: Duration::from_secs(15),
            max: Duration::from_secs(60),
            deadline: Duration::from_secs(2 * 60 * 60),
            lost_job: Duration::from_secs(5 * 60),
            archive: Duration::from_secs(15 * 60),
            settle: Duration::from_secs(5),
        }
    }
}

impl PollPolicy {
    /// For an emulator in the same process, where a job takes a blink.
    pub fn fast() -> Self {
        Self {
            first: Duration::from_millis(20),
            min: Duration::from_millis(20),
            max: Duration::from_millis(100),
            lost_job: Duration::from_secs(2),
            archive: Duration::from_secs(5),
            settle: Duration::from_millis(30),
            ..Self::default()
        }
    }

    /// The time until the next question, `elapsed` after the start: a tenth of it, between `min` and `max`. It follows
    /// from the time alone, so a resumed run goes on at the pace that fits the job's age.
    pub(super) fn pace(&self, elapsed: Duration) -> Duration {
        (elapsed / 10).max(self.min).min(self.max)
    }
}
