//! The advisory claim of a promotion: a small object in the target's bucket, for those who promote from another machine.
//!
//! It is no lock: what decides between machines is the service's own refusal, and on one machine the lock of the journal.

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::ids::ObjectName;

/// Where claims lie in a bucket.
pub(super) const FOLDER: &str = ".ferry-claims/";
const SCHEMA: &str = "ferry-claim/1";
/// No promotion works for so long without a word.
const FRESH: SignedDuration = SignedDuration::from_hours(24);

/// Who says to be promoting to a target.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct Claim {
    schema: String,
    /// The run.
    pub run: String,
    /// What it is doing, in words.
    pub what: String,
    /// When it last said so.
    pub at: Timestamp,
}

/// What a claim means to a run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Claimed {
    /// It is the run's own.
    Ours,
    /// It is another's, and fresh.
    Foreign,
    /// It is so old that whoever made it has gone.
    Stale,
}

impl Claim {
    /// The claim of a run.
    pub fn new(run: &str, what: String, at: Timestamp) -> Self {
        Self {
            schema: SCHEMA.to_owned(),
            run: run.to_owned(),
            what,
            at,
        }
    }

    /// Reads what lies under a claim's name; `None`: it is something else.
    pub fn read(text: &[u8]) -> Option<Self> {
        let claim: Self = serde_json::from_slice(text).ok()?;
        (claim.schema == SCHEMA).then_some(claim)
    }

    /// The name of the object that claims the target of this identity.
    pub fn object(identity: &str) -> Option<ObjectName> {
        let digest = Sha256::digest(identity.as_bytes());
        let short: String = digest
            .iter()
            .take(8)
            .map(|byte| format!("{byte:02x}"))
            .collect();
        format!("{FOLDER}{short}.json").parse().ok()
    }

    /// What it means to this run.
    pub fn means(&self, run: &str, now: Timestamp) -> Claimed {
        if self.run == run {
            Claimed::Ours
        } else if now.duration_since(self.at) > FRESH {
            Claimed::Stale
        } else {
            Claimed::Foreign
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(hours: i64) -> Timestamp {
        Timestamp::UNIX_EPOCH + SignedDuration::from_hours(hours)
    }

    #[test]
    fn a_claim_binds_others_for_a_day() {
        let claim = Claim::new("promote-1", "test to prod".to_owned(), at(100));
        for (run, hours, meaning) in [
            ("promote-1", 100, Claimed::Ours),
            ("promote-1", 200, Claimed::Ours),
            ("promote-2", 100, Claimed::Foreign),
            ("promote-2", 124, Claimed::Foreign),
            ("promote-2", 125, Claimed::Stale),
            // A clock that is behind.
            ("promote-2", 90, Claimed::Foreign),
        ] {
            assert_eq!(claim.means(run, at(hours)), meaning, "{run} at {hours}");
        }
    }

    #[test]
    fn what_is_no_claim_claims_nothing() {
        let claim = Claim::new("promote-1", "test to prod".to_owned(), at(0));
        let text = serde_json::to_string(&claim).unwrap();
        assert_eq!(Claim::read(text.as_bytes()), Some(claim));
        for other in [text.replace("/1", "/2"), "{}".to_owned(), String::new()] {
            assert_eq!(Claim::read(other.as_bytes()), None, "{other}");
        }
    }

    #[test]
    fn every_target_has_an_object_of_its_own() {
        let name = |identity: &str| Claim::object(identity).unwrap().to_string();
        assert_eq!(name("prod"), name("prod"));
        assert_ne!(name("prod"), name("prod2"));
        assert!(name("prod").starts_with(FOLDER), "{}", name("prod"));
    }
}
