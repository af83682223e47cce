//! What goes wrong with one request, all rules taken together.

use std::time::Duration;

use super::{Action, JobEnd};
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
    /// End the answer's body after so many bytes.
    pub(crate) cut: Option<u64>,
    /// Damage the answer's body.
    pub(crate) corrupt: bool,
    /// A listing that is not true.
    pub(crate) listing: Option<ListingFault>,
    /// Carry out, then give no answer.
    pub(crate) lose: bool,
    /// Invalidate every token first.
    pub(crate) expire_tokens: bool,
    /// Let bodies pass at so many bytes a second.
    pub(crate) slow: Option<u64>,
    /// Tell another `ETag`.
    pub(crate) wrong_etag: bool,
    /// End the job that is started so.
    pub(crate) job: Option<JobEnd>,
    /// Stop on this side.
    pub(crate) barrier: Option<Side>,
    /// Where rules are in force and none was met: the nearest, and why it was not.
    pub(crate) near: Option<String>,
}

/// A listing that is not true.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ListingFault {
    /// Nothing is listed.
    Empty,
    /// As so many virtual seconds ago.
    Stale(u64),
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
            Action::Cut { after } => {
                self.cut.get_or_insert(*after);
            }
            Action::CorruptBody => self.corrupt = true,
            Action::EmptyListing => {
                self.listing.get_or_insert(ListingFault::Empty);
            }
            Action::StaleListing { seconds } => {
                self.listing.get_or_insert(ListingFault::Stale(*seconds));
            }
            Action::LoseAnswer => self.lose = true,
            Action::ExpireTokens => self.expire_tokens = true,
            Action::Slow { bytes_per_second } => {
                self.slow.get_or_insert(*bytes_per_second);
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
}
