//! The request journal: what came, what was answered, and why it was refused.

use std::collections::VecDeque;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::fault::Service;

/// How many requests are remembered.
const CAPACITY: usize = 10_000;

/// How many characters of a target, a method or a refusal are.
const LONGEST: usize = 1024;

/// A request. Bodies and credentials are not recorded.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Recorded {
    /// Which request it was, counted from 1.
    pub nth: u64,
    /// When it came, in virtual time.
    pub at: Timestamp,
    /// The service asked; none for paths of no service.
    pub service: Option<Service>,
    /// The method.
    pub method: String,
    /// The raw path and query; values that may be secret are `***`.
    pub target: String,
    /// The status of the answer; none while there is none, or when none was sent.
    pub status: Option<u16>,
    /// Why it was refused, or what was done to it on purpose.
    pub refusal: Option<String>,
    /// Where faults are in force and it met none: the nearest rule, and why it was not met.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub near: Option<String>,
}

/// How a request ended, as its record tells.
#[derive(Debug, Default)]
pub(crate) struct End {
    pub(crate) status: Option<u16>,
    pub(crate) refusal: Option<String>,
    pub(crate) near: Option<String>,
}

/// The latest requests.
#[derive(Debug, Default)]
pub(crate) struct Journal {
    records: VecDeque<Recorded>,
    /// How many came so far.
    count: u64,
}

impl Journal {
    /// Notes that a request came, and numbers it.
    pub(crate) fn arrived(&mut self, record: Recorded) -> u64 {
        if self.records.len() == CAPACITY {
            self.records.pop_front();
        }
        self.count += 1;
        let nth = self.count;
        self.records.push_back(Recorded {
            nth,
            method: short(record.method),
            target: short(record.target),
            ..record
        });
        nth
    }

    /// How many requests came so far.
    pub(crate) fn count(&self) -> u64 {
        self.count
    }

    /// Notes how it ended.
    pub(crate) fn ended(&mut self, nth: u64, end: End) {
        // The numbers are those of the places, without a gap.
        let first = self.records.front().map_or(nth, |record| record.nth);
        let place = nth.checked_sub(first).map(usize::try_from);
        if let Some(Ok(place)) = place
            && let Some(record) = self.records.get_mut(place)
        {
            record.status = end.status;
            record.refusal = end.refusal.map(short);
            record.near = end.near.map(short);
        }
    }

    /// Forgets all, and counts from 1 again.
    pub(crate) fn clear(&mut self) {
        *self = Self::default();
    }

    /// What is remembered, oldest first. Secrets in targets are masked here, and not on the way in: of thousands of
    /// requests few are ever looked at.
    pub(crate) fn all(&self) -> Vec<Recorded> {
        let told = |record: &Recorded| Recorded {
            target: redacted(&record.target),
            ..record.clone()
        };
        self.records.iter().map(told).collect()
    }
}

/// A text that is not too long to be remembered ten thousand times.
fn short(text: String) -> String {
    if text.len() <= LONGEST {
        return text;
    }
    text.chars().take(LONGEST).chain(['…']).collect()
}

/// A target whose query shows no secrets.
fn redacted(target: &str) -> String {
    let Some((path, query)) = target.split_once('?') else {
        return target.to_owned();
    };
    let pairs: Vec<String> = query
        .split('&')
        .map(|pair| match pair.split_once('=') {
            Some((key, _)) if secret(key) => format!("{key}=***"),
            _ => pair.to_owned(),
        })
        .collect();
    format!("{path}?{}", pairs.join("&"))
}

fn secret(key: &str) -> bool {
    let key = key.to_ascii_lowercase();
    [
        "pass",
        "token",
        "secret",
        "assertion",
        "sig",
        "key",
        "auth",
        "code",
    ]
    .iter()
    .any(|word| key.contains(word))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shows_no_secrets_and_keeps_the_rest() {
        let target = redacted("/x?limit=1&access_token=abc&q=%7B&flag");
        assert_eq!(target, "/x?limit=1&access_token=***&q=%7B&flag");
        assert_eq!(redacted("/x"), "/x");
    }

    #[test]
    fn is_bounded() {
        let mut journal = Journal::default();
        for _ in 0..CAPACITY + 5 {
            journal.arrived(Recorded {
                nth: 0,
                at: Timestamp::UNIX_EPOCH,
                service: None,
                method: "GET".to_owned(),
                target: "/".to_owned(),
                status: None,
                refusal: None,
                near: None,
            });
        }
        let ok = || End {
            status: Some(200),
            ..End::default()
        };
        journal.ended(3, ok());
        journal.ended(7, ok());
        assert_eq!(journal.count(), CAPACITY as u64 + 5);
        let long = End {
            refusal: Some("ä".repeat(5_000)),
            ..End::default()
        };
        journal.ended(8, long);
        let all = journal.all();
        let refusal = all[2].refusal.as_deref().unwrap();
        assert_eq!(refusal.chars().count(), LONGEST + 1);
        assert_eq!(
            (all.len(), all[0].nth, all[1].status),
            (CAPACITY, 6, Some(200))
        );
    }
}
