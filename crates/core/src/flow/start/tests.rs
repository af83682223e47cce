//! A small model of the service and of a machine that is killed at any point: whatever the order of things, no second job
//! starts, unless the first one failed and freed its name.

use jiff::{SignedDuration, Timestamp};
use proptest::prelude::*;

use super::*;
use crate::job::names_tried;

const NAME: &str = "ferry-test-20260514T212831Z-1a2b";

fn time(seconds: i64) -> Timestamp {
    Timestamp::from_second(1_778_794_111 + seconds).unwrap()
}

fn object(name: &str, seconds: i64) -> Listed {
    Listed {
        name: name.to_owned(),
        bytes: 10,
        etag: Some("e".to_owned()),
        modified: Some(time(seconds)),
    }
}

fn intent(seconds: i64, before: Vec<Listed>) -> StartEvent {
    StartEvent::Intent {
        at: time(seconds),
        before,
        bucket: None,
    }
}

fn busy() -> StartEvent {
    StartEvent::Busy {
        why: "an export is already in progress".to_owned(),
    }
}

/// Applies a history that ended in a kill, and asks what the next process does.
fn after_kill(kind: JobKind, generation: Generation, history: &[StartEvent]) -> StartStep {
    let mut start = Start::new(kind, generation, false, false);
    for event in history {
        start.apply(event);
    }
    start.resumed();
    start.next()
}

#[test]
fn a_lost_answer_is_looked_into_before_anything_is_asked_again() {
    use Generation::{Gen2, Gen3};
    let history = [intent(0, vec![])];
    assert_eq!(
        after_kill(JobKind::Export, Gen3, &history),
        StartStep::LookByName
    );
    assert_eq!(
        after_kill(JobKind::Export, Gen2, &history),
        StartStep::LookForNew
    );
    assert_eq!(
        after_kill(JobKind::Import, Gen3, &history),
        StartStep::Intend
    );
    assert_eq!(
        after_kill(JobKind::Import, Gen2, &history),
        StartStep::Stop(Unproven::LostAnswer)
    );
}

#[test]
fn a_known_job_is_followed() {
    let job: JobId = "142040".parse().unwrap();
    let accepted = StartEvent::Accepted {
        job: job.clone(),
        archive: None,
        adopted: None,
    };
    let step = after_kill(
        JobKind::Export,
        Generation::Gen3,
        &[intent(0, vec![]), accepted],
    );
    assert_eq!(step, StartStep::Follow { job, archive: None });
}

#[test]
fn a_strangers_job_refuses_a_first_start_and_may_be_ours_on_a_second() {
    let mut start = Start::new(JobKind::Export, Generation::Gen3, false, false);
    start.apply(&intent(0, vec![]));
    start.apply(&busy());
    assert!(matches!(start.next(), StartStep::Stop(Unproven::Busy(_))));
    start.resumed();
    start.apply(&StartEvent::LookedInVain);
    start.apply(&intent(5, vec![]));
    start.apply(&busy());
    assert!(matches!(start.next(), StartStep::AskAgain { .. }));
}

#[test]
fn a_taken_name_is_ours_for_an_export_and_proves_nothing_for_an_import() {
    let taken = StartEvent::NameExists {
        why: "job name exists".to_owned(),
    };
    let history = [intent(0, vec![]), taken.clone()];
    assert_eq!(
        after_kill(JobKind::Export, Generation::Gen3, &history),
        StartStep::FollowByBucket
    );
    assert_eq!(
        after_kill(JobKind::Import, Generation::Gen3, &history),
        StartStep::Stop(Unproven::Name("job name exists".to_owned()))
    );
}

#[test]
fn the_operators_word_counts_where_only_he_can_know() {
    use Generation::{Gen2, Gen3};
    let taken = StartEvent::NameExists {
        why: "job name exists".to_owned(),
    };
    let mut lost = Start::new(JobKind::Import, Gen2, false, false);
    assert!(!lost.takes_a_word());
    lost.apply(&intent(0, vec![]));
    assert!(!lost.takes_a_word());
    lost.resumed();
    assert!(lost.takes_a_word());
    let mut named = Start::new(JobKind::Import, Gen3, false, false);
    named.apply(&intent(0, vec![]));
    named.resumed();
    // It can still be asked by its name.
    assert!(!named.takes_a_word());
    named.apply(&intent(5, vec![]));
    named.apply(&taken);
    assert!(named.takes_a_word());
    for start in [&lost, &named] {
        let mut started = start.clone();
        started.apply(&StartEvent::Assumed { started: true });
        started.resumed();
        assert_eq!(started.next(), StartStep::FollowUnseen);
        assert!(started.may_have_begun() && !started.takes_a_word());
        let mut asked_again = start.clone();
        asked_again.apply(&StartEvent::Assumed { started: false });
        asked_again.resumed();
        assert_eq!(asked_again.next(), StartStep::Intend);
        asked_again.apply(&intent(10, vec![]));
        assert_eq!(asked_again.next(), StartStep::Post);
        // What may have been sent once more is as unproven as the first.
        asked_again.resumed();
        asked_again.apply(&StartEvent::Unknown { why: String::new() });
        assert_ne!(asked_again.next(), StartStep::Post);
    }
    // Where the name is taken all the same, the word was wrong: nothing is proved.
    named.apply(&StartEvent::Assumed { started: false });
    named.apply(&intent(10, vec![]));
    named.apply(&taken);
    assert!(named.takes_a_word() && named.asked_before());
    // A refused request after the word of the operator has started nothing.
    lost.apply(&StartEvent::Assumed { started: false });
    lost.apply(&intent(10, vec![]));
    lost.apply(&StartEvent::NotStarted {
        why: "no".to_owned(),
    });
    assert!(matches!(lost.next(), StartStep::NotStarted { .. }));
    // An export is looked for; nobody is asked.
    for generation in [Gen2, Gen3] {
        let mut export = Start::new(JobKind::Export, generation, false, false);
        export.apply(&intent(0, vec![]));
        export.resumed();
        assert!(!export.takes_a_word());
    }
}

#[test]
fn an_archive_is_ours_by_difference_and_time() {
    let old = object("a.zip", -86_400);
    let mut start = Start::new(JobKind::Export, Generation::Gen3, false, false);
    start.apply(&intent(0, vec![old.clone()]));
    let day = SignedDuration::from_hours(2);
    assert!(!start.is_ours(&old, time(60), day), "it stood there before");
    assert!(start.is_ours(&object("a.zip", 30), time(60), day));
    assert!(
        !start.is_ours(&object("a.zip", -3_600), time(60), day),
        "it is older than the intent"
    );
    let given = Start::new(JobKind::Export, Generation::Gen3, true, false);
    assert!(
        given.is_ours(&object("a.zip", -600), time(0), day),
        "the earlier run of a repeated command"
    );
    assert!(
        !given.is_ours(&old, time(0), day),
        "yesterday's archive is not this run's"
    );
    let replacing = Start::new(JobKind::Export, Generation::Gen3, true, true);
    assert!(
        !replacing.is_ours(&object("a.zip", -600), time(0), day),
        "it is to be replaced"
    );
}

/// The service, as far as a start can see it.
#[derive(Debug, Default)]
struct Service {
    /// Each started job: when it ends and how.
    jobs: Vec<Job>,
    frees_names: bool,
    clock: i64,
}

#[derive(Debug)]
struct Job {
    ends: i64,
    fails: bool,
}

impl Service {
    fn listing(&self) -> Vec<Listed> {
        let archive = |job: &Job| object(&format!("{NAME}.zip"), job.ends);
        self.jobs
            .iter()
            .filter(|job| job.ends <= self.clock && !job.fails)
            .map(archive)
            .collect()
    }

    fn running(&self) -> bool {
        self.jobs.iter().any(|job| job.ends > self.clock)
    }

    fn post(&mut self, generation: Generation, lasts: i64, fails: bool) -> StartEvent {
        let taken = self
            .jobs
            .iter()
            .any(|job| !(job.fails && job.ends <= self.clock && self.frees_names));
        if self.running() {
            return busy();
        }
        if generation == Generation::Gen3 && taken {
            return StartEvent::NameExists {
                why: "the name exists".to_owned(),
            };
        }
        self.jobs.push(Job {
            ends: self.clock + lasts,
            fails,
        });
        let job = self.jobs.len().to_string().parse().unwrap();
        StartEvent::Accepted {
            job,
            archive: None,
            adopted: None,
        }
    }
}

/// What fate has in store at one step of the client.
#[derive(Debug, Clone)]
struct Fate {
    /// The process dies before the step.
    killed_before: bool,
    /// The process dies after the step, before its outcome is on disk.
    killed_after: bool,
    /// The answer to a POST is lost.
    lost: bool,
    lasts: i64,
    fails: bool,
    passes: i64,
}

fn fate() -> impl Strategy<Value = Fate> {
    (
        any::<bool>(),
        any::<bool>(),
        any::<bool>(),
        1_i64..40,
        prop::bool::weighted(0.2),
        0_i64..30,
    )
        .prop_map(
            |(killed_before, killed_after, lost, lasts, fails, passes)| Fate {
                killed_before,
                killed_after,
                lost,
                lasts,
                fails,
                passes,
            },
        )
}

fn live_through(
    kind: JobKind,
    generation: Generation,
    given: bool,
    frees_names: bool,
    fates: Vec<Fate>,
) -> Service {
    let mut service = Service {
        frees_names,
        ..Service::default()
    };
    let mut journal: Vec<StartEvent> = Vec::new();
    let fresh = || Start::new(kind, generation, given, false);
    let mut start = fresh();
    for fate in fates {
        service.clock += fate.passes;
        if fate.killed_before {
            start = replay(&journal, fresh());
        }
        let event = match start.next() {
            StartStep::Intend => StartEvent::Intent {
                at: time(service.clock),
                before: service.listing(),
                bucket: None,
            },
            StartStep::Post => {
                let answer = service.post(generation, fate.lasts, fate.fails);
                if fate.lost {
                    StartEvent::Unknown {
                        why: "no answer".to_owned(),
                    }
                } else {
                    answer
                }
            }
            StartStep::LookByName | StartStep::AskAgain { .. } => {
                let names = names_tried(NAME);
                let now = time(service.clock);
                let hours = SignedDuration::from_hours(2);
                let found = service
                    .listing()
                    .into_iter()
                    .find(|seen| names.contains(&seen.name) && start.is_ours(seen, now, hours));
                found.map_or(StartEvent::LookedInVain, |object| StartEvent::FoundByName {
                    object,
                })
            }
            StartStep::LookForNew => match service
                .jobs
                .iter()
                .position(|job| job.ends <= service.clock)
            {
                Some(at) => StartEvent::Accepted {
                    job: (at + 1).to_string().parse().unwrap(),
                    archive: None,
                    adopted: Some("by its archive".to_owned()),
                },
                None => StartEvent::LookedInVain,
            },
            _ => break,
        };
        if fate.killed_after {
            start = replay(&journal, fresh());
            continue;
        }
        journal.push(event.clone());
        start.apply(&event);
    }
    service
}

fn replay(journal: &[StartEvent], mut start: Start) -> Start {
    for event in journal {
        start.apply(event);
    }
    start.resumed();
    start
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    #[test]
    fn no_order_of_kills_and_lost_answers_starts_a_second_job(
        import in any::<bool>(),
        gen2 in any::<bool>(),
        given in any::<bool>(),
        frees_names in any::<bool>(),
        fates in prop::collection::vec(fate(), 1..40),
    ) {
        let kind = if import { JobKind::Import } else { JobKind::Export };
        let generation = if gen2 { Generation::Gen2 } else { Generation::Gen3 };
        let service = live_through(kind, generation, given, frees_names, fates);
        // Every job but the last must have failed, and freed its name.
        let earlier = service.jobs.split_last().map_or(&[][..], |(_, earlier)| earlier);
        for job in earlier {
            prop_assert!(job.fails && frees_names && generation == Generation::Gen3, "{:?}", service.jobs);
        }
    }
}
