use super::super::event::{ExportEvent, ImportEvent, StartEvent};
use super::*;
use crate::job::{JobSnapshot, Listed};
use serde_json::json;

fn plan(live: &[&str]) -> Plan {
    let live: Vec<_> = live
        .iter()
        .map(|id| json!({"id": id, "touched": ["itself"], "connections": []}))
        .collect();
    let value = json!({
        "source": {"name": "bucket:test/a.zip", "origin": "archive"}, "target": "prod",
        "integrations": [], "turned-off": [], "connections": [], "lacking": [], "schedules": [], "not-checkable": [],
        "live": live, "unknown": [],
    });
    serde_json::from_value(value).unwrap()
}

fn planned(live: &[&str], stop: bool) -> Event {
    Event::Planned {
        plan: Box::new(plan(live)),
        stop,
    }
}

/// The events of an export that ends, as events of its part.
fn exported(part: fn(ExportEvent) -> Event) -> Vec<Event> {
    let named = ExportEvent::Named {
        name: "ferry-prod-20261126-0001".parse().unwrap(),
        given: false,
        overwrite: false,
    };
    let verified = ExportEvent::Verified {
        object: Listed {
            name: "a.zip".to_owned(),
            bytes: 1,
            etag: None,
            modified: None,
        },
        sha256: "00".to_owned(),
        md5: "00".to_owned(),
        entries: 1,
    };
    vec![part(named), part(verified)]
}

fn stopping(id: &str, schedule: Option<&str>) -> Event {
    Event::Live(LiveEvent::Stopping {
        id: id.to_owned(),
        project: None,
        schedule: schedule.map(str::to_owned),
        tracing: Tracing::default(),
    })
}

fn stopped(id: &str) -> Event {
    Event::Live(LiveEvent::Stopped {
        id: id.to_owned(),
        project: None,
    })
}

fn import(event: StartEvent) -> Event {
    Event::Import(ImportEvent::Start(event))
}

fn placed() -> Event {
    Event::Import(ImportEvent::Placed {
        object: "a.zip".parse().unwrap(),
        bytes: 1,
        sha256: "00".to_owned(),
    })
}

fn named() -> Event {
    let name = "ferry-prod-20261126-0002".parse().unwrap();
    Event::Import(ImportEvent::Named { name })
}

fn intent() -> Event {
    import(StartEvent::Intent {
        at: "2026-11-26T10:00:00Z".parse().unwrap(),
        before: Vec::new(),
        bucket: None,
    })
}

/// One up to the step behind the safety copy and the placed archive.
fn ready(live: &[&str], stop: bool) -> Promotion {
    let mut machine = Promotion::new(Generation::Gen3, Generation::Gen3, false);
    machine.apply(&planned(live, stop));
    for event in exported(Event::SafetyCopy) {
        machine.apply(&event);
    }
    machine.apply(&placed());
    machine
}

#[test]
fn nothing_of_the_target_is_touched_before_its_copy_and_the_word_dirty() {
    let mut machine = Promotion::new(Generation::Gen3, Generation::Gen3, true);
    assert!(matches!(machine.next(), PromotionStep::Export(_)));
    for event in exported(Event::Export) {
        machine.apply(&event);
    }
    assert_eq!(machine.next(), PromotionStep::Plan);
    machine.apply(&planned(&["A|01.00.0000"], true));
    assert!(matches!(machine.next(), PromotionStep::SafetyCopy(_)));
    for event in exported(Event::SafetyCopy) {
        machine.apply(&event);
    }
    assert_eq!(machine.next(), PromotionStep::Import(ImportStep::Place));
    machine.apply(&placed());
    assert_eq!(machine.next(), PromotionStep::Quiet);
    machine.apply(&stopping("A|01.00.0000", None));
    assert_eq!(machine.next(), PromotionStep::Quiet);
    machine.apply(&stopped("A|01.00.0000"));
    assert_eq!(machine.next(), PromotionStep::Dirty);
    machine.apply(&Event::ConnectionsDirty);
    assert_eq!(machine.next(), PromotionStep::Import(ImportStep::Name));
    machine.apply(&named());
    machine.apply(&intent());
    assert!(machine.is_dirty());
    let snapshot = JobSnapshot::new("COMPLETED");
    machine.apply(&Event::Import(ImportEvent::JobEnded { snapshot }));
    assert_eq!(machine.next(), PromotionStep::Finish);
    assert_eq!(machine.was_live().count(), 1);
}

#[test]
fn a_given_archive_is_planned_at_once_and_nothing_live_is_nothing_to_stop() {
    let machine = Promotion::new(Generation::Gen2, Generation::Gen3, false);
    assert_eq!(machine.next(), PromotionStep::Plan);
    assert_eq!(ready(&[], true).next(), PromotionStep::Dirty);
    assert_eq!(ready(&["A|01.00.0000"], false).next(), PromotionStep::Dirty);
}

#[test]
fn what_is_brought_back_is_stopped_again_by_a_run_that_goes_on() {
    let id = "A|01.00.0000";
    let mut machine = ready(&[id], true);
    machine.apply(&stopping(id, Some("ICS_SCHEDULE_ACTIVE")));
    // A killed process says so again; its schedule is paused by now.
    machine.apply(&stopping(id, Some("ICS_SCHEDULE_PAUSED")));
    let (_, was) = machine.was_live().next().unwrap();
    assert_eq!(was.schedule.as_deref(), Some("ICS_SCHEDULE_ACTIVE"));
    machine.apply(&stopped(id));
    let back = |problem: Option<&str>| {
        Event::Live(LiveEvent::BroughtBack {
            id: id.to_owned(),
            project: None,
            problem: problem.map(str::to_owned),
        })
    };
    let mut partly = machine.clone();
    partly.apply(&back(Some("its schedule cannot be started")));
    assert_eq!(partly.was_live().count(), 1);
    assert_eq!(partly.next(), PromotionStep::Quiet, "it may be active");
    // A killed process may have brought it back without a word.
    assert_eq!(machine.next(), PromotionStep::Dirty);
    let mut killed = machine.clone();
    killed.apply(&Event::ConnectionsDirty);
    killed.resumed();
    assert_eq!(killed.next(), PromotionStep::Quiet);
    machine.apply(&back(None));
    assert_eq!(machine.was_live().count(), 0);
    machine.resumed();
    assert_eq!(machine.next(), PromotionStep::Quiet);
}

#[test]
fn an_import_that_somebody_elses_was_before_is_not_tried_again_over_what_is_live() {
    let id = "A|01.00.0000";
    let mut machine = ready(&[id], true);
    for event in [
        stopping(id, None),
        stopped(id),
        Event::ConnectionsDirty,
        named(),
        intent(),
        import(StartEvent::Busy {
            why: "another import runs".to_owned(),
        }),
        Event::Live(LiveEvent::BroughtBack {
            id: id.to_owned(),
            project: None,
            problem: None,
        }),
    ] {
        machine.apply(&event);
    }
    machine.resumed();
    assert_eq!(machine.next(), PromotionStep::Quiet);
    machine.apply(&stopping(id, None));
    machine.apply(&stopped(id));
    assert_eq!(machine.next(), PromotionStep::Dirty);
    machine.apply(&Event::ConnectionsDirty);
    assert!(matches!(
        machine.next(),
        PromotionStep::Import(ImportStep::Start(_))
    ));
}

#[test]
fn only_an_import_that_may_have_begun_makes_dirty() {
    let mut machine = ready(&[], false);
    machine.apply(&Event::ConnectionsDirty);
    machine.apply(&named());
    assert!(!machine.is_dirty());
    machine.apply(&intent());
    let mut other = machine.clone();
    other.apply(&import(StartEvent::Busy {
        why: "another import runs".to_owned(),
    }));
    assert!(!other.is_dirty());
    let mut refused = machine.clone();
    refused.apply(&import(StartEvent::NotStarted {
        why: "400".to_owned(),
    }));
    assert!(!refused.is_dirty());
    machine.apply(&import(StartEvent::Unknown {
        why: "the connection broke".to_owned(),
    }));
    assert!(machine.is_dirty());
    machine.resumed();
    assert!(machine.is_dirty());
}

#[test]
fn a_journal_of_each_event_reads_back() {
    let events = [
        planned(&["A|01.00.0000"], true),
        stopping("A|01.00.0000", None),
        Event::Live(LiveEvent::Stopping {
            id: "A|01.00.0000".to_owned(),
            project: None,
            schedule: None,
            tracing: Tracing {
                tracing: true,
                ..Tracing::default()
            },
        }),
        stopped("A|01.00.0000"),
        Event::ConnectionsDirty,
        Event::Lookup(LookupOutcome {
            name: "L".to_owned(),
            project: None,
            changed: 1,
            problem: None,
        }),
        Event::Schedule(ScheduleEvent::Starting {
            id: "A|01.00.0000".to_owned(),
            project: Some("P".to_owned()),
        }),
    ];
    for event in events {
        let json = serde_json::to_string(&event).unwrap();
        assert_eq!(
            serde_json::from_str::<Event>(&json).unwrap(),
            event,
            "{json}"
        );
    }
    // A journal of an earlier version.
    let old = json!({"part": "live", "what": {"stopping": {"id": "A|01.00.0000", "project": null, "schedule": null}}});
    let old: Event = serde_json::from_value(old).unwrap();
    assert_eq!(old, stopping("A|01.00.0000", None));
    let json = serde_json::to_value(Event::ConnectionsDirty).unwrap();
    assert_eq!(json, json!({"part": "connections-dirty"}));
}
