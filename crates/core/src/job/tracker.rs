//! Following a job to its end.

use std::collections::BTreeSet;
use std::time::Duration;

use super::{JobEnd, JobSnapshot, PollPolicy, StateClass};

/// What came of one question about a job.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PollAnswer {
    /// The service answered.
    Snapshot(JobSnapshot),
    /// The service says that there is no such job; its words.
    NotFound(String),
    /// No usable answer: network, 5xx, a token that could not be had; what happened.
    Fault(String),
}

/// What an answer leads to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tracked {
    /// What is worth telling, in order.
    pub notices: Vec<Notice>,
    /// What to do next.
    pub next: Next,
}

/// Something worth telling.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Notice {
    /// The answer differs from the one before.
    Progress(JobSnapshot),
    /// A state of the job or of a component that nobody knows; told once for each value.
    UnknownState(String),
    /// Questions go unanswered; told once for each text until an answer comes.
    FaultBegan(String),
    /// An answer came again.
    FaultEnded,
}

/// The next step.
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(
    clippy::large_enum_variant,
    reason = "one value a question, looked at and dropped"
)]
pub enum Next {
    /// Ask again after this time, which is never zero.
    Wait(Duration),
    /// The job is over.
    Ended(JobEnd),
    /// The service has said "no such job" for longer than [`PollPolicy::lost_job`].
    Lost,
    /// The time is up; the job goes on.
    TimedOut,
}

/// Follows one job: answers and elapsed time in, the next step out.
///
/// Every `elapsed` is the time since following began, by a clock that only goes on, so a wall clock that jumps can not
/// hurt; a value that goes back all the same counts as the latest one.
///
/// ```
/// use std::time::Duration;
/// use ferry_core::job::{JobEnd, JobSnapshot, JobTracker, Next, PollAnswer, PollPolicy};
///
/// let mut tracker = JobTracker::new(PollPolicy::default());
/// let running = PollAnswer::Snapshot(JobSnapshot::new("RUNNING"));
/// let next = tracker.on(running, Duration::from_secs(10)).next;
/// assert_eq!(next, Next::Wait(Duration::from_secs(15)));
/// let done = PollAnswer::Snapshot(JobSnapshot::new("COMPLETED"));
/// let next = tracker.on(done, Duration::from_secs(25)).next;
/// assert!(matches!(next, Next::Ended(JobEnd::Completed(_))));
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct JobTracker {
    policy: PollPolicy,
    now: Duration,
    last: Option<JobSnapshot>,
    /// When the service first said "no such job", with no better answer since. A fault says nothing about the job, so
    /// it does not end this.
    missing_since: Option<Duration>,
    /// The texts of the faults since the last answer.
    faults: BTreeSet<String>,
    /// The unknown states already told.
    unknown: BTreeSet<String>,
}

impl JobTracker {
    /// A tracker of a job that was just started, or just attached to.
    pub fn new(policy: PollPolicy) -> Self {
        Self {
            policy,
            now: Duration::ZERO,
            last: None,
            missing_since: None,
            faults: BTreeSet::new(),
            unknown: BTreeSet::new(),
        }
    }

    /// How long to wait before the first question.
    pub fn first_wait(&self) -> Duration {
        self.policy.first.min(self.policy.deadline)
    }

    /// The last answer of the service.
    pub fn last(&self) -> Option<&JobSnapshot> {
        self.last.as_ref()
    }

    /// Takes in what came of a question, `elapsed` after following began.
    ///
    /// An end that an answer tells is an end even after the deadline.
    pub fn on(&mut self, answer: PollAnswer, elapsed: Duration) -> Tracked {
        self.now = self.now.max(elapsed);
        match answer {
            PollAnswer::Snapshot(snapshot) => self.on_snapshot(snapshot),
            PollAnswer::NotFound(text) => {
                let since = *self.missing_since.get_or_insert(self.now);
                let lost = self.now.saturating_sub(since) > self.policy.lost_job;
                Tracked {
                    notices: self.fault(text),
                    next: if lost { Next::Lost } else { self.wait() },
                }
            }
            PollAnswer::Fault(text) => Tracked {
                notices: self.fault(text),
                next: self.wait(),
            },
        }
    }

    fn on_snapshot(&mut self, snapshot: JobSnapshot) -> Tracked {
        let mut notices = Vec::new();
        if !self.faults.is_empty() {
            notices.push(Notice::FaultEnded);
        }
        self.faults.clear();
        self.missing_since = None;

        let states = std::iter::once(&snapshot.state)
            .chain(snapshot.components.iter().map(|component| &component.state));
        for state in states {
            if state.class() == StateClass::Unknown && self.unknown.insert(state.to_string()) {
                notices.push(Notice::UnknownState(state.to_string()));
            }
        }
        if self.last.as_ref() != Some(&snapshot) {
            notices.push(Notice::Progress(snapshot.clone()));
        }
        let next = match snapshot.end() {
            Some(end) => Next::Ended(end),
            None => self.wait(),
        };
        self.last = Some(snapshot);
        Tracked { notices, next }
    }

    fn fault(&mut self, text: String) -> Vec<Notice> {
        if self.faults.insert(text.clone()) {
            vec![Notice::FaultBegan(text)]
        } else {
            Vec::new()
        }
    }

    /// The last question falls on the deadline itself: a wait never leads past it.
    fn wait(&self) -> Next {
        match self.policy.deadline.saturating_sub(self.now) {
            Duration::ZERO => Next::TimedOut,
            left => {
                let pace = self.policy.pace(self.now).max(Duration::from_millis(1));
                Next::Wait(pace.min(left))
            }
        }
    }
}

#[cfg(test)]
mod tests;
