use proptest::prelude::*;

use super::*;

const fn secs(secs: u64) -> Duration {
    Duration::from_secs(secs)
}

fn object(name: &str, bytes: u64, etag: &str) -> Listed {
    Listed {
        name: name.to_owned(),
        bytes,
        etag: Some(etag.to_owned()),
        modified: None,
    }
}

fn watch(before: Vec<Listed>) -> ArchiveWatch {
    ArchiveWatch::new("job-1", before, &PollPolicy::default())
}

/// One thing that happens in the bucket between two listings.
#[derive(Debug, Clone)]
enum Event {
    /// An object is written, over another one or anew. Names of the archive are among the names.
    Write(String, u64, u8),
    Rename(prop::sample::Index, String),
    Remove(prop::sample::Index),
    Quiet,
}

fn a_name() -> impl Strategy<Value = String> {
    prop_oneof![
        3 => prop::sample::select(vec!["job-1", "job-1.zip", "job-1.zip.zip"]).prop_map(str::to_owned),
        3 => prop::sample::select(vec![
            "job-1.tmp", "job-1.zip.part", "job-1_1.zip", "tmp-job-1.zip", "JOB-1.zip", "job-1 .zip", "job-1.zip/0001",
            "x/job-1.zip", "job-", "job-10.zip", "job-1.zip.ferry.json",
        ]).prop_map(str::to_owned),
        1 => "[a-z0-9./-]{1,12}",
    ]
}

fn an_event() -> impl Strategy<Value = Event> {
    prop_oneof![
        4 => (a_name(), prop_oneof![Just(0), 1_u64..4], 0_u8..3).prop_map(|(name, bytes, etag)| Event::Write(name, bytes, etag)),
        2 => (any::<prop::sample::Index>(), a_name()).prop_map(|(at, name)| Event::Rename(at, name)),
        1 => any::<prop::sample::Index>().prop_map(Event::Remove),
        4 => Just(Event::Quiet),
    ]
}

type Store = BTreeMap<String, Listed>;

fn apply(store: &mut Store, event: Event) {
    match event {
        Event::Write(name, bytes, etag) => {
            store.insert(name.clone(), object(&name, bytes, &etag.to_string()));
        }
        Event::Rename(at, name) if !store.is_empty() => {
            let old = at.get(&store.keys().cloned().collect::<Vec<_>>()).clone();
            let moved = store.remove(&old).unwrap();
            store.insert(name.clone(), Listed { name, ..moved });
        }
        Event::Remove(at) if !store.is_empty() => {
            let old = at.get(&store.keys().cloned().collect::<Vec<_>>()).clone();
            store.remove(&old);
        }
        Event::Rename(..) | Event::Remove(_) | Event::Quiet => {}
    }
}

fn is_offerable(object: &Listed, before: &[Listed]) -> bool {
    ["job-1", "job-1.zip"].contains(&object.name.as_str())
        && object.bytes > 0
        && !before.contains(object)
}

proptest! {
    /// Whatever temporaries do, and however stale listings are: only an object of the archive's own name that is not
    /// empty, not what was there before, and the same in all listings of the settling time is ever called ready.
    #[test]
    fn nothing_but_the_settled_archive_is_ever_ready(
        start in prop::collection::vec(an_event(), 0..6),
        events in prop::collection::vec((an_event(), 0_u64..4, 0_usize..4, any::<bool>()), 1..80),
        completed_at in 0_usize..80,
    ) {
        let mut store = Store::new();
        for event in start {
            apply(&mut store, event);
        }
        let before: Vec<Listed> = store.values().cloned().collect();
        let policy = PollPolicy { archive: secs(40), ..PollPolicy::default() };
        let mut watch = ArchiveWatch::new("job-1", before.clone(), &policy);
        let mut states = vec![before.clone()];
        let mut shown: Vec<(Duration, Vec<Listed>)> = Vec::new();
        let mut now = Duration::ZERO;
        let mut completed = None;
        for (step, (event, pause, staleness, doubt)) in events.into_iter().enumerate() {
            apply(&mut store, event);
            states.push(store.values().cloned().collect());
            now += secs(pause);
            if step == completed_at {
                watch.completed(now);
                completed = Some(now);
            }
            let listing = states[states.len() - 1 - staleness.min(states.len() - 1)].clone();
            shown.push((now, listing.clone()));
            match watch.on_listing(&listing, now) {
                Sighting::Ready(object) => {
                    prop_assert!(is_offerable(&object, &before), "{:?}", object);
                    let settled = shown
                        .iter()
                        .rev()
                        .take_while(|(_, listing)| listing.contains(&object))
                        .any(|(since, _)| now >= *since + policy.settle);
                    prop_assert!(settled, "{:?} is not settled", object);
                    if doubt {
                        watch.mistrust();
                    }
                }
                Sighting::TooLate => {
                    let completed = completed.expect("too late before the job completed");
                    prop_assert!(now >= completed + policy.archive);
                }
                Sighting::Settling => {
                    prop_assert!(listing.iter().any(|object| object.name.starts_with("job-1")));
                    prop_assert!(completed.is_none_or(|completed| now < completed + policy.archive + policy.settle));
                }
                Sighting::Absent => {
                    prop_assert!(!listing.iter().any(|object| is_offerable(object, &before)));
                    prop_assert!(completed.is_none_or(|completed| now < completed + policy.archive));
                }
            }
        }
    }

    /// However wild it was before: once the archive lies still, it is found.
    #[test]
    fn an_archive_that_lies_still_is_found(
        events in prop::collection::vec(an_event(), 0..40),
        as_zip: bool,
        doubts in 0_usize..3,
    ) {
        let mut watch = watch(Vec::new());
        let mut store = Store::new();
        let mut now = Duration::ZERO;
        for event in events {
            apply(&mut store, event);
            now += secs(1);
            watch.on_listing(&store.values().cloned().collect::<Vec<_>>(), now);
        }
        let done = object(if as_zip { "job-1.zip" } else { "job-1" }, 77, "done");
        let mut doubts = doubts;
        for _ in 0..100 {
            now += secs(1);
            if let Sighting::Ready(found) = watch.on_listing(std::slice::from_ref(&done), now) {
                prop_assert_eq!(&found, &done);
                if doubts == 0 {
                    return Ok(());
                }
                doubts -= 1;
                watch.mistrust();
            }
        }
        prop_assert!(false, "never found");
    }

    /// Elapsed times that go back count as the latest one.
    #[test]
    fn time_that_goes_back_changes_nothing(
        steps in prop::collection::vec((0_u64..2000, 0_u8..2, any::<bool>()), 1..40),
    ) {
        let (mut jumping, mut steady) = (watch(Vec::new()), watch(Vec::new()));
        let mut latest = 0;
        for (jump, etag, completed) in steps {
            latest = latest.max(jump);
            if completed {
                jumping.completed(secs(jump));
                steady.completed(secs(latest));
            }
            let listing = [object("job-1", 3, &etag.to_string())];
            prop_assert_eq!(
                jumping.on_listing(&listing, secs(jump)),
                steady.on_listing(&listing, secs(latest))
            );
        }
    }

    /// Names are compared whole and by case, whatever the archive is called.
    #[test]
    fn only_a_name_of_the_archive_counts(archive in "[a-zA-Z.é-]{1,8}(\\.zip)?", names in prop::collection::vec("[a-zA-Z.é-]{1,8}(\\.zip){0,2}", 0..20)) {
        let mut watch = ArchiveWatch::new(&archive, Vec::new(), &PollPolicy::default());
        let listing: Vec<Listed> = names.iter().map(|name| object(name, 1, "e")).collect();
        watch.on_listing(&listing, secs(0));
        let tried = names_tried(&archive);
        match watch.on_listing(&listing, secs(5)) {
            Sighting::Ready(found) => prop_assert!(tried.contains(&found.name)),
            sighting => {
                prop_assert_eq!(sighting, Sighting::Absent);
                prop_assert!(!names.iter().any(|name| tried.contains(name)));
            }
        }
    }

    /// With no archive, waiting ends at its time, neither sooner nor later, and never before the job has completed.
    #[test]
    fn no_archive_is_too_late_in_time(gaps in prop::collection::vec(1_u64..200, 1..40), at in 0_usize..20) {
        let mut watch = watch(Vec::new());
        let mut now = Duration::ZERO;
        let mut limit = None;
        for (step, gap) in gaps.into_iter().enumerate() {
            now += secs(gap);
            if step == at {
                watch.completed(now);
                limit = Some(now + PollPolicy::default().archive);
            }
            let late = watch.on_listing(&[object("job-1.tmp", 5, "t")], now) == Sighting::TooLate;
            prop_assert_eq!(late, limit.is_some_and(|limit| now >= limit));
        }
    }
}

#[test]
fn an_archive_settles_and_is_ready() {
    let mut watch = watch(Vec::new());
    let done = object("job-1.zip", 9, "e");
    assert_eq!(watch.on_listing(&[], secs(0)), Sighting::Absent);
    assert_eq!(
        watch.on_listing(&[object("job-1.zip", 0, "z")], secs(10)),
        Sighting::Settling
    );
    assert_eq!(
        watch.on_listing(std::slice::from_ref(&done), secs(20)),
        Sighting::Settling
    );
    assert_eq!(
        watch.on_listing(std::slice::from_ref(&done), secs(24)),
        Sighting::Settling
    );
    assert_eq!(
        watch.on_listing(std::slice::from_ref(&done), secs(25)),
        Sighting::Ready(done)
    );
}

#[test]
fn an_empty_object_never_is() {
    let mut watch = watch(Vec::new());
    watch.completed(secs(0));
    let empty = [object("job-1", 0, "z")];
    assert_eq!(watch.on_listing(&empty, secs(1)), Sighting::Settling);
    assert_eq!(watch.on_listing(&empty, secs(800)), Sighting::Settling);
    assert_eq!(watch.on_listing(&empty, secs(900)), Sighting::TooLate);
}

#[test]
fn an_empty_object_does_not_hide_the_archive() {
    let mut watch = watch(Vec::new());
    let listing = [object("job-1", 0, "z"), object("job-1.zip", 9, "e")];
    watch.on_listing(&listing, secs(0));
    assert_eq!(
        watch.on_listing(&listing, secs(5)),
        Sighting::Ready(listing[1].clone())
    );
}

#[test]
fn what_was_there_before_does_not_count() {
    let at = |time: &str| Some(time.parse().unwrap());
    let old = Listed {
        modified: at("2026-01-02T00:00:00Z"),
        ..object("job-1.zip", 9, "e")
    };
    let older = Listed {
        modified: at("2026-01-01T00:00:00Z"),
        ..object("job-1.zip", 8, "d")
    };
    let new = Listed {
        modified: at("2026-01-03T00:00:00Z"),
        ..object("job-1.zip", 9, "e")
    };
    let mut watch = watch(vec![old.clone()]);
    for (listed, elapsed) in [(&old, 0), (&old, 60), (&older, 61), (&older, 120)] {
        assert_eq!(
            watch.on_listing(std::slice::from_ref(listed), secs(elapsed)),
            Sighting::Absent
        );
    }
    watch.on_listing(std::slice::from_ref(&new), secs(130));
    assert_eq!(
        watch.on_listing(std::slice::from_ref(&new), secs(140)),
        Sighting::Ready(new)
    );
}

#[test]
fn the_given_name_goes_first() {
    let mut watch = ArchiveWatch::new("a.zip", Vec::new(), &PollPolicy::default());
    let listing = [
        object("a", 1, "1"),
        object("a.zip", 2, "2"),
        object("a.zip.zip", 3, "3"),
    ];
    watch.on_listing(&listing, secs(0));
    assert_eq!(
        watch.on_listing(&listing, secs(5)),
        Sighting::Ready(listing[1].clone())
    );
}

#[test]
fn a_mistrusted_object_must_settle_anew_and_lets_others_pass() {
    let mut watch = watch(Vec::new());
    let half = object("job-1", 4, "half");
    let alone = std::slice::from_ref(&half);
    watch.on_listing(alone, secs(0));
    assert_eq!(
        watch.on_listing(alone, secs(5)),
        Sighting::Ready(half.clone())
    );
    watch.mistrust();
    assert_eq!(watch.on_listing(alone, secs(6)), Sighting::Settling);
    assert_eq!(watch.on_listing(alone, secs(11)), Sighting::Settling);
    assert_eq!(
        watch.clone().on_listing(alone, secs(16)),
        Sighting::Ready(half.clone())
    );
    let whole = object("job-1.zip", 9, "whole");
    let both = [half, whole.clone()];
    assert_eq!(watch.on_listing(&both, secs(16)), Sighting::Settling);
    assert_eq!(watch.on_listing(&both, secs(21)), Sighting::Ready(whole));
}

#[test]
fn what_came_in_time_may_settle() {
    let mut watch = watch(Vec::new());
    watch.completed(secs(10));
    watch.completed(secs(500));
    let done = [object("job-1", 4, "e")];
    assert_eq!(watch.on_listing(&done, secs(908)), Sighting::Settling);
    assert_eq!(watch.on_listing(&done, secs(910)), Sighting::Settling);
    assert_eq!(watch.clone().on_listing(&[], secs(911)), Sighting::TooLate);
    let grown = [object("job-1", 5, "f")];
    assert_eq!(
        watch.clone().on_listing(&grown, secs(912)),
        Sighting::TooLate
    );
    assert!(matches!(
        watch.on_listing(&done, secs(913)),
        Sighting::Ready(_)
    ));
}
