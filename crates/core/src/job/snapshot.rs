//! One answer about a job, and what it means for the job as a whole.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{JobState, StateClass};
use crate::ids::{JobId, JobKind};

/// A part of a job, as the service reports it: `Integration`, `Process`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Component {
    /// Its name, as it came.
    pub name: String,
    /// Its state, as it came.
    pub state: JobState,
    /// Percent done; absent in many answers (seen).
    #[serde(default)]
    pub percentage: Option<u8>,
}

/// What the service says about a job at one moment. Whatever an answer did not hold is `None`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct JobSnapshot {
    /// The job's id.
    #[serde(default)]
    pub id: Option<JobId>,
    /// Export or import.
    #[serde(default)]
    pub kind: Option<JobKind>,
    /// The job's name.
    #[serde(default)]
    pub name: Option<String>,
    /// The overall state.
    pub state: JobState,
    /// Percent done, overall.
    #[serde(default)]
    pub percentage: Option<u8>,
    /// The parts.
    #[serde(default)]
    pub components: Vec<Component>,
    /// The archive's name, as it came.
    #[serde(default)]
    pub archive: Option<String>,
    /// When the job began.
    #[serde(default)]
    pub started: Option<Timestamp>,
    /// When the job ended.
    #[serde(default)]
    pub ended: Option<Timestamp>,
    /// The import mode, as it came.
    #[serde(default)]
    pub mode: Option<String>,
    /// Whether an import starts schedules, as the service has understood its order.
    #[serde(default, rename = "start-schedules")]
    pub start_schedules: Option<bool>,
    /// What else the service had to say.
    #[serde(default)]
    pub message: Option<String>,
}

impl JobSnapshot {
    /// An answer that tells a state and nothing else.
    pub fn new(state: impl Into<JobState>) -> Self {
        Self {
            id: None,
            kind: None,
            name: None,
            state: state.into(),
            percentage: None,
            components: Vec::new(),
            archive: None,
            started: None,
            ended: None,
            mode: None,
            start_schedules: None,
            message: None,
        }
    }

    /// How the job ended, if it has. The overall state alone decides whether; the components tell how well.
    pub fn end(&self) -> Option<JobEnd> {
        let class = self.state.class();
        if !class.is_end() {
            return None;
        }
        let snapshot = self.clone();
        Some(match class {
            StateClass::Completed if self.components.iter().any(Component::is_problem) => {
                JobEnd::CompletedPartly(snapshot)
            }
            StateClass::Completed => JobEnd::Completed(snapshot),
            StateClass::CompletedPartly => JobEnd::CompletedPartly(snapshot),
            _ => JobEnd::Failed(snapshot),
        })
    }
}

impl Component {
    fn is_problem(&self) -> bool {
        matches!(
            self.state.class(),
            StateClass::Failed | StateClass::CompletedPartly
        )
    }
}

/// How a job ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum JobEnd {
    /// `COMPLETED`, and no component failed.
    Completed(JobSnapshot),
    /// A longer `COMPLETED…` state, or `COMPLETED` with a component that failed or was itself done partly.
    CompletedPartly(JobSnapshot),
    /// Failed, or cancelled as a whole.
    Failed(JobSnapshot),
}

impl JobEnd {
    /// The last answer.
    pub fn snapshot(&self) -> &JobSnapshot {
        match self {
            Self::Completed(snapshot)
            | Self::CompletedPartly(snapshot)
            | Self::Failed(snapshot) => snapshot,
        }
    }

    /// The components that went wrong, as `Integration: FAILED`.
    pub fn problems(&self) -> Vec<String> {
        self.of(Component::is_problem)
    }

    /// What deserves a word but is no failure, as `Process: CANCELLED`: components of a completed job that were not
    /// carried out (seen where the instance does not have them), or that still show another state.
    pub fn notes(&self) -> Vec<String> {
        match self {
            Self::Failed(_) => Vec::new(),
            _ => self.of(|component| {
                !component.is_problem() && component.state.class() != StateClass::Completed
            }),
        }
    }

    fn of(&self, wanted: impl Fn(&Component) -> bool) -> Vec<String> {
        self.snapshot()
            .components
            .iter()
            .filter(|component| wanted(component))
            .map(|component| format!("{}: {}", component.name, component.state))
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn job(state: &str, components: &[(&str, &str)]) -> JobSnapshot {
        JobSnapshot {
            components: components
                .iter()
                .map(|(name, state)| Component {
                    name: (*name).to_owned(),
                    state: (*state).into(),
                    percentage: None,
                })
                .collect(),
            ..JobSnapshot::new(state)
        }
    }

    #[test]
    fn a_cancelled_component_is_a_note() {
        let end = job(
            "COMPLETED",
            &[("Integration", "COMPLETED"), ("Process", "CANCELLED")],
        )
        .end()
        .unwrap();
        assert!(matches!(end, JobEnd::Completed(_)));
        assert_eq!(end.notes(), ["Process: CANCELLED"]);
        assert!(end.problems().is_empty());
    }

    #[test]
    fn a_failed_component_makes_it_partly() {
        let end = job(
            "COMPLETED",
            &[("Integration", "FAILED"), ("Process", "CANCELLED")],
        )
        .end()
        .unwrap();
        assert!(matches!(end, JobEnd::CompletedPartly(_)));
        assert_eq!(end.problems(), ["Integration: FAILED"]);
        assert_eq!(end.notes(), ["Process: CANCELLED"]);
    }

    #[test]
    fn the_overall_state_alone_ends_a_job() {
        assert_eq!(job("RUNNING", &[("Integration", "FAILED")]).end(), None);
        assert_eq!(
            job("WHO_KNOWS", &[("Integration", "COMPLETED")]).end(),
            None
        );
        assert!(matches!(
            job("CANCELLED", &[]).end(),
            Some(JobEnd::Failed(_))
        ));
        assert!(matches!(job("Failed", &[]).end(), Some(JobEnd::Failed(_))));
        assert!(matches!(
            job("COMPLETED_WITH_ERRORS", &[]).end(),
            Some(JobEnd::CompletedPartly(_))
        ));
    }

    #[test]
    fn reads_a_sparse_form() {
        let snapshot: JobSnapshot = serde_json::from_str(r#"{"state":"RUNNING"}"#).unwrap();
        assert_eq!(snapshot, JobSnapshot::new("RUNNING"));
        let json = serde_json::to_string(&snapshot).unwrap();
        assert_eq!(
            serde_json::from_str::<JobSnapshot>(&json).unwrap(),
            snapshot
        );
    }
}
