//! The state of a job or of one of its components: an open set, kept as it came.

use std::fmt;

use serde::{Deserialize, Serialize};

/// A state as the service sent it. Nobody has published the list, so no value is ever refused.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct JobState(String);

/// What a state means to a client.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum StateClass {
    /// Not begun yet: `NOT_STARTED` (seen), `QUEUED`, `PENDING` (assumed).
    Waiting,
    /// At work: `RUNNING` (seen), `IN_PROGRESS`, `STARTED`, `PROCESSING` (assumed).
    Running,
    /// A value that nobody has told of: taken as still running, and shown as it came.
    Unknown,
    /// `COMPLETED` (seen).
    Completed,
    /// Longer than `COMPLETED`, as `COMPLETED_WITH_ERRORS` (assumed): ended, with problems.
    CompletedPartly,
    /// Holds `FAIL` (seen in public code), `ERROR` or `ABORT` (assumed).
    Failed,
    /// Holds `CANCEL`; seen for a component that the instance does not have.
    Cancelled,
}

impl StateClass {
    /// Whether a job in this state is over. For the overall state of a job, `Failed` and `Cancelled` are both failures.
    pub fn is_end(self) -> bool {
        match self {
            Self::Waiting | Self::Running | Self::Unknown => false,
            Self::Completed | Self::CompletedPartly | Self::Failed | Self::Cancelled => true,
        }
    }
}

impl JobState {
    /// A state, as it came.
    pub fn new(state: impl Into<String>) -> Self {
        Self(state.into())
    }

    /// The text as it came.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// What it means, in any letter case. `COMPLETED_WITH_ERRORS` holds `ERROR` too, so the order of the tests counts.
    pub fn class(&self) -> StateClass {
        let state = self.0.trim().to_ascii_uppercase().replace(['-', ' '], "_");
        let holds = |words: &[&str]| words.iter().any(|word| state.contains(word));
        if state == "COMPLETED" {
            StateClass::Completed
        } else if state.starts_with("COMPLETED") {
            StateClass::CompletedPartly
        } else if holds(&["FAIL", "ERROR", "ABORT"]) {
            StateClass::Failed
        } else if holds(&["CANCEL"]) {
            StateClass::Cancelled
        } else {
            match state.as_str() {
                "NOT_STARTED" | "QUEUED" | "PENDING" => StateClass::Waiting,
                "RUNNING" | "IN_PROGRESS" | "INPROGRESS" | "STARTED" | "PROCESSING" => {
                    StateClass::Running
                }
                _ => StateClass::Unknown,
            }
        }
    }
}

impl fmt::Display for JobState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

impl From<String> for JobState {
    fn from(state: String) -> Self {
        Self(state)
    }
}

impl From<&str> for JobState {
    fn from(state: &str) -> Self {
        Self(state.to_owned())
    }
}

impl std::str::FromStr for JobState {
    type Err = std::convert::Infallible;

    fn from_str(state: &str) -> Result<Self, Self::Err> {
        Ok(Self::from(state))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn class(state: &str) -> StateClass {
        JobState::from(state).class()
    }

    proptest! {
        #[test]
        fn case_never_matters(state in "[A-Za-z_ -]{0,30}") {
            prop_assert_eq!(class(&state), class(&state.to_lowercase()));
            prop_assert_eq!(class(&state), class(&state.to_uppercase()));
        }

        #[test]
        fn the_text_stays_as_it_came(state in "\\PC{0,40}") {
            let json = serde_json::to_string(&JobState::from(state.as_str())).unwrap();
            let back: JobState = serde_json::from_str(&json).unwrap();
            prop_assert_eq!(back.as_str(), state.as_str());
        }

        #[test]
        fn a_longer_completed_is_never_a_plain_one(rest in "[A-Za-z_]{1,20}") {
            prop_assert_eq!(class(&format!("COMPLETED{rest}")), StateClass::CompletedPartly);
        }
    }

    #[test]
    fn the_states_that_are_known() {
        for (state, expected) in [
            ("COMPLETED", StateClass::Completed),
            ("completed ", StateClass::Completed),
            ("COMPLETED_WITH_ERRORS", StateClass::CompletedPartly),
            ("Completed_Partially", StateClass::CompletedPartly),
            ("FAILED", StateClass::Failed),
            ("EXPORT_ERROR", StateClass::Failed),
            ("aborted", StateClass::Failed),
            ("CANCELLED", StateClass::Cancelled),
            ("Canceling", StateClass::Cancelled),
            ("CANCEL_FAILED", StateClass::Failed),
            ("NOT_STARTED", StateClass::Waiting),
            ("RUNNING", StateClass::Running),
            ("in-progress", StateClass::Running),
            ("InProgress", StateClass::Running),
            ("PARTIAL", StateClass::Unknown),
            ("INCOMPLETE", StateClass::Unknown),
            ("", StateClass::Unknown),
        ] {
            assert_eq!(class(state), expected, "{state:?}");
        }
    }

    #[test]
    fn an_unknown_state_is_no_end() {
        assert!(!class("ARCHIVING").is_end());
        assert!(class("CANCELLED").is_end());
    }
}
