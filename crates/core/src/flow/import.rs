//! An import: an archive in the target's bucket, and a job.

use std::fmt;

use super::event::ImportEvent;
use super::start::{Start, StartStep};
use crate::ids::{JobId, JobKind, JobName, ObjectName};
use crate::job::{Generation, JobSnapshot};

/// The state of one import.
#[derive(Debug, Clone)]
pub struct Import {
    generation: Generation,
    placed: Option<(ObjectName, u64, String)>,
    name: Option<JobName>,
    start: Option<Start>,
    ended: Option<JobSnapshot>,
    /// What is not there, where the job was followed by what it brings.
    unseen: Option<Vec<String>>,
}

/// What is to be done next.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ImportStep {
    /// Bring the archive into the target's bucket, verify it, then write [`ImportEvent::Placed`].
    Place,
    /// Fix the job's name, then write [`ImportEvent::Named`].
    Name,
    /// On the way to a job. Never [`StartStep::Follow`] or [`StartStep::FollowUnseen`].
    Start(StartStep),
    /// Follow the job to its end.
    Follow {
        /// Its id.
        job: JobId,
    },
    /// Wait until what the job brings is there, then write [`ImportEvent::Unseen`].
    Watch,
    /// The job has ended.
    Done,
}

impl fmt::Display for ImportStep {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Place => f.write_str("the archive is brought to the target's bucket"),
            Self::Name | Self::Start(_) => f.write_str("the import is asked for"),
            Self::Follow { job } => write!(f, "the import job {job} is followed"),
            Self::Watch => f.write_str("what the import brings is waited for"),
            Self::Done => f.write_str("what the target holds is looked at"),
        }
    }
}

impl Import {
    /// An import that nothing is known of.
    pub fn new(generation: Generation) -> Self {
        Self {
            generation,
            placed: None,
            name: None,
            start: None,
            ended: None,
            unseen: None,
        }
    }

    /// Takes in what happened.
    pub fn apply(&mut self, event: &ImportEvent) {
        match event {
            ImportEvent::Placed {
                object,
                bytes,
                sha256,
            } => {
                self.placed = Some((object.clone(), *bytes, sha256.clone()));
            }
            ImportEvent::Named { name } => {
                self.name = Some(name.clone());
                // Nothing in a bucket proves an import, so a given name proves no more than a generated one.
                self.start = Some(Start::new(JobKind::Import, self.generation, false, false));
            }
            ImportEvent::Start(event) => {
                if let Some(start) = &mut self.start {
                    start.apply(event);
                }
            }
            ImportEvent::JobEnded { snapshot } => self.ended = Some(snapshot.clone()),
            ImportEvent::Unseen { missing } => self.unseen = Some(missing.clone()),
        }
    }

    /// Says that what was applied so far was another process.
    pub fn resumed(&mut self) {
        if let Some(start) = &mut self.start {
            start.resumed();
        }
    }

    /// What to do next.
    pub fn next(&self) -> ImportStep {
        if self.placed.is_none() {
            return ImportStep::Place;
        }
        let Some(start) = &self.start else {
            return ImportStep::Name;
        };
        if self.ended.is_some() || self.unseen.is_some() {
            return ImportStep::Done;
        }
        match start.next() {
            StartStep::Follow { job, .. } => ImportStep::Follow { job },
            StartStep::FollowUnseen => ImportStep::Watch,
            step => ImportStep::Start(step),
        }
    }

    /// The way to the job, once it has a name.
    pub fn start(&self) -> Option<&Start> {
        self.start.as_ref()
    }

    /// The job's name, once fixed.
    pub fn name(&self) -> Option<&JobName> {
        self.name.as_ref()
    }

    /// The archive in the target's bucket: name, bytes, SHA-256.
    pub fn placed(&self) -> Option<(&ObjectName, u64, &str)> {
        self.placed
            .as_ref()
            .map(|(object, bytes, sha256)| (object, *bytes, sha256.as_str()))
    }

    /// The job's last answer, once it ended.
    pub fn ended(&self) -> Option<&JobSnapshot> {
        self.ended.as_ref()
    }

    /// What is not there although the job is said to have brought it, where its state was not known.
    pub fn unseen(&self) -> Option<&[String]> {
        self.unseen.as_deref()
    }
}
