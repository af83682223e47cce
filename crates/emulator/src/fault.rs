//! Faults by rule: which request, which time, what goes wrong.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

mod plan;

pub(crate) use plan::{Faults, ListingFault, Plan, Subject};

/// The services of the emulator.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Service {
    /// The integration instances' REST API.
    Oic,
    /// The identity domain.
    Identity,
    /// Object Storage.
    Store,
}

/// A fault and the requests that meet it. What is not given matches everything.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Rule {
    /// The service asked.
    #[serde(default)]
    pub service: Option<Service>,
    /// The method, in any letter case.
    #[serde(default)]
    pub method: Option<String>,
    /// A part of the raw path with its query.
    #[serde(default)]
    pub path: Option<String>,
    /// The first matching request that meets the fault, counted from 1.
    #[serde(default)]
    pub from: Option<u64>,
    /// How many requests meet it.
    #[serde(default)]
    pub times: Option<u64>,
    /// For how many virtual seconds after the first match.
    #[serde(default)]
    pub during_seconds: Option<u64>,
    /// Only one in so many, by the emulator's seed.
    #[serde(default)]
    pub one_in: Option<u32>,
    /// What goes wrong.
    pub action: Action,
}

impl Rule {
    /// A rule that every request meets.
    pub fn new(action: Action) -> Self {
        Self {
            service: None,
            method: None,
            path: None,
            from: None,
            times: None,
            during_seconds: None,
            one_in: None,
            action,
        }
    }
}

/// What goes wrong. In JSON: `"reset"`, `{"status": {"code": 503}}`, `{"delay": {"ms": 50}}` …
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub enum Action {
    /// Another answer; the request is not carried out.
    Status {
        /// The status code.
        code: u16,
        /// The body; none: empty.
        #[serde(default)]
        body: Option<String>,
        /// Headers besides.
        #[serde(default)]
        headers: BTreeMap<String, String>,
    },
    /// Real time passes before the request is carried out.
    Delay {
        /// Milliseconds.
        ms: u64,
    },
    /// The connection is reset; the request is not carried out.
    Reset,
    /// The answer's body ends in the middle.
    Cut {
        /// After so many bytes.
        after: u64,
    },
    /// A byte of the answer's body is wrong.
    CorruptBody,
    /// A bucket listing is empty.
    EmptyListing,
    /// A bucket listing shows the past.
    StaleListing {
        /// So many virtual seconds ago.
        seconds: u64,
    },
    /// The request is carried out; the connection ends without an answer.
    LoseAnswer,
    /// Every token given out before becomes invalid.
    ExpireTokens,
}
