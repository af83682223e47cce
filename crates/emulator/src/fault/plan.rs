//! Which faults a request meets.

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};

use super::{Action, Rule, Service};

/// The rules in force and what they have counted so far.
#[derive(Debug, Default)]
pub(crate) struct Faults {
    rules: Vec<Counted>,
}

#[derive(Debug)]
struct Counted {
    rule: Rule,
    matched: u64,
    met: u64,
    first: Option<Timestamp>,
}

/// A request, as rules see it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Subject<'a> {
    /// The service asked; none for paths of no service.
    pub(crate) service: Option<Service>,
    /// The method.
    pub(crate) method: &'a str,
    /// The raw path with its query.
    pub(crate) target: &'a str,
}

/// What goes wrong with one request. Where several rules name the same fault, the first counts; delays add up.
#[derive(Debug, Default)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "independent faults, each of which may be there"
)]
pub(crate) struct Plan {
    /// Wait before carrying the request out.
    pub(crate) delay: Duration,
    /// Answer with this instead.
    pub(crate) status: Option<Action>,
    /// Reset the connection.
    pub(crate) reset: bool,
    /// End the answer's body after so many bytes.
    pub(crate) cut: Option<u64>,
    /// Damage the answer's body.
    pub(crate) corrupt: bool,
    /// A listing that is not true.
    pub(crate) listing: Option<ListingFault>,
    /// Carry out, then give no answer.
    pub(crate) lose: bool,
    /// Invalidate every token first.
    pub(crate) expire_tokens: bool,
}

/// A listing that is not true.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ListingFault {
    /// Nothing is listed.
    Empty,
    /// As so many virtual seconds ago.
    Stale(u64),
}

impl Faults {
    /// Adds a rule, behind those in force.
    pub(crate) fn add(&mut self, rule: Rule) {
        self.rules.push(Counted {
            rule,
            matched: 0,
            met: 0,
            first: None,
        });
    }

    /// Whether there is no rule.
    pub(crate) fn is_empty(&self) -> bool {
        self.rules.is_empty()
    }

    /// Drops every rule.
    pub(crate) fn clear(&mut self) {
        self.rules.clear();
    }

    /// Counts the request, and says what goes wrong with it.
    pub(crate) fn plan(
        &mut self,
        subject: Subject<'_>,
        now: Timestamp,
        rng: &mut fastrand::Rng,
    ) -> Plan {
        let mut plan = Plan::default();
        for counted in &mut self.rules {
            if counted.fires(subject, now, rng) {
                plan.add(&counted.rule.action);
            }
        }
        plan
    }
}

impl Counted {
    fn fires(&mut self, subject: Subject<'_>, now: Timestamp, rng: &mut fastrand::Rng) -> bool {
        let rule = &self.rule;
        let matches = rule
            .service
            .is_none_or(|service| subject.service == Some(service))
            && rule
                .method
                .as_deref()
                .is_none_or(|method| method.eq_ignore_ascii_case(subject.method))
            && rule
                .path
                .as_deref()
                .is_none_or(|part| subject.target.contains(part));
        if !matches {
            return false;
        }
        self.matched += 1;
        let first = *self.first.get_or_insert(now);
        let within = rule.during_seconds.is_none_or(|seconds| {
            let span = SignedDuration::from_secs(i64::try_from(seconds).unwrap_or(i64::MAX));
            now.duration_since(first) < span
        });
        let fires = within
            && self.matched >= rule.from.unwrap_or(1)
            && rule.times.is_none_or(|times| self.met < times)
            && rule.one_in.is_none_or(|n| rng.u32(..n.max(1)) == 0);
        self.met += u64::from(fires);
        fires
    }
}

impl Plan {
    fn add(&mut self, action: &Action) {
        match action {
            Action::Status { .. } => {
                self.status.get_or_insert_with(|| action.clone());
            }
            Action::Delay { ms } => {
                self.delay = self.delay.saturating_add(Duration::from_millis(*ms));
            }
            Action::Reset => self.reset = true,
            Action::Cut { after } => {
                self.cut.get_or_insert(*after);
            }
            Action::CorruptBody => self.corrupt = true,
            Action::EmptyListing => {
                self.listing.get_or_insert(ListingFault::Empty);
            }
            Action::StaleListing { seconds } => {
                self.listing.get_or_insert(ListingFault::Stale(*seconds));
            }
            Action::LoseAnswer => self.lose = true,
            Action::ExpireTokens => self.expire_tokens = true,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn count(rule: Rule, at: &[i64]) -> Vec<bool> {
        let mut faults = Faults::default();
        faults.add(rule);
        let subject = Subject {
            service: Some(Service::Store),
            method: "GET",
            target: "/v1/acme/ferry",
        };
        let mut rng = fastrand::Rng::with_seed(1);
        at.iter()
            .map(|second| {
                let now = Timestamp::from_second(*second).unwrap();
                faults.plan(subject, now, &mut rng).reset
            })
            .collect()
    }

    #[test]
    fn counts_from_the_nth_and_so_many_times() {
        let rule = Rule {
            from: Some(2),
            times: Some(2),
            ..Rule::new(Action::Reset)
        };
        assert_eq!(count(rule, &[0; 5]), [false, true, true, false, false]);
    }

    #[test]
    fn a_span_begins_with_the_first_match() {
        let rule = Rule {
            during_seconds: Some(10),
            ..Rule::new(Action::Reset)
        };
        assert_eq!(
            count(rule, &[100, 109, 110, 105]),
            [true, true, false, true]
        );
    }

    #[test]
    fn other_requests_are_not_counted() {
        for rule in [
            Rule {
                service: Some(Service::Oic),
                ..Rule::new(Action::Reset)
            },
            Rule {
                method: Some("put".to_owned()),
                ..Rule::new(Action::Reset)
            },
            Rule {
                path: Some("/v2/".to_owned()),
                ..Rule::new(Action::Reset)
            },
        ] {
            assert_eq!(count(rule, &[0]), [false]);
        }
        let rule = Rule {
            method: Some("get".to_owned()),
            path: Some("ferry".to_owned()),
            ..Rule::new(Action::Reset)
        };
        assert_eq!(count(rule, &[0]), [true]);
    }

    #[test]
    fn chance_comes_from_the_seed() {
        let rule = || Rule {
            one_in: Some(3),
            ..Rule::new(Action::Reset)
        };
        let met = count(rule(), &[0; 60]);
        assert_eq!(met, count(rule(), &[0; 60]));
        assert!(met.contains(&true) && met.contains(&false));
    }

    #[test]
    fn rules_read_from_json() {
        let rule: Rule = serde_json::from_str(
            r#"{"service":"store","from":2,"action":{"status":{"code":503}}}"#,
        )
        .unwrap();
        assert_eq!(rule.from, Some(2));
        let rule: Rule = serde_json::from_str(r#"{"action":"lose-answer"}"#).unwrap();
        assert_eq!(rule.action, Action::LoseAnswer);
        assert!(serde_json::from_str::<Rule>(r#"{"action":"reset","form":2}"#).is_err());
    }
}
