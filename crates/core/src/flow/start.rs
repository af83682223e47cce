//! A job is never started twice.
//!
//! No call of the service lists jobs (oic-api 1.1), so what is known after a lost answer or a killed process is the
//! journal and the bucket. This machine decides from these alone what may be done next.

use jiff::{SignedDuration, Timestamp};

use super::event::StartEvent;
use crate::ids::{JobId, JobKind};
use crate::job::{Generation, Listed};

/// How far the clocks of this machine, the service and the store may differ before a time proves nothing.
pub(super) const SKEW: SignedDuration = SignedDuration::from_mins(5);

/// The way to a job of one kind on one instance.
#[derive(Debug, Clone)]
pub struct Start {
    kind: JobKind,
    generation: Generation,
    /// The operator gave the name, so a job of it may be that of an earlier, lost process.
    name_given: bool,
    /// What stands under the name is to be replaced, so it is not the answer.
    overwrite: bool,
    intent: Option<Intent>,
    state: State,
    /// How many times a POST was sent or may have been.
    posts: u32,
}

#[derive(Debug, Clone)]
struct Intent {
    at: Timestamp,
    before: Vec<Listed>,
}

#[derive(Debug, Clone)]
enum State {
    /// Nothing was asked for.
    Fresh,
    /// The intent is on disk and this process has sent nothing since.
    Ready,
    /// A POST was sent, or may have been; nobody knows what came of it.
    Uncertain,
    /// The bucket was looked at since and told nothing.
    Looked,
    /// The service is busy with another job, or with ours.
    Busy { why: String },
    /// The name is taken by a job that is ours, or that may be.
    Taken { why: String },
    /// The archive is there; its job is not known.
    Found { object: Listed },
    /// The job is known.
    Known { job: JobId, archive: Option<String> },
    /// It is certain that nothing was started.
    NotStarted { why: String },
    /// The operator says that the job was started; no call tells its id.
    Unseen,
}

/// What is to be done next on the way to a job.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum StartStep {
    /// List the bucket, then write [`StartEvent::Intent`] and sync it.
    Intend,
    /// Send the POST.
    Post,
    /// Look in the bucket for the archive of the job's name, then answer with [`StartEvent::FoundByName`] or
    /// [`StartEvent::LookedInVain`].
    LookByName,
    /// Wait for an archive that was not there before and whose name ends in `-<job id>.zip`; ask for that job.
    LookForNew,
    /// Wait a poll's time, then look in the bucket (an export) and answer as to [`StartStep::LookByName`].
    AskAgain {
        /// The service's words.
        why: String,
    },
    /// Follow the job by its id.
    Follow {
        /// Its id.
        job: JobId,
        /// The archive's name, where known.
        archive: Option<String>,
    },
    /// Follow the job by its archive alone: no call gives the id back.
    FollowByBucket,
    /// Follow the job by what it brings alone: no call gives the id back, and no archive comes of it.
    FollowUnseen,
    /// Stop: whether a job of ours runs cannot be proved.
    Stop(Unproven),
    /// Stop: nothing was started.
    NotStarted {
        /// Why.
        why: String,
    },
}

/// Why a start is refused with exit 8.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Unproven {
    /// Another job runs, and it is not ours.
    Busy(String),
    /// The name is taken by a job that is not provably ours.
    Name(String),
    /// A start was asked for, its answer is lost, and nothing can tell what came of it.
    LostAnswer,
}

impl Start {
    /// The way to a job that has not been asked for yet.
    pub fn new(kind: JobKind, generation: Generation, name_given: bool, overwrite: bool) -> Self {
        Self {
            kind,
            generation,
            name_given,
            overwrite,
            intent: None,
            state: State::Fresh,
            posts: 0,
        }
    }

    /// Takes in what happened.
    pub fn apply(&mut self, event: &StartEvent) {
        self.state = match event {
            StartEvent::Intent { at, before, .. } => {
                // The first intent counts: what came after it may be ours.
                self.intent.get_or_insert_with(|| Intent {
                    at: *at,
                    before: before.clone(),
                });
                self.posts += 1;
                State::Ready
            }
            StartEvent::Accepted { job, archive, .. } => State::Known {
                job: job.clone(),
                archive: archive.clone(),
            },
            StartEvent::NotStarted { why } if self.posts <= 1 => {
                State::NotStarted { why: why.clone() }
            }
            // That *this* POST started nothing says nothing of an earlier one.
            StartEvent::NotStarted { .. } | StartEvent::Unknown { .. } => State::Uncertain,
            StartEvent::Busy { why } => State::Busy { why: why.clone() },
            StartEvent::NameExists { why } => State::Taken { why: why.clone() },
            StartEvent::FoundByName { object } => State::Found {
                object: object.clone(),
            },
            StartEvent::LookedInVain => State::Looked,
            StartEvent::Assumed { started: true } => State::Unseen,
            StartEvent::Assumed { started: false } => {
                // A name still tells of a job that was started all the same.
                if self.generation == Generation::Gen2 {
                    self.intent = None;
                    self.posts = 0;
                }
                State::Fresh
            }
        };
    }

    /// Says that what was applied so far was another process, which may have been killed at any point after it.
    pub fn resumed(&mut self) {
        if matches!(
            self.state,
            State::Ready | State::Looked | State::Busy { .. }
        ) {
            self.state = State::Uncertain;
        }
    }

    /// What to do next.
    pub fn next(&self) -> StartStep {
        match &self.state {
            State::Fresh => StartStep::Intend,
            State::Ready => StartStep::Post,
            State::Uncertain => match (self.kind, self.generation) {
                (JobKind::Export, Generation::Gen3) => StartStep::LookByName,
                (JobKind::Export, Generation::Gen2) => StartStep::LookForNew,
                (JobKind::Import, Generation::Gen3) => StartStep::Intend,
                (JobKind::Import, Generation::Gen2) => StartStep::Stop(Unproven::LostAnswer),
            },
            State::Looked => match self.generation {
                Generation::Gen3 => StartStep::Intend,
                Generation::Gen2 => StartStep::Stop(Unproven::LostAnswer),
            },
            State::Busy { why } if self.may_be_ours() => StartStep::AskAgain { why: why.clone() },
            State::Busy { why } => StartStep::Stop(Unproven::Busy(why.clone())),
            State::Taken { why } => match self.kind {
                // A generated name is nobody else's; for a given one the archive's time decides, in `is_ours`.
                JobKind::Export => StartStep::FollowByBucket,
                JobKind::Import => StartStep::Stop(Unproven::Name(why.clone())),
            },
            State::Found { .. } => StartStep::FollowByBucket,
            State::Known { job, archive } => StartStep::Follow {
                job: job.clone(),
                archive: archive.clone(),
            },
            State::NotStarted { why } => StartStep::NotStarted { why: why.clone() },
            State::Unseen => StartStep::FollowUnseen,
        }
    }

    /// Whether only the operator can say what became of the POST: nothing in a bucket proves an import.
    pub fn takes_a_word(&self) -> bool {
        let unproven = matches!(
            self.next(),
            StartStep::Stop(Unproven::LostAnswer | Unproven::Name(_))
        );
        self.kind == JobKind::Import && unproven
    }

    /// Whether an object of the job's archive name is this run's.
    ///
    /// It must differ from what stood there before the first intent and be no older than it. Under a name that the
    /// operator gave, with no trace of an earlier intent, an archive written within `within` before now is that of the
    /// run that is being repeated.
    pub fn is_ours(&self, object: &Listed, now: Timestamp, within: SignedDuration) -> bool {
        let Some(modified) = object.modified else {
            return false;
        };
        if let Some(intent) = &self.intent
            && !intent.before.contains(object)
        {
            return modified >= intent.at - SKEW;
        }
        self.name_given && !self.overwrite && modified >= now - within - SKEW
    }

    /// Whether a job that began at `started` can be the one that was asked for.
    pub fn began_after_intent(&self, started: Timestamp) -> bool {
        self.intent
            .as_ref()
            .is_some_and(|intent| started >= intent.at - SKEW)
    }

    /// Whether the operator gave the job's name, so that a job of it may be another's.
    pub fn name_given(&self) -> bool {
        self.name_given
    }

    /// Whether a job of ours may have begun: nothing proves that it has not.
    pub fn may_have_begun(&self) -> bool {
        match &self.state {
            State::Fresh => self.posts > 0,
            State::NotStarted { .. } => false,
            State::Busy { .. } => self.may_be_ours(),
            _ => true,
        }
    }

    /// Whether a POST was sent, or may have been, before the last one.
    pub fn asked_before(&self) -> bool {
        self.posts > 1
    }

    /// The bucket as it was before the first POST.
    pub fn before(&self) -> &[Listed] {
        self.intent.as_ref().map_or(&[], |intent| &intent.before)
    }

    /// When the job was first asked for.
    pub fn asked_at(&self) -> Option<Timestamp> {
        self.intent.as_ref().map(|intent| intent.at)
    }

    /// The job's id, where known.
    pub fn job(&self) -> Option<&JobId> {
        match &self.state {
            State::Known { job, .. } => Some(job),
            _ => None,
        }
    }

    /// The archive that was found by its name, where the job is followed by the bucket.
    pub fn found(&self) -> Option<&Listed> {
        match &self.state {
            State::Found { object } => Some(object),
            _ => None,
        }
    }

    /// "In progress" may mean our own job: after more than one POST, or under a name that the operator gave.
    fn may_be_ours(&self) -> bool {
        self.posts > 1 || (self.name_given && self.generation == Generation::Gen3)
    }
}

#[cfg(test)]
mod tests;
