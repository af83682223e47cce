//! Whether a target holds what the plan promised.

use std::collections::BTreeMap;

use serde::Serialize;

use super::activation::Key;
use super::promotion::Promotion;
use crate::model::Tracing;
use crate::plan::schedule_runs;

/// The status of an active integration (documented, oic-api 2.1).
const ACTIVE: &str = "ACTIVATED";

/// An integration as the target holds it, once all was done.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Held {
    /// Its status as it came.
    pub status: String,
    /// What is recorded of its messages.
    pub tracing: Tracing,
    /// The status of its schedule, where it was asked for and there is one.
    pub schedule: Option<String>,
}

/// A promise that does not hold.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct Unkept {
    /// `integration`, `schedule`, `connection` or `lookup`.
    pub what: &'static str,
    /// The project it lives in, where it does.
    pub project: Option<String>,
    /// Its id.
    pub id: String,
    /// What was promised of it.
    pub promised: String,
    /// What the target holds.
    pub found: String,
}

impl Promotion {
    /// What the plan promised of integrations and their schedules, and does not hold.
    pub fn unkept(&self, held: &BTreeMap<Key, Held>) -> Vec<Unkept> {
        let mut unkept = Vec::new();
        let mut miss = |what, (project, id): &Key, promised: &str, found: &str| {
            unkept.push(Unkept {
                what,
                project: project.clone(),
                id: id.clone(),
                promised: promised.to_owned(),
                found: found.to_owned(),
            });
        };
        let is_active = |key: &Key| held.get(key).is_some_and(|it| it.status == ACTIVE);
        let planned = self.plan().into_iter().flat_map(|plan| &plan.integrations);
        // What was active before is so again, unless its newer version is.
        let mut active: BTreeMap<Key, bool> = BTreeMap::new();
        for one in planned {
            let key = (one.project.clone(), one.id.to_string());
            let there = one.there.as_ref();
            let was_active = there.is_some_and(|there| there.status == ACTIVE);
            active.insert(key, one.activate || was_active);
        }
        active.extend(self.was_live().map(|(key, _)| (key.clone(), true)));
        for (key, must) in &active {
            let is_replaced = || self.rival(key).is_some_and(|newer| is_active(&newer));
            match held.get(key) {
                None => miss("integration", key, "it is there", "ABSENT"),
                Some(it) if *must && it.status != ACTIVE && !is_replaced() => {
                    miss("integration", key, ACTIVE, &it.status);
                }
                Some(it) if !must && it.status == ACTIVE => {
                    miss("integration", key, "it is not active", ACTIVE);
                }
                Some(_) => {}
            }
        }
        for (key, was) in self.was_live() {
            let now = held.get(key).filter(|it| it.status == ACTIVE);
            if let Some(now) = now.filter(|now| now.tracing != was.tracing) {
                let promised = format!("traced as before: {}", was.tracing);
                miss("integration", key, &promised, &now.tracing.to_string());
            }
        }
        for key in self.to_schedule() {
            let status = held.get(&key).and_then(|it| it.schedule.as_deref());
            if !status.is_some_and(schedule_runs) {
                miss("schedule", &key, "it runs", status.unwrap_or("ABSENT"));
            }
        }
        unkept
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::flow::{ActivationOutcome, Event, LiveEvent};
    use crate::job::Generation;

    const ID: &str = "A|01.00.0000";

    fn machine(integrations: &Value, turned_off: &Value, schedules: &Value) -> Promotion {
        let plan = json!({
            "source": {"name": "bucket:test/a.zip", "origin": "archive"}, "target": "prod",
            "integrations": integrations, "turned-off": turned_off, "connections": [], "lacking": [],
            "schedules": schedules, "live": [], "not-checkable": [], "unknown": [],
        });
        let mut machine = Promotion::new(Generation::Gen3, Generation::Gen3, false);
        machine.apply(&Event::Planned {
            plan: serde_json::from_value(plan).unwrap(),
            stop: true,
        });
        machine
    }

    fn key(id: &str) -> Key {
        (None, id.to_owned())
    }

    fn held(all: &[(&str, &str)]) -> BTreeMap<Key, Held> {
        let held = |status: &str| Held {
            status: status.to_owned(),
            ..Held::default()
        };
        all.iter()
            .map(|(id, status)| (key(id), held(status)))
            .collect()
    }

    /// Promised and found.
    fn found(machine: &Promotion, held: &BTreeMap<Key, Held>) -> Vec<(String, String)> {
        let unkept = machine.unkept(held);
        unkept
            .into_iter()
            .map(|it| (it.promised, it.found))
            .collect()
    }

    fn pair(promised: &str, found: &str) -> Vec<(String, String)> {
        vec![(promised.to_owned(), found.to_owned())]
    }

    #[test]
    fn what_was_to_be_active_is_and_nothing_else() {
        let none = json!([]);
        let new = json!([{"id": ID, "fate": "new", "activate": true}]);
        let new = machine(&new, &none, &none);
        assert_eq!(found(&new, &held(&[(ID, "ACTIVATED")])), []);
        assert_eq!(
            found(&new, &held(&[(ID, "FAILEDACTIVATION")])),
            pair("ACTIVATED", "FAILEDACTIVATION")
        );
        assert_eq!(found(&new, &held(&[])), pair("it is there", "ABSENT"));
        let idle = json!([{"id": ID, "fate": "new", "activate": false}]);
        let idle = machine(&idle, &none, &none);
        assert_eq!(found(&idle, &held(&[(ID, "CONFIGURED")])), []);
        assert_eq!(
            found(&idle, &held(&[(ID, "ACTIVATED")])),
            pair("it is not active", "ACTIVATED")
        );
        let skipped = json!([{"id": ID, "fate": {"skipped": "active"}, "activate": false,
            "there": {"status": "ACTIVATED", "locked": false}}]);
        let skipped = machine(&skipped, &none, &none);
        assert_eq!(found(&skipped, &held(&[(ID, "ACTIVATED")])), []);
        assert_eq!(
            found(&skipped, &held(&[(ID, "CONFIGURED")])),
            pair("ACTIVATED", "CONFIGURED")
        );
    }

    #[test]
    fn what_was_live_is_so_again_as_it_was_unless_its_newer_version_is() {
        let newer = "A|01.00.0001";
        let off = json!([{"id": ID, "by": newer}]);
        let new = json!([{"id": newer, "fate": "new", "activate": true}]);
        let tracing = Tracing {
            tracing: true,
            ..Tracing::default()
        };
        let stopping = Event::Live(LiveEvent::Stopping {
            id: ID.to_owned(),
            project: None,
            schedule: Some("ICS_SCHEDULE_ACTIVE".to_owned()),
            tracing,
        });
        let mut machine = machine(&new, &off, &json!([]));
        machine.apply(&stopping);
        let taken = held(&[(ID, "CONFIGURED"), (newer, "ACTIVATED")]);
        assert_eq!(found(&machine, &taken), []);
        let both = held(&[(ID, "CONFIGURED"), (newer, "FAILEDACTIVATION")]);
        assert_eq!(found(&machine, &both).len(), 2);
        machine.apply(&Event::Activation(ActivationOutcome {
            id: ID.to_owned(),
            project: None,
            status: "ACTIVATED".to_owned(),
            problem: None,
            stopped: false,
        }));
        let mut back = held(&[(ID, "ACTIVATED"), (newer, "FAILEDACTIVATION")]);
        let wanting = found(&machine, &back);
        assert!(wanting.contains(&("it runs".to_owned(), "ABSENT".to_owned())));
        assert!(wanting.contains(&("traced as before: tracing".to_owned(), "off".to_owned())));
        let it = back.get_mut(&key(ID)).unwrap();
        it.tracing = tracing;
        it.schedule = Some("ICS_SCHEDULE_ACTIVE".to_owned());
        assert_eq!(
            found(&machine, &back),
            pair("ACTIVATED", "FAILEDACTIVATION")
        );
    }

    #[test]
    fn a_schedule_that_was_to_run_runs() {
        let new = json!([{"id": ID, "fate": "new", "activate": true}]);
        let run = json!([{"id": ID, "runs": true}]);
        let machine = machine(&new, &json!([]), &run);
        let with = |schedule: &str| {
            let mut held = held(&[(ID, "ACTIVATED")]);
            held.get_mut(&key(ID)).unwrap().schedule = Some(schedule.to_owned());
            found(&machine, &held)
        };
        assert_eq!(with("ICS_SCHEDULE_ACTIVE"), []);
        assert_eq!(
            with("ICS_SCHEDULE_PAUSED"),
            pair("it runs", "ICS_SCHEDULE_PAUSED")
        );
    }
}
