//! Faults by rule: which request, which time, what goes wrong.

use std::collections::BTreeMap;
use std::fmt;

use http::{HeaderName, HeaderValue};
use serde::{Deserialize, Serialize};

mod any;
mod meet;
mod plan;

pub(crate) use meet::{Counted, Faults, Subject};
pub(crate) use plan::{Passage, Past, Plan};

use crate::barrier::Side;

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

impl fmt::Display for Service {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Oic => "oic",
            Self::Identity => "identity",
            Self::Store => "store",
        })
    }
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
    /// Whether it can be carried out, or what is wrong with it.
    pub fn check(&self) -> Result<(), String> {
        if self.one_in == Some(0) || self.from == Some(0) {
            return Err("one-in and from count from 1".to_owned());
        }
        match &self.action {
            Action::Status { code, headers, .. } => {
                if !(200..=599).contains(code) {
                    return Err(format!("{code} is no status of an answer: 200 to 599 are"));
                }
                let odd = headers.iter().find(|(name, value)| {
                    name.parse::<HeaderName>().is_err() || value.parse::<HeaderValue>().is_err()
                });
                odd.map_or(Ok(()), |(name, _)| {
                    Err(format!("{name} is no header with a value"))
                })
            }
            Action::Slow {
                bytes_per_second: 0,
            } => Err("bytes-per-second counts from 1".to_owned()),
            Action::Throttle { per_second: 0 } => Err("per-second counts from 1".to_owned()),
            _ => Ok(()),
        }
    }

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
#[serde(
    rename_all = "kebab-case",
    rename_all_fields = "kebab-case",
    deny_unknown_fields
)]
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
    /// The connection ends in the middle of a body, or behind a shorter one. Upwards it is reset, and nothing is done.
    Cut {
        /// After so many bytes.
        after: u64,
        /// Which body.
        #[serde(default)]
        way: Way,
    },
    /// A bit of a body is wrong.
    Corrupt {
        /// Which body.
        #[serde(default)]
        way: Way,
    },
    /// Only the first bytes of a body are there, and nothing says so: downwards `Content-Length` is the shorter one,
    /// upwards the answer is that to the whole object, of which the store keeps these.
    Truncate {
        /// So many bytes.
        after: u64,
        /// Which body.
        #[serde(default)]
        way: Way,
    },
    /// The disk is full in the middle of a body that is kept on disk: an object's, an archive's.
    FullDisk {
        /// After so many bytes.
        after: u64,
    },
    /// Requests beyond so many in a second of virtual time are answered 429, and not carried out.
    Throttle {
        /// Requests a second, 1 at least.
        per_second: u64,
    },
    /// A bucket listing is empty.
    EmptyListing,
    /// A bucket listing shows the past.
    StaleListing {
        /// So many virtual seconds ago.
        seconds: u64,
    },
    /// The rows of a page of a bucket listing come in an order of chance, by the emulator's seed.
    ReorderedListing,
    /// The request is carried out; the connection ends without an answer.
    LoseAnswer,
    /// Every token given out before becomes invalid.
    ExpireTokens,
    /// The bodies of the request and of its answer pass at so many bytes a second of real time.
    Slow {
        /// Bytes a second, 1 at least.
        bytes_per_second: u64,
    },
    /// The answer's `ETag` is that of other bytes.
    WrongEtag,
    /// The job that the request starts ends so.
    Job(JobEnd),
    /// The request stops until it is released under `/_ferry/barriers/`.
    Barrier {
        /// Before or after it is carried out.
        side: Side,
    },
    /// One of a reset, a lost answer, a cut or slow body, a delay, 429, 500, a page of 502, 503, and expired tokens: by
    /// the emulator's seed.
    Any,
}

impl Action {
    /// Another answer, with these headers.
    fn answer(code: u16, headers: &[(&str, &str)], body: Option<&str>) -> Self {
        let owned = |(name, value): &(&str, &str)| ((*name).to_owned(), (*value).to_owned());
        Self::Status {
            code,
            body: body.map(str::to_owned),
            headers: headers.iter().map(owned).collect(),
        }
    }

    /// What is answered to one who asks too often.
    fn throttled() -> Self {
        Self::answer(429, &[("retry-after", "1")], None)
    }
}

/// Which of the two bodies of a request and its answer.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Way {
    /// The request's.
    Up,
    /// The answer's.
    #[default]
    Down,
}

/// How a job ends that a fault meets, whatever the switches say.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct JobEnd {
    /// Its state. One that says neither completion nor failure, such as `RUNNING`, stays for ever.
    pub state: String,
    /// The state of its component `Integration`; none: the job's.
    #[serde(default)]
    pub integration: Option<String>,
    /// The state of its component `Process`; none: the job's.
    #[serde(default)]
    pub process: Option<String>,
}
