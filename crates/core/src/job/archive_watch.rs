//! Watching a bucket for a job's finished archive.

use std::collections::BTreeMap;
use std::time::Duration;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{PollPolicy, names_tried};

/// One object of a bucket listing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Listed {
    /// The object's name.
    pub name: String,
    /// Its size in bytes.
    pub bytes: u64,
    /// Its `ETag`, without quotes.
    #[serde(default)]
    pub etag: Option<String>,
    /// When it was last written.
    #[serde(default)]
    pub modified: Option<Timestamp>,
}

/// What a listing tells about the archive.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Sighting {
    /// Nothing of the archive's name that was not there before the job.
    Absent,
    /// An object of the archive's name is there, empty or not yet known to stay as it is.
    Settling,
    /// This object is the archive, as far as a listing can tell: read it, and say
    /// [`ArchiveWatch::mistrust`] if it is not whole.
    Ready(Listed),
    /// The job has completed and the archive's time is up.
    TooLate,
}

/// Watches for a job's archive: listings and elapsed time in, a [`Sighting`] out.
///
/// While a job runs the service keeps temporary objects in the bucket. Nothing is known of how they are named, so nothing
/// is guessed: only an object of the archive's own name counts (see [`names_tried`]), and only once it is not empty,
/// differs from what stood under that name before the job, and looks the same in listings at least
/// [`PollPolicy::settle`] apart. A listing does not prove that an object is whole, so whoever reads it has the last word.
///
/// Every `elapsed` is the time since the job began, by a clock that only goes on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ArchiveWatch {
    candidates: Vec<Candidate>,
    policy: PollPolicy,
    now: Duration,
    completed: Option<Duration>,
}

/// One name that the archive may have.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Candidate {
    name: String,
    before: Option<Listed>,
    seen: Option<Seen>,
    /// How often the reader found it not whole.
    doubts: u32,
    /// Whether it was the answer of the last listing.
    offered: bool,
}

/// An object as it looks, and since when it has looked so.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Seen {
    object: Listed,
    since: Duration,
}

impl ArchiveWatch {
    /// Watches for `archive`, the name that the job gave or that follows from the job's name. `before` is the listing
    /// taken before the job was started.
    pub fn new(archive: &str, before: Vec<Listed>, policy: &PollPolicy) -> Self {
        let mut before: BTreeMap<String, Listed> = before
            .into_iter()
            .map(|object| (object.name.clone(), object))
            .collect();
        let candidates = names_tried(archive)
            .into_iter()
            .map(|name| Candidate {
                before: before.remove(&name),
                name,
                seen: None,
                doubts: 0,
                offered: false,
            })
            .collect();
        Self {
            candidates,
            policy: *policy,
            now: Duration::ZERO,
            completed: None,
        }
    }

    /// The job said COMPLETED: the archive's time ([`PollPolicy::archive`]) starts. Only the first call counts.
    pub fn completed(&mut self, elapsed: Duration) {
        self.now = self.now.max(elapsed);
        self.completed.get_or_insert(self.now);
    }

    /// The object last called ready turned out not to be whole. It is watched on and must stay the same anew, twice as
    /// long each time; meanwhile another of the archive's names goes first.
    pub fn mistrust(&mut self) {
        for candidate in &mut self.candidates {
            if std::mem::take(&mut candidate.offered) {
                candidate.doubts = candidate.doubts.saturating_add(1);
                candidate.seen = None;
            }
        }
    }

    /// Takes in a listing of the bucket, `elapsed` after the job began.
    ///
    /// An object that came within the archive's time may still settle after it, so [`Sighting::TooLate`] comes at most
    /// one [`PollPolicy::settle`] later than that time.
    pub fn on_listing(&mut self, listing: &[Listed], elapsed: Duration) -> Sighting {
        self.now = self.now.max(elapsed);
        let (now, limit) = (self.now, self.limit());
        let late = limit.is_some_and(|limit| now >= limit);
        for candidate in &mut self.candidates {
            candidate.look(listing, now);
        }
        // Empty objects stand back: a service may show a name at size 0 before the content comes under another.
        let best = self
            .candidates
            .iter_mut()
            .filter_map(|candidate| candidate.seen.clone().map(|seen| (candidate, seen)))
            .min_by_key(|(candidate, seen)| (seen.object.bytes == 0, candidate.doubts));
        let Some((best, seen)) = best else {
            return if late {
                Sighting::TooLate
            } else {
                Sighting::Absent
            };
        };
        let filled = seen.object.bytes > 0;
        if filled && now.saturating_sub(seen.since) >= best.settle(&self.policy) {
            best.offered = true;
            return Sighting::Ready(seen.object);
        }
        let came_in_time = limit.is_none_or(|limit| seen.since < limit);
        if late && !(filled && came_in_time && best.doubts == 0) {
            Sighting::TooLate
        } else {
            Sighting::Settling
        }
    }

    /// When the archive's time is up.
    fn limit(&self) -> Option<Duration> {
        self.completed
            .map(|completed| completed.saturating_add(self.policy.archive))
    }
}

impl Candidate {
    /// Takes in what a listing shows under this name.
    fn look(&mut self, listing: &[Listed], now: Duration) {
        self.offered = false;
        let object = listing
            .iter()
            .find(|object| object.name == self.name && self.is_new(object));
        self.seen = object.map(|object| match self.seen.take() {
            Some(seen) if seen.object == *object => seen,
            _ => Seen {
                object: object.clone(),
                since: now,
            },
        });
    }

    /// Whether `object` is not what stood under this name before the job, nor (in a stale listing) an even older one.
    fn is_new(&self, object: &Listed) -> bool {
        let Some(before) = &self.before else {
            return true;
        };
        let older = object
            .modified
            .zip(before.modified)
            .is_some_and(|(now, then)| now < then);
        before != object && !older
    }

    /// How long this object must stay the same.
    fn settle(&self, policy: &PollPolicy) -> Duration {
        policy.settle.saturating_mul(1 << self.doubts.min(5))
    }
}

#[cfg(test)]
mod tests;
