//! Why a flow did not do what was asked: an exit code, the cause, the evidence, the next step.

use std::error::Error as StdError;
use std::fmt;

use ferry_core::exit::Exit;
use serde::Serialize;
use serde_json::Value;

/// Why a flow did not do what was asked.
#[derive(Debug)]
pub struct Failure(Box<Inner>);

#[derive(Debug)]
struct Inner {
    exit: Exit,
    what: String,
    source: Option<Box<dyn StdError + Send + Sync>>,
    evidence: Vec<String>,
    next: Vec<String>,
    report: Option<Value>,
    fate: Fate,
}

/// What becomes of the run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Fate {
    /// It ends, unless a job was asked for.
    ByJournal,
    /// The same command goes on with it.
    Open,
    /// It stays open, and waits for the operator's word on whether a job was started.
    Unproven,
    /// It is proved that nothing of it goes on.
    Closed,
}

impl Failure {
    /// A failure of this kind; `what` is a lower-case fragment.
    pub fn new(exit: Exit, what: impl Into<String>) -> Self {
        Self(Box::new(Inner {
            exit,
            what: what.into(),
            source: None,
            evidence: Vec::new(),
            next: Vec::new(),
            report: None,
            fate: Fate::ByJournal,
        }))
    }

    /// Adds the cause.
    #[must_use]
    pub fn because(mut self, source: impl Into<Box<dyn StdError + Send + Sync>>) -> Self {
        self.0.source = Some(source.into());
        self
    }

    /// Adds a fact that was seen.
    #[must_use]
    pub fn evidence(mut self, fact: impl Into<String>) -> Self {
        self.0.evidence.push(fact.into());
        self
    }

    /// Adds what the operator can do next.
    #[must_use]
    pub fn next(mut self, step: impl Into<String>) -> Self {
        self.0.next.push(step.into());
        self
    }

    /// Adds the report of what was done all the same.
    #[must_use]
    pub fn report(mut self, report: &impl Serialize) -> Self {
        self.0.report = serde_json::to_value(report).ok();
        self
    }

    /// The same with another exit code.
    #[must_use]
    pub(crate) fn exits(mut self, exit: Exit) -> Self {
        self.0.exit = exit;
        self
    }

    /// Leaves the run open: the same command goes on with it.
    #[must_use]
    pub fn open(mut self) -> Self {
        self.0.fate = Fate::Open;
        self
    }

    /// Leaves the run open until the operator says whether a job was started.
    #[must_use]
    pub(crate) fn unproven(mut self) -> Self {
        self.0.fate = Fate::Unproven;
        self
    }

    /// Ends the run: it is proved that no job of it goes on.
    #[must_use]
    pub(crate) fn closed(mut self) -> Self {
        self.0.fate = Fate::Closed;
        self
    }

    /// The exit code.
    pub fn exit(&self) -> Exit {
        self.0.exit
    }

    /// Facts that were seen.
    pub fn facts(&self) -> &[String] {
        &self.0.evidence
    }

    /// What the operator can do next.
    pub fn next_steps(&self) -> &[String] {
        &self.0.next
    }

    /// The report of what was done all the same.
    pub fn partial_report(&self) -> Option<&Value> {
        self.0.report.as_ref()
    }

    pub(crate) fn fate(&self) -> Fate {
        self.0.fate
    }

    /// An error of the bucket.
    pub(crate) fn bucket(error: ferry_swift::Error, what: impl Into<String>) -> Self {
        let exit = bucket_exit(&error);
        let mut failure = Self::new(exit, what);
        if let Some(seen) = error.evidence() {
            failure = failure.evidence(seen.to_string());
        }
        if error.kind() == ferry_swift::ErrorKind::Full {
            failure = failure.next("remove what is no longer needed, or raise the bucket's quota");
        } else if exit == Exit::Refused {
            failure = failure.next("check user and auth token of the storage; `ferry doctor` tries the known user forms");
        }
        failure.unless_reached().because(error)
    }

    /// An error of the instance.
    pub(crate) fn instance(error: ferry_oic::Error, what: impl Into<String>) -> Self {
        let mut failure = Self::new(instance_exit(&error), what);
        if let Some(seen) = error.evidence() {
            failure = failure.evidence(seen.to_string());
        }
        if let Some(hint) = error.hint() {
            failure = failure.next(hint);
        }
        failure.unless_reached().because(error)
    }

    /// What to look at where a host gave no good answer.
    fn unless_reached(self) -> Self {
        match self.exit() {
            Exit::Unavailable => self.next("check address, network and proxy (`ferry doctor` names the cause), then repeat the command"),
            _ => self,
        }
    }

    /// A local file's error.
    pub(crate) fn disk(error: std::io::Error, what: impl Into<String>) -> Self {
        Self::new(Exit::Disk, what)
            .because(error)
            .next("see that there are room and permission there (`--state DIR` keeps runs elsewhere), then repeat the command")
            .open()
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.what)
    }
}

impl StdError for Failure {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        self.0.source.as_deref().map(|source| source as _)
    }
}

fn bucket_exit(error: &ferry_swift::Error) -> Exit {
    use ferry_swift::ErrorKind as Kind;
    match error.kind() {
        // A quota that is used up is a refusal of the bucket's.
        Kind::Unauthorized | Kind::Forbidden | Kind::Full => Exit::Refused,
        Kind::NotFound | Kind::Damaged | Kind::Precondition => Exit::No,
        Kind::Unavailable => Exit::Unavailable,
        Kind::Local => Exit::Disk,
        _ => Exit::Usage,
    }
}

pub(crate) fn instance_exit(error: &ferry_oic::Error) -> Exit {
    use ferry_oic::ErrorKind as Kind;
    match error.kind() {
        Kind::Unauthorized | Kind::Forbidden | Kind::TokenRefused => Exit::Refused,
        Kind::NotFound | Kind::NotConfigured => Exit::No,
        Kind::Unavailable | Kind::Answer => Exit::Unavailable,
        Kind::Locked | Kind::Conflict => Exit::Conflict,
        _ => Exit::Usage,
    }
}
