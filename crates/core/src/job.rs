//! Jobs of the clone API as decisions: what a state means, when to ask again, when a job has ended, when its archive is
//! there. Everything here is pure: answers and elapsed time in, the next step out.

mod archive_name;
mod archive_watch;
mod mode;
mod poll;
mod snapshot;
mod state;
mod tracker;

pub use archive_name::{default_archive_name, job_of_archive, names_tried};
pub use archive_watch::{ArchiveWatch, Listed, Sighting};
pub use mode::{Generation, ImportMode};
pub use poll::PollPolicy;
pub use snapshot::{Component, JobEnd, JobSnapshot};
pub use state::{JobState, StateClass};
pub use tracker::{JobTracker, Next, Notice, PollAnswer, Tracked};
