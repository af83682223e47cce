//! How long to wait before the next attempt.

use std::time::Duration;

use fastrand::Rng;
use jiff::Timestamp;
use jiff::fmt::rfc2822::DateTimeParser;

use crate::config::RetryPolicy;

/// The waits of one send.
pub(crate) struct Backoff {
    policy: RetryPolicy,
    retries: u32,
    spent: Duration,
}

impl Backoff {
    pub(crate) fn new(policy: RetryPolicy) -> Self {
        Self {
            policy,
            retries: 0,
            spent: Duration::ZERO,
        }
    }

    /// How often the request was sent, the attempt under way included.
    pub(crate) fn attempts(&self) -> u32 {
        self.retries + 1
    }

    /// The wait before the next attempt; `None` when attempts or budget are used up. What the server asked for is
    /// waited out or, where the budget does not reach, not tried at all: coming back too early would only be refused.
    pub(crate) fn peek(&self, rng: &mut Rng, asked: Option<Duration>) -> Option<Duration> {
        if self.attempts() >= self.policy.attempts {
            return None;
        }
        let left = self.policy.budget.saturating_sub(self.spent);
        if asked.is_some_and(|asked| asked > left) {
            return None;
        }
        let ceiling = self
            .policy
            .base
            .saturating_mul(2u32.saturating_pow(self.retries))
            .min(self.policy.max);
        let jitter = ceiling.mul_f64(rng.f64());
        Some(jitter.max(asked.unwrap_or_default()).min(left))
    }

    /// Counts a wait that is waited out, and the attempt after it.
    pub(crate) fn take(&mut self, wait: Duration) {
        self.retries += 1;
        self.spent = self.spent.saturating_add(wait);
    }
}

/// Reads a `Retry-After`: seconds, or a date (RFC 9110, 10.2.3). A date that has passed is no wait.
pub(crate) fn retry_after(value: &str, now: Timestamp) -> Option<Duration> {
    let value = value.trim();
    if !value.is_empty() && value.bytes().all(|byte| byte.is_ascii_digit()) {
        // More digits than fit mean "not in this life", which no budget covers.
        return Some(Duration::from_secs(value.parse().unwrap_or(u64::MAX)));
    }
    let at = DateTimeParser::new().parse_timestamp(value).ok()?;
    Some(Duration::try_from(at.duration_since(now)).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use fastrand::Rng;
    use proptest::prelude::*;

    use super::*;

    fn policy() -> RetryPolicy {
        RetryPolicy::default()
    }

    #[test]
    fn retry_after_is_seconds_or_a_date() {
        let now: Timestamp = "2026-01-31T10:00:00Z".parse().unwrap();
        let seconds = |n| Some(Duration::from_secs(n));
        assert_eq!(retry_after("7", now), seconds(7));
        assert_eq!(retry_after(" 0 ", now), seconds(0));
        assert_eq!(
            retry_after("99999999999999999999999", now),
            seconds(u64::MAX)
        );
        assert_eq!(
            retry_after("Sat, 31 Jan 2026 10:00:30 GMT", now),
            seconds(30)
        );
        assert_eq!(
            retry_after("Sat, 31 Jan 2026 09:00:00 GMT", now),
            seconds(0)
        );
        for bad in ["", "soon", "-3", "1.5"] {
            assert_eq!(retry_after(bad, now), None, "{bad}");
        }
    }

    #[test]
    fn a_wait_that_was_asked_for_is_kept_or_not_begun() {
        let mut rng = Rng::with_seed(1);
        let mut backoff = Backoff::new(policy());
        let asked = Duration::from_secs(40);
        assert_eq!(backoff.peek(&mut rng, Some(asked)), Some(asked));
        backoff.take(asked);
        assert_eq!(backoff.peek(&mut rng, Some(asked)), None);
        assert_eq!(backoff.attempts(), 2);
        assert!(backoff.peek(&mut rng, None).is_some());
    }

    proptest! {
        #[test]
        fn waits_stay_within_ceiling_budget_and_count(
            seed: u64,
            attempts in 0u32..200,
            asked in proptest::collection::vec(proptest::option::of(0u64..90), 0..200),
        ) {
            let policy = RetryPolicy { attempts, ..policy() };
            let mut rng = Rng::with_seed(seed);
            let mut backoff = Backoff::new(policy);
            let mut sum = Duration::ZERO;
            for asked in asked {
                let asked = asked.map(Duration::from_secs);
                if let Some(wait) = backoff.peek(&mut rng, asked) {
                    backoff.take(wait);
                    sum += wait;
                    prop_assert!(wait >= asked.unwrap_or_default());
                    prop_assert!(wait <= policy.max.max(asked.unwrap_or_default()));
                }
            }
            prop_assert!(sum <= policy.budget);
            prop_assert!(backoff.attempts() <= attempts.max(1));
        }
    }
}
