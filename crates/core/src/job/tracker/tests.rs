use proptest::prelude::*;

use super::super::{Component, JobState};
use super::*;

fn job(state: &str) -> PollAnswer {
    PollAnswer::Snapshot(JobSnapshot::new(state))
}

fn missing() -> PollAnswer {
    PollAnswer::NotFound("no such job".to_owned())
}

fn fault(text: &str) -> PollAnswer {
    PollAnswer::Fault(text.to_owned())
}

fn tracker() -> JobTracker {
    JobTracker::new(PollPolicy::default())
}

const fn secs(secs: u64) -> Duration {
    Duration::from_secs(secs)
}

fn a_state() -> impl Strategy<Value = String> {
    prop_oneof![
        4 => prop::sample::select(vec!["NOT_STARTED", "RUNNING", "IN_PROGRESS", "ARCHIVING", "running"]).prop_map(str::to_owned),
        1 => prop::sample::select(vec!["COMPLETED", "COMPLETED_WITH_ERRORS", "FAILED", "Cancelled"]).prop_map(str::to_owned),
        1 => "[A-Z_]{0,12}",
    ]
}

fn an_answer() -> impl Strategy<Value = PollAnswer> {
    let component =
        (a_state(), proptest::option::of(0_u8..=100)).prop_map(|(state, percentage)| Component {
            name: "Integration".to_owned(),
            state: JobState::from(state),
            percentage,
        });
    let snapshot =
        (a_state(), prop::collection::vec(component, 0..3)).prop_map(|(state, components)| {
            PollAnswer::Snapshot(JobSnapshot {
                components,
                ..JobSnapshot::new(state.as_str())
            })
        });
    prop_oneof![
        3 => snapshot,
        2 => "[a-c]".prop_map(PollAnswer::Fault),
        2 => "[a-c]".prop_map(PollAnswer::NotFound),
    ]
}

fn a_policy() -> impl Strategy<Value = PollPolicy> {
    (0_u64..30, 0_u64..30, 0_u64..90, 0_u64..8000, 0_u64..400).prop_map(
        |(first, min, max, deadline, lost)| PollPolicy {
            first: secs(first),
            min: secs(min),
            max: secs(max),
            deadline: secs(deadline),
            lost_job: secs(lost),
            ..PollPolicy::default()
        },
    )
}

proptest! {
    /// Whatever is answered, following goes on within the deadline or ends for the right reason.
    #[test]
    fn any_answers_end_or_wait_within_the_deadline(
        policy in a_policy(),
        answers in prop::collection::vec((an_answer(), 0_u64..5), 1..200),
    ) {
        let mut tracker = JobTracker::new(policy);
        let mut now = tracker.first_wait();
        prop_assert!(now <= policy.deadline);
        for (answer, latency) in answers {
            now += secs(latency);
            match tracker.on(answer.clone(), now).next {
                Next::Wait(wait) => {
                    prop_assert!(wait > Duration::ZERO);
                    prop_assert!(now + wait <= policy.deadline);
                    prop_assert!(wait <= policy.max.max(Duration::from_millis(1)));
                    now += wait;
                }
                Next::Ended(end) => {
                    let PollAnswer::Snapshot(snapshot) = answer else { panic!("an end without an answer") };
                    prop_assert!(snapshot.state.class().is_end());
                    prop_assert_eq!(end.snapshot(), &snapshot);
                    prop_assert_eq!(tracker.last(), Some(&snapshot));
                    return Ok(());
                }
                Next::Lost => {
                    prop_assert!(matches!(answer, PollAnswer::NotFound(_)));
                    prop_assert!(now > policy.lost_job);
                    return Ok(());
                }
                Next::TimedOut => {
                    prop_assert!(now >= policy.deadline);
                    return Ok(());
                }
            }
        }
    }

    /// A job that never ends is given up at its deadline, by a bounded number of questions.
    #[test]
    fn a_job_that_never_ends_times_out(policy in a_policy(), state in "RUNNING|NOT_STARTED|WHO_KNOWS") {
        let policy = PollPolicy { min: policy.min.max(secs(1)), max: policy.max.max(secs(1)), ..policy };
        let mut tracker = JobTracker::new(policy);
        let mut now = tracker.first_wait();
        for _ in 0..=8001 {
            match tracker.on(job(&state), now).next {
                Next::Wait(wait) => now += wait,
                next => {
                    prop_assert_eq!(next, Next::TimedOut);
                    prop_assert_eq!(now, policy.deadline);
                    return Ok(());
                }
            }
        }
        prop_assert!(false, "never gave up");
    }

    /// Elapsed times that go back count as the latest one: nothing is waited longer for them.
    #[test]
    fn time_that_goes_back_changes_nothing(jumps in prop::collection::vec(0_u64..10_000, 1..50)) {
        let mut jumping = tracker();
        let mut steady = tracker();
        let mut latest = 0;
        for jump in jumps {
            latest = latest.max(jump);
            prop_assert_eq!(jumping.on(job("RUNNING"), secs(jump)), steady.on(job("RUNNING"), secs(latest)));
        }
    }

    /// Progress is told when and only when the answer is another one.
    #[test]
    fn progress_is_told_once(states in prop::collection::vec("RUNNING|NOT_STARTED|PENDING", 1..40)) {
        let mut tracker = tracker();
        let mut last: Option<String> = None;
        for state in states {
            let told = tracker
                .on(job(&state), secs(1))
                .notices
                .iter()
                .any(|notice| matches!(notice, Notice::Progress(_)));
            prop_assert_eq!(told, last.as_ref() != Some(&state));
            last = Some(state);
        }
    }
}

#[test]
fn the_pace_slows_down_with_the_jobs_age() {
    let mut tracker = tracker();
    assert_eq!(tracker.first_wait(), secs(10));
    for (elapsed, wait) in [(10, 15), (200, 20), (400, 40), (900, 60), (7190, 10)] {
        assert_eq!(
            tracker.on(job("RUNNING"), secs(elapsed)).next,
            Next::Wait(secs(wait))
        );
    }
    assert_eq!(tracker.on(job("RUNNING"), secs(7200)).next, Next::TimedOut);
}

#[test]
fn a_short_deadline_cuts_the_first_wait() {
    let deadline = secs(3);
    let policy = PollPolicy {
        deadline,
        ..PollPolicy::default()
    };
    assert_eq!(JobTracker::new(policy).first_wait(), deadline);
}

#[test]
fn an_end_after_the_deadline_is_an_end() {
    let next = tracker().on(job("COMPLETED"), secs(10_000)).next;
    assert!(matches!(next, Next::Ended(JobEnd::Completed(_))));
}

#[test]
fn a_known_job_may_be_missing_for_a_while() {
    let mut tracker = tracker();
    assert!(matches!(
        tracker.on(job("RUNNING"), secs(10)).next,
        Next::Wait(_)
    ));
    for elapsed in [30, 100, 200, 330] {
        assert!(matches!(
            tracker.on(missing(), secs(elapsed)).next,
            Next::Wait(_)
        ));
    }
    // A fault says nothing about the job; an answer does.
    assert!(matches!(
        tracker.on(fault("reset"), secs(340)).next,
        Next::Wait(_)
    ));
    assert_eq!(tracker.clone().on(missing(), secs(350)).next, Next::Lost);
    assert!(matches!(
        tracker.on(job("RUNNING"), secs(350)).next,
        Next::Wait(_)
    ));
    assert!(matches!(
        tracker.on(missing(), secs(400)).next,
        Next::Wait(_)
    ));
}

#[test]
fn faults_are_told_once_each() {
    let mut tracker = tracker();
    let mut told = |answer| tracker.on(answer, secs(10)).notices;
    assert_eq!(told(fault("503")), [Notice::FaultBegan("503".into())]);
    assert_eq!(told(fault("503")), []);
    assert_eq!(told(fault("reset")), [Notice::FaultBegan("reset".into())]);
    assert_eq!(told(fault("503")), []);
    let snapshot = JobSnapshot::new("RUNNING");
    assert_eq!(
        told(job("RUNNING")),
        [Notice::FaultEnded, Notice::Progress(snapshot)]
    );
    assert_eq!(told(job("RUNNING")), []);
    assert_eq!(told(fault("503")), [Notice::FaultBegan("503".into())]);
}

#[test]
fn unknown_states_are_told_once_and_run_on() {
    let mut tracker = tracker();
    let first = tracker.on(job("Archiving"), secs(10));
    assert_eq!(
        first.notices.first(),
        Some(&Notice::UnknownState("Archiving".into()))
    );
    assert!(matches!(first.next, Next::Wait(_)));
    tracker.on(job("RUNNING"), secs(20));
    let again = tracker.on(job("Archiving"), secs(30)).notices;
    assert!(matches!(again.as_slice(), [Notice::Progress(_)]));
}
