//! When a plan may be carried out.

use std::fmt;

use jiff::{SignedDuration, Timestamp};

use super::saved::Saved;
use super::value::Plan;
use crate::window::Window;

/// The rails of an environment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rails {
    /// How long an approval holds, from the time that the plan was made.
    pub approval_hours: u32,
    /// Outside of all of these nothing is changed; where there is none, at any time.
    pub windows: Vec<Window>,
}

impl Default for Rails {
    fn default() -> Self {
        Self {
            approval_hours: 24,
            windows: Vec::new(),
        }
    }
}

/// What becomes of what is live today and would be touched.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Choice {
    /// It is stopped, and made live again afterwards.
    Stop,
    /// Nothing is done.
    Abort,
}

/// Why nothing is done although the plan is right.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Stopped {
    /// So the operator said, or so it is where the target is protected and nothing was said.
    Aborted,
    /// Somebody has to choose.
    Undecided,
}

/// Why an approval does not hold.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Unapproved {
    /// There is none.
    None,
    /// It names another plan.
    Other,
    /// It was made too long ago.
    Expired {
        /// When it ended.
        at: Timestamp,
    },
}

impl Rails {
    /// Whether something may be changed at this moment.
    pub fn is_open(&self, now: Timestamp) -> bool {
        self.windows.is_empty() || self.windows.iter().any(|window| window.contains(now))
    }

    /// Whether a plan is approved by this fingerprint at this moment.
    pub fn approved(
        &self,
        saved: &Saved,
        fingerprint: Option<&str>,
        now: Timestamp,
    ) -> Result<(), Unapproved> {
        let fingerprint = fingerprint.ok_or(Unapproved::None)?;
        if fingerprint != saved.fingerprint {
            return Err(Unapproved::Other);
        }
        let at = saved
            .made
            .saturating_add(SignedDuration::from_hours(i64::from(self.approval_hours)))
            .unwrap_or(Timestamp::MAX);
        if now >= at {
            return Err(Unapproved::Expired { at });
        }
        Ok(())
    }
}

impl Choice {
    /// Whether what is live is stopped.
    pub fn stops(choice: Option<Self>, plan: &Plan, protected: bool) -> Result<bool, Stopped> {
        match choice {
            _ if plan.live.is_empty() => Ok(false),
            Some(Self::Stop) => Ok(true),
            Some(Self::Abort) => Err(Stopped::Aborted),
            None if protected => Err(Stopped::Aborted),
            None => Err(Stopped::Undecided),
        }
    }
}

impl fmt::Display for Unapproved {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::None => f.write_str("the plan is not approved"),
            Self::Other => f.write_str("the approval names another plan"),
            Self::Expired { at } => write!(f, "the approval expired at {at}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Origin;
    use crate::overrides::{Facts, Overrides};
    use crate::plan::{Present, Source, Target};

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    fn plan(live: bool) -> Plan {
        let source = Source {
            name: "bucket:test/a.zip".to_owned(),
            from: None,
            sha256: None,
            integrations: vec![crate::plan::Arriving {
                project: None,
                id: "A|01.00.0000".parse().unwrap(),
                active: true,
                meaning: None,
                schedule_runs: None,
            }],
            facts: Facts {
                origin: Origin::Archive,
                connections: Vec::new(),
                lookups: None,
                schedules: Vec::new(),
            },
            certificates: std::collections::BTreeSet::new(),
        };
        let present = Present {
            project: None,
            id: "A|01.00.0000".parse().unwrap(),
            status: "ACTIVATED".to_owned(),
            locked: false,
            meaning: None,
            connections: Vec::new(),
            schedule: None,
        };
        let target = Target {
            name: "prod".to_owned(),
            integrations: live.then_some(present).into_iter().collect(),
            ..Target::default()
        };
        Plan::make(&source, &target, &Overrides::default())
    }

    #[test]
    fn an_approval_names_the_plan_and_expires() {
        let rails = Rails::default();
        let saved = Saved::new(plan(false), at("2026-11-26T10:00:00Z"), None);
        let own = Some(saved.fingerprint.as_str());
        let now = at("2026-11-27T09:59:59Z");
        assert_eq!(rails.approved(&saved, own, now), Ok(()));
        assert_eq!(rails.approved(&saved, None, now), Err(Unapproved::None));
        assert_eq!(
            rails.approved(&saved, Some("ffff"), now),
            Err(Unapproved::Other)
        );
        let end = at("2026-11-27T10:00:00Z");
        assert_eq!(
            rails.approved(&saved, own, end),
            Err(Unapproved::Expired { at: end })
        );
    }

    #[test]
    fn without_windows_it_is_always_open_and_with_some_in_any_of_them() {
        let now = at("2026-11-27T18:00:00Z");
        assert!(Rails::default().is_open(now));
        let of = |windows: &[&str]| Rails {
            windows: windows.iter().map(|text| text.parse().unwrap()).collect(),
            ..Rails::default()
        };
        assert!(of(&["Sat 08:00-09:00 UTC", "Fri 17:00-19:00 UTC"]).is_open(now));
        assert!(!of(&["Sat 08:00-09:00 UTC"]).is_open(now));
    }

    #[test]
    fn what_is_live_is_never_touched_without_a_word() {
        let (empty, busy) = (plan(false), plan(true));
        assert_eq!(Choice::stops(None, &empty, true), Ok(false));
        assert_eq!(Choice::stops(Some(Choice::Abort), &empty, false), Ok(false));
        assert_eq!(Choice::stops(Some(Choice::Stop), &busy, true), Ok(true));
        assert_eq!(Choice::stops(None, &busy, true), Err(Stopped::Aborted));
        assert_eq!(Choice::stops(None, &busy, false), Err(Stopped::Undecided));
        let abort = Some(Choice::Abort);
        assert_eq!(Choice::stops(abort, &busy, false), Err(Stopped::Aborted));
    }
}
