//! Which rules a request meets, and which it nearly met.

use std::hash::{DefaultHasher, Hash as _, Hasher as _};

use jiff::{SignedDuration, Timestamp};
use serde::Serialize;

use super::{Action, Plan, Rule, Service, any};

/// The rules in force and what they have counted so far.
#[derive(Debug, Default)]
pub(crate) struct Faults {
    rules: Vec<Counted>,
    /// The emulator's seed.
    seed: u64,
    /// How many rules there were so far.
    added: u64,
}

/// A rule in force.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Counted {
    #[serde(flatten)]
    rule: Rule,
    /// How many requests it was about.
    matched: u64,
    /// How many of them met it.
    met: u64,
    #[serde(skip)]
    first: Option<Timestamp>,
    /// The second of the latest request, and how many there were in it.
    #[serde(skip)]
    latest: (i64, u64),
    /// Its own chance: what other rules and requests do changes nothing in it.
    #[serde(skip)]
    rng: fastrand::Rng,
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

/// Why a rule does not meet a request, the farthest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Miss {
    /// So many of its service, method and path are not those of the request.
    Other { conditions: usize },
    /// Its span is over.
    Over,
    /// It was met as often as it may be.
    Spent,
    /// Its first request is still to come.
    Early,
    /// There are not too many.
    Few,
    /// By chance.
    Chance,
}

impl Faults {
    /// These rules, none of them met yet.
    pub(crate) fn of(rules: &[Rule], seed: u64) -> Self {
        let mut faults = Self {
            seed,
            ..Self::default()
        };
        for rule in rules {
            faults.add(rule.clone());
        }
        faults
    }

    /// Adds a rule, behind those in force.
    pub(crate) fn add(&mut self, rule: Rule) {
        let mut hasher = DefaultHasher::new();
        (self.seed, self.added).hash(&mut hasher);
        self.added += 1;
        self.rules.push(Counted {
            rule,
            matched: 0,
            met: 0,
            first: None,
            latest: (0, 0),
            rng: fastrand::Rng::with_seed(hasher.finish()),
        });
    }

    /// Whether there is no rule.
    pub(crate) fn is_empty(&self) -> bool {
        self.rules.is_empty()
    }

    /// The rules in force.
    pub(crate) fn all(&self) -> &[Counted] {
        &self.rules
    }

    /// Drops every rule.
    pub(crate) fn clear(&mut self) {
        self.rules.clear();
    }

    /// Counts the request, and says what goes wrong with it.
    pub(crate) fn plan(&mut self, subject: Subject<'_>, now: Timestamp) -> Plan {
        let mut plan = Plan::default();
        let mut met = false;
        let mut nearest: Option<(Miss, usize)> = None;
        for (at, counted) in self.rules.iter_mut().enumerate() {
            match counted.meets(subject, now) {
                Ok(()) => {
                    met = true;
                    match &counted.rule.action {
                        Action::Any => plan.add(&any::action(&mut counted.rng)),
                        action => plan.add(action),
                    }
                }
                Err(miss) => {
                    if nearest.is_none_or(|(best, _)| best.nearness() < miss.nearness()) {
                        nearest = Some((miss, at));
                    }
                }
            }
        }
        if let Some((miss, at)) = nearest.filter(|_| !met)
            && let Some(counted) = self.rules.get(at)
        {
            plan.near = Some(counted.missed(miss, at + 1, subject));
        }
        plan
    }
}

impl Miss {
    /// The larger, the nearer.
    fn nearness(self) -> usize {
        match self {
            // Three conditions are all that there are.
            Self::Other { conditions } => 3_usize.saturating_sub(conditions),
            Self::Over => 3,
            Self::Spent => 4,
            Self::Early => 5,
            Self::Few => 6,
            Self::Chance => 7,
        }
    }
}

impl Counted {
    fn meets(&mut self, subject: Subject<'_>, now: Timestamp) -> Result<(), Miss> {
        let conditions = self.others(subject).count();
        if conditions > 0 {
            return Err(Miss::Other { conditions });
        }
        let rule = &self.rule;
        self.matched += 1;
        let first = *self.first.get_or_insert(now);
        let within = rule.during_seconds.is_none_or(|seconds| {
            let span = SignedDuration::from_secs(i64::try_from(seconds).unwrap_or(i64::MAX));
            now.duration_since(first) < span
        });
        if !within {
            return Err(Miss::Over);
        }
        if self.matched < rule.from.unwrap_or(1) {
            return Err(Miss::Early);
        }
        if rule.times.is_some_and(|times| self.met >= times) {
            return Err(Miss::Spent);
        }
        if let Action::Throttle { per_second } = rule.action {
            let (second, count) = self.latest;
            let count = if second == now.as_second() { count } else { 0 };
            self.latest = (now.as_second(), count + 1);
            if count < per_second {
                return Err(Miss::Few);
            }
        }
        if rule.one_in.is_some_and(|n| self.rng.u32(..n.max(1)) != 0) {
            return Err(Miss::Chance);
        }
        self.met += 1;
        Ok(())
    }

    /// What of the rule is not so in the request.
    fn others(&self, subject: Subject<'_>) -> impl Iterator<Item = String> {
        let Rule {
            service,
            method,
            path,
            ..
        } = &self.rule;
        let service = service.filter(|service| subject.service != Some(*service));
        let method = method
            .as_deref()
            .filter(|method| !method.eq_ignore_ascii_case(subject.method));
        let path = path
            .as_deref()
            .filter(|part| !subject.target.contains(part));
        [
            service.map(|service| format!("the service is not {service}")),
            method.map(|method| format!("the method is not {method}")),
            path.map(|part| format!("the path holds no {part}")),
        ]
        .into_iter()
        .flatten()
    }

    /// A miss in words.
    fn missed(&self, miss: Miss, number: usize, subject: Subject<'_>) -> String {
        let why = match miss {
            Miss::Other { .. } => self.others(subject).collect::<Vec<_>>().join(", "),
            Miss::Over => "its span is over".to_owned(),
            Miss::Spent => format!("it was met {} times already", self.met),
            Miss::Early => format!(
                "it begins with request {} of its kind, and this is request {}",
                self.rule.from.unwrap_or(1),
                self.matched
            ),
            Miss::Few => "there are not too many in this second".to_owned(),
            Miss::Chance => "chance had it so".to_owned(),
        };
        format!("rule {number}: {why}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fault::Way;

    fn count(rule: Rule, at: &[i64]) -> Vec<bool> {
        let mut faults = Faults::default();
        faults.add(rule);
        let subject = Subject {
            service: Some(Service::Store),
            method: "GET",
            target: "/v1/acme/ferry",
        };
        at.iter()
            .map(|second| {
                let now = Timestamp::from_second(*second).unwrap();
                faults.plan(subject, now).reset
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
        let rule: Rule =
            serde_json::from_str(r#"{"action":{"slow":{"bytes-per-second":9}}}"#).unwrap();
        let slow = Action::Slow {
            bytes_per_second: 9,
        };
        assert_eq!(rule.action, slow);
        let rule: Rule = serde_json::from_str(r#"{"action":{"job":{"state":"RUNNING"}}}"#).unwrap();
        assert!(matches!(rule.action, Action::Job(end) if end.state == "RUNNING"));
        assert!(serde_json::from_str::<Rule>(r#"{"action":"reset","form":2}"#).is_err());
        for (text, way) in [("{}", Way::Down), (r#"{"way":"up"}"#, Way::Up)] {
            let text = format!(r#"{{"action":{{"corrupt":{text}}}}}"#);
            let rule: Rule = serde_json::from_str(&text).unwrap();
            assert_eq!(rule.action, Action::Corrupt { way });
        }
    }

    #[test]
    fn too_many_are_those_beyond_the_rate_of_a_second() {
        let rule = Rule {
            times: Some(3),
            ..Rule::new(Action::Throttle { per_second: 2 })
        };
        let mut faults = Faults::of(&[rule], 0);
        let subject = Subject {
            service: Some(Service::Store),
            method: "GET",
            target: "/v1/acme/ferry",
        };
        let refused = [1, 1, 1, 1, 2, 2, 2, 2].map(|second| {
            let now = Timestamp::from_second(second).unwrap();
            let plan = faults.plan(subject, now);
            (plan.status.is_some(), plan.near)
        });
        let expected = [false, false, true, true, false, false, true, false];
        assert_eq!(refused.clone().map(|it| it.0), expected);
        let [few, .., spent] = refused.map(|it| it.1.unwrap_or_default());
        assert!(few.ends_with("not too many in this second"), "{few}");
        assert!(spent.ends_with("met 3 times already"), "{spent}");
    }

    #[test]
    fn the_nearest_rule_and_why_it_was_not_met_are_told() {
        let rule = |method: &str, path: &str| Rule {
            method: Some(method.to_owned()),
            path: Some(path.to_owned()),
            ..Rule::new(Action::Reset)
        };
        let near = |rules: &[Rule]| {
            let mut faults = Faults::of(rules, 1);
            let subject = Subject {
                service: Some(Service::Store),
                method: "GET",
                target: "/v1/acme/ferry",
            };
            faults.plan(subject, Timestamp::UNIX_EPOCH).near
        };
        let told = near(&[rule("PUT", "/v2/"), rule("PUT", "/v1/")]);
        assert_eq!(told.as_deref(), Some("rule 2: the method is not PUT"));
        let later = Rule {
            from: Some(3),
            ..rule("GET", "/v1/")
        };
        let told = near(&[rule("PUT", "/v1/"), later]).unwrap();
        assert!(
            told.starts_with("rule 2: it begins with request 3"),
            "{told}"
        );
        assert_eq!(near(&[rule("GET", "/v1/"), rule("PUT", "/v1/")]), None);
        assert_eq!(near(&[]), None);
    }

    #[test]
    fn any_fault_is_one_of_several_and_the_same_by_the_same_seed() {
        let drawn = |seed| {
            let mut rng = fastrand::Rng::with_seed(seed);
            let drawn: Vec<Action> = (0..60).map(|_| any::action(&mut rng)).collect();
            drawn
        };
        assert_eq!(drawn(1), drawn(1));
        let kinds = drawn(1);
        assert!(kinds.contains(&Action::Reset) && kinds.contains(&Action::LoseAnswer));
        assert!(!kinds.contains(&Action::Any));
    }
}
