//! What a promotion that goes no further leaves in the target.

use super::activation::Key;
use super::promotion::Promotion;
use crate::plan::schedule_runs;

/// What is not as it was, and not as the plan has it either.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Left {
    /// What was live and is not known to be live again, nor replaced as the plan has it.
    pub off: Vec<Key>,
    /// What is live again, and whose schedule ran and is not known to run again.
    pub unscheduled: Vec<Key>,
    /// Connections that an import may have changed, and that are not known to be re-pointed.
    pub dirty: Vec<Key>,
}

impl Promotion {
    /// What it leaves where it ends here.
    pub fn left(&self) -> Left {
        let is_on = |(project, id): &Key| {
            let one = self.activation(project.as_deref(), id);
            one.is_some_and(|one| one.problem.is_none())
        };
        let mut left = Left::default();
        for (key, was) in self.was_live() {
            let ran = was.schedule.as_deref().is_some_and(schedule_runs);
            let again = self.schedule(key.0.as_deref(), &key.1);
            let runs = again.is_some_and(|it| it.problem.is_none());
            if is_on(key) {
                if ran && !runs {
                    left.unscheduled.push(key.clone());
                }
            } else if !self.rival(key).is_some_and(|by| is_on(&by)) {
                left.off.push(key.clone());
            }
        }
        if self.is_dirty() {
            let came = self.plan().into_iter().flat_map(|plan| &plan.connections);
            let came = came.filter(|one| {
                let outcome = self.connection(one.project.as_deref(), &one.code);
                outcome.is_none_or(|it| it.problem.is_some())
            });
            left.dirty = came
                .map(|one| (one.project.clone(), one.code.clone()))
                .collect();
        }
        left
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::super::event::Event;
    use super::*;
    use crate::job::Generation;

    fn after(events: &[Value]) -> Left {
        let plan = json!({
            "source": {"name": "bucket:test/a.zip", "origin": "archive"}, "target": "prod",
            "integrations": [], "lacking": [], "schedules": [], "not-checkable": [], "live": [], "unknown": [],
            "turned-off": [{"id": "OLD|01.00.0000", "by": "OLD|01.00.0001"}],
            "connections": [{"code": "CRM", "values": []}, {"project": "LAB", "code": "CRM", "values": []}],
        });
        let planned = json!({"part": "planned", "what": {"plan": plan, "stop": true}});
        let mut machine = Promotion::new(Generation::Gen3, Generation::Gen3, false);
        for event in [&planned].into_iter().chain(events) {
            machine.apply(&serde_json::from_value::<Event>(event.clone()).unwrap());
        }
        machine.left()
    }

    fn stopping(id: &str, schedule: Option<&str>) -> Value {
        json!({"part": "live", "what": {"stopping": {"id": id, "project": null, "schedule": schedule}}})
    }

    fn active(id: &str, problem: Option<&str>) -> Value {
        json!({"part": "activation", "what": {
            "id": id, "project": null, "status": "ACTIVATED", "problem": problem, "stopped": false,
        }})
    }

    fn key(id: &str) -> Key {
        (None, id.to_owned())
    }

    #[test]
    fn what_was_live_and_is_not_again() {
        let stop = stopping("A|01.00.0000", Some("ICS_SCHEDULE_ACTIVE"));
        let off = |events: &[Value]| after(events).off;
        assert_eq!(after(&[]), Left::default());
        let a = [key("A|01.00.0000")];
        assert_eq!(off(std::slice::from_ref(&stop)), a);
        let failed = active("A|01.00.0000", Some("locked"));
        assert_eq!(off(&[stop.clone(), failed]), a);
        let back = json!({"part": "live", "what": {"brought-back": {"id": "A|01.00.0000", "project": null, "problem": null}}});
        assert_eq!(after(&[stop.clone(), back]), Left::default());
        // Its schedule is looked at once it is live.
        let again = after(&[stop.clone(), active("A|01.00.0000", None)]);
        assert_eq!((again.off.len(), again.unscheduled.as_slice()), (0, &a[..]));
        let runs = json!({"part": "schedule", "what": {"ended": {
            "id": "A|01.00.0000", "project": null, "status": "ICS_SCHEDULE_ACTIVE", "changed": [], "problem": null,
        }}});
        let whole = after(&[stop, active("A|01.00.0000", None), runs]);
        assert_eq!(whole, Left::default());
        // Another version takes the place of one; that it should is not enough.
        let old = stopping("OLD|01.00.0000", None);
        assert_eq!(off(std::slice::from_ref(&old)), [key("OLD|01.00.0000")]);
        assert_eq!(off(&[old, active("OLD|01.00.0001", None)]), []);
    }

    #[test]
    fn connections_are_dirty_from_the_request_on_until_they_are_re_pointed() {
        let dirty = json!({"part": "connections-dirty"});
        assert_eq!(after(std::slice::from_ref(&dirty)).dirty, []);
        let of_the_import = |what: Value| json!({"part": "import", "what": what});
        let placed =
            of_the_import(json!({"placed": {"object": "a.zip", "bytes": 1, "sha256": "00"}}));
        let named = of_the_import(json!({"named": {"name": "ferry-prod-20261126-0002"}}));
        let intent = of_the_import(json!({"start": {"intent": {
            "at": "2026-11-26T10:00:00Z", "before": [], "bucket": null,
        }}}));
        let lab = (Some("LAB".to_owned()), "CRM".to_owned());
        let begun = [placed, dirty, named, intent];
        assert_eq!(after(&begun).dirty, [key("CRM"), lab.clone()]);
        let outcome = |problem: Option<&str>| {
            json!({"part": "connection", "what": {
                "id": "CRM", "project": null, "changed": [], "test": null, "problem": problem,
            }})
        };
        let left = |last: Value| after(&[begun.as_slice(), &[last]].concat()).dirty;
        assert_eq!(left(outcome(None)), std::slice::from_ref(&lab));
        assert_eq!(left(outcome(Some("locked"))), [key("CRM"), lab]);
    }
}
