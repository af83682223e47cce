//! The calls, one a file.

mod copy;
mod delete;
mod delete_many;
mod get;
mod head;
mod list;
mod manifest;
mod put;
mod report;

pub use delete_many::MOST_REMOVED;
pub use list::{Entry, Listing, Pages};
pub(crate) use manifest::{Manifest, Segment};
pub(crate) use put::{Put, subject};
