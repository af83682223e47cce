//! What was seen of an environment. Facts hold no secret.

use ferry_core::ids::{EnvironmentName, JobId, JobKind};
use ferry_core::job::{Generation, JobState};

use super::host::HostKind;

/// How a call went.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) enum Answer {
    /// Not made, since another one had to go well first.
    #[default]
    NotTried,
    /// As hoped.
    Fine,
    /// The server said no with this status; `text` is its word, cut short.
    Status {
        code: u16,
        text: Option<String>,
        evidence: String,
    },
    /// No answer.
    Unreachable {
        reach: Reach,
        text: String,
        evidence: String,
    },
    /// An answer that makes no sense there, such as a page of a proxy.
    Odd { text: String, evidence: String },
}

/// What kept a call from being answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Reach {
    /// Name or connection.
    Connect,
    /// The certificate, or TLS as such.
    Tls,
    /// The proxy.
    Proxy,
    /// No answer in time.
    Deadline,
    /// Anything else.
    Other,
}

impl Answer {
    /// The status, if the server said no.
    pub(crate) fn status(&self) -> Option<u16> {
        match self {
            Self::Status { code, .. } => Some(*code),
            _ => None,
        }
    }

    /// Whether the server's word holds one of these, in any case.
    pub(crate) fn says(&self, words: &[&str]) -> bool {
        match self {
            Self::Status {
                text: Some(text), ..
            }
            | Self::Odd { text, .. }
            | Self::Unreachable { text, .. } => {
                let text = text.to_ascii_lowercase();
                words.iter().any(|word| text.contains(word))
            }
            _ => false,
        }
    }
}

/// Everything that is judged.
#[derive(Clone, Debug)]
pub(crate) struct Facts {
    pub environment: EnvironmentName,
    pub generation: Generation,
    /// The instance's host, without port.
    pub host: String,
    pub host_kind: HostKind,
    /// The service instance, where one is stated.
    pub instance: Option<String>,
    /// The scope asked for.
    pub scope: Option<String>,
    /// Whether the sign-in is by token; else by user and password with each call.
    pub by_token: bool,
    /// Getting a token.
    pub token: Answer,
    /// The design-time API: one integration listed.
    pub api: Answer,
    /// The state of an export job that does not exist: 404 tells that the role is there.
    pub made_up_job: Answer,
    pub storage: StorageFacts,
    /// How far our clock is ahead of the service's, in seconds.
    pub skew: Option<i64>,
    /// Jobs that this machine started and that have not ended.
    pub jobs: Vec<JobFact>,
}

/// What was seen of the bucket.
#[derive(Clone, Debug, Default)]
pub(crate) struct StorageFacts {
    /// The bucket's URL.
    pub url: String,
    pub host: String,
    pub user: String,
    /// Listing it.
    pub list: Answer,
    /// Listing it as another known form of the same user.
    pub alternatives: Vec<(String, Answer)>,
    /// Putting a small object of our own.
    pub put: Answer,
    /// Getting it back.
    pub get: Answer,
    /// Whether what came back was what was put.
    pub intact: Option<bool>,
    /// Whether the listing showed it.
    pub listed: Option<bool>,
    /// Removing it.
    pub delete: Answer,
    /// The name of our object, to be told when it could not be removed.
    pub object: String,
}

/// A job that goes on.
#[derive(Clone, Debug)]
pub(crate) struct JobFact {
    pub kind: JobKind,
    pub id: JobId,
    pub state: JobState,
}
