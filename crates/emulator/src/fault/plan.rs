//! What goes wrong with one request, all rules taken together.

use std::time::Duration;

use super::{Action, JobEnd, Way};
use crate::barrier::Side;

/// What goes wrong with one request. Where several rules name the same fault, the first counts; delays add up.
#[derive(Debug, Default)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "independent faults, each of which may be there"
)]
pub(crate) struct Plan {
    /// Wait before carrying the request out.
    pub(crate) delay: Duration,
    /// Answer with this instead.
    pub(crate) status: Option<Action>,
    /// Reset the connection.
    pub(crate) reset: bool,
    /// The way of the request's body.
    pub(crate) up: Passage,
    /// The way of the answer's body.
    pub(crate) down: Passage,
    /// Have the disk full after so many bytes of the request's body.
    pub(crate) full_disk: Option<u64>,
    /// List what is not so any more.
    pub(crate) listing: Option<Past>,
    /// List in an order of chance.
    pub(crate) reordered: bool,
    /// Carry out, then give no answer.
    pub(crate) lose: bool,
    /// Invalidate every token first.
    pub(crate) expire_tokens: bool,
    /// Tell another `ETag`.
    pub(crate) wrong_etag: bool,
    /// End the job that is started so.
    pub(crate) job: Option<JobEnd>,
    /// Stop on this side.
    pub(crate) barrier: Option<Side>,
    /// Where rules are in force and none was met: the nearest, and why it was not.
    pub(crate) near: Option<String>,
}

/// What happens to a body on its way.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Passage {
    /// A bit is wrong.
    pub(crate) corrupt: bool,
    /// Only so many bytes are there.
    pub(crate) truncate: Option<u64>,
    /// The connection ends after so many bytes.
    pub(crate) cut: Option<u64>,
    /// So many bytes pass in a second.
    pub(crate) slow: Option<u64>,
}

/// Which state of a bucket a listing shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Past {
    /// That of so many virtual seconds ago.
    Ago(u64),
    /// None.
    Empty,
}

impl Plan {
    pub(super) fn add(&mut self, action: &Action) {
        match action {
            Action::Status { .. } => {
                self.status.get_or_insert_with(|| action.clone());
            }
            Action::Delay { ms } => {
                self.delay = self.delay.saturating_add(Duration::from_millis(*ms));
            }
            Action::Reset => self.reset = true,
            Action::Cut { after, way } => {
                self.passage(*way).cut.get_or_insert(*after);
            }
            Action::Corrupt { way } => self.passage(*way).corrupt = true,
            Action::Truncate { after, way } => {
                self.passage(*way).truncate.get_or_insert(*after);
            }
            Action::FullDisk { after } => {
                self.full_disk.get_or_insert(*after);
            }
            // The rule is met beyond the rate alone.
            Action::Throttle { .. } => {
                self.status.get_or_insert_with(Action::throttled);
            }
            Action::EmptyListing => {
                self.listing.get_or_insert(Past::Empty);
            }
            Action::StaleListing { seconds } => {
                self.listing.get_or_insert(Past::Ago(*seconds));
            }
            Action::ReorderedListing => self.reordered = true,
            Action::LoseAnswer => self.lose = true,
            Action::ExpireTokens => self.expire_tokens = true,
            Action::Slow { bytes_per_second } => {
                self.up.slow.get_or_insert(*bytes_per_second);
                self.down.slow.get_or_insert(*bytes_per_second);
            }
            Action::WrongEtag => self.wrong_etag = true,
            Action::Job(end) => {
                self.job.get_or_insert_with(|| end.clone());
            }
            Action::Barrier { side } => {
                self.barrier.get_or_insert(*side);
            }
            // Another action was drawn in its place.
            Action::Any => {}
        }
    }
    fn passage(&mut self, way: Way) -> &mut Passage {
        match way {
            Way::Up => &mut self.up,
            Way::Down => &mut self.down,
        }
    }
}
