//! An export: a job, its archive, found and verified.

use std::fmt;

use super::event::ExportEvent;
use super::start::{Start, StartStep};
use crate::ids::{JobId, JobKind, JobName};
use crate::job::{Generation, JobSnapshot, Listed};

/// The state of one export.
#[derive(Debug, Clone)]
pub struct Export {
    generation: Generation,
    name: Option<JobName>,
    start: Option<Start>,
    ended: Option<JobSnapshot>,
    verified: Option<(Listed, String, u64)>,
}

/// What is to be done next.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ExportStep {
    /// Fix the job's name, then write [`ExportEvent::Named`].
    Name,
    /// On the way to a job. Never [`StartStep::Follow`] or [`StartStep::FollowByBucket`].
    Start(StartStep),
    /// Follow the job to its end.
    Follow {
        /// Its id.
        job: JobId,
        /// The archive's name, where the start told it.
        archive: Option<String>,
    },
    /// Wait for the archive and verify it.
    Watch {
        /// The name to look for; `.zip` may be missing.
        archive: String,
        /// Whether the job is known to have completed.
        completed: bool,
    },
    /// The archive is exported.
    Done,
}

impl fmt::Display for ExportStep {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Name | Self::Start(_) => f.write_str("the export is asked for"),
            Self::Follow { job, .. } => write!(f, "the export job {job} is followed"),
            Self::Watch { archive, .. } => write!(f, "the archive {archive} is waited for"),
            Self::Done => f.write_str("the archive is delivered"),
        }
    }
}

impl Export {
    /// An export that nothing is known of.
    pub fn new(generation: Generation) -> Self {
        Self {
            generation,
            name: None,
            start: None,
            ended: None,
            verified: None,
        }
    }

    /// Takes in what happened.
    pub fn apply(&mut self, event: &ExportEvent) {
        match event {
            ExportEvent::Named {
                name,
                given,
                overwrite,
            } => {
                self.name = Some(name.clone());
                self.start = Some(Start::new(
                    JobKind::Export,
                    self.generation,
                    *given,
                    *overwrite,
                ));
            }
            ExportEvent::Start(event) => {
                if let Some(start) = &mut self.start {
                    start.apply(event);
                }
            }
            ExportEvent::JobEnded { snapshot } => self.ended = Some(snapshot.clone()),
            ExportEvent::Verified {
                object,
                sha256,
                entries,
                ..
            } => {
                self.verified = Some((object.clone(), sha256.clone(), *entries));
            }
        }
    }

    /// Says that what was applied so far was another process.
    pub fn resumed(&mut self) {
        if let Some(start) = &mut self.start {
            start.resumed();
        }
    }

    /// What to do next.
    pub fn next(&self) -> ExportStep {
        let (Some(name), Some(start)) = (&self.name, &self.start) else {
            return ExportStep::Name;
        };
        if self.verified.is_some() {
            return ExportStep::Done;
        }
        if let Some(snapshot) = &self.ended {
            let archive = snapshot
                .archive
                .clone()
                .unwrap_or_else(|| self.expected(name, start));
            return ExportStep::Watch {
                archive,
                completed: true,
            };
        }
        match start.next() {
            StartStep::Follow { job, archive } => ExportStep::Follow { job, archive },
            StartStep::FollowByBucket => ExportStep::Watch {
                archive: self.expected(name, start),
                completed: false,
            },
            step => ExportStep::Start(step),
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

    /// The job's last answer, once it ended.
    pub fn ended(&self) -> Option<&JobSnapshot> {
        self.ended.as_ref()
    }

    /// The archive with its SHA-256 and number of entries, once verified.
    pub fn verified(&self) -> Option<(&Listed, &str, u64)> {
        self.verified
            .as_ref()
            .map(|(object, sha256, entries)| (object, sha256.as_str(), *entries))
    }

    /// The archive's name where the job does not tell it: the start's word, else the job's name (oic-api 1.5).
    fn expected(&self, name: &JobName, start: &Start) -> String {
        match (start.next(), start.found(), self.generation) {
            (
                StartStep::Follow {
                    archive: Some(archive),
                    ..
                },
                ..,
            ) => archive,
            (_, Some(object), _) => object.name.clone(),
            (StartStep::Follow { job, .. }, _, Generation::Gen2) => {
                format!("Local_Suite_Instance-{job}.zip")
            }
            _ => name.as_str().to_owned(),
        }
    }
}
