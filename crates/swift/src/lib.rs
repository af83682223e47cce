//! The bucket: OCI Object Storage through its Swift API, and any other Swift.
//!
//! [`Bucket`] is one bucket with the sign-in of one user; every call signs in by itself, by user and *auth token*
//! (HTTP Basic, the service's own way) or by a token (upstream's). Reads and writes stream, so memory does not grow with an
//! object, and what went over the wire is always checked: by the object's `ETag` where that is an MD5, else by size, else
//! by reading it back.
//!
//! [`fetch`], [`store`], [`copy`] and [`remove`] are whole transfers: they resume, use as many connections as help, and leave
//! nothing wrong behind. Documented for the service are listing, upload and download, so the default path depends on PUT,
//! GET with a range, HEAD, DELETE and listing alone; whatever else upstream can do ([`Features`]) is used only after it was
//! seen to work there. No rule here depends on an answer's wording, only on its status.

mod aside;
mod bucket;
mod call;
mod check;
mod compare;
mod copy;
mod date;
mod digest;
mod download;
mod drive;
mod error;
mod features;
mod fetch;
mod object;
mod op;
mod pace;
mod plan;
mod pool;
mod ranges;
mod reading;
mod remove;
mod sign_in;
mod store;
mod stretches;
mod tell;
mod wire;

pub use bucket::Bucket;
pub use compare::same_by_segments;
pub use copy::{Copied, copy};
pub use digest::Digests;
pub use download::Download;
pub use drive::Lanes;
pub use error::{Error, ErrorKind};
pub use features::{Features, probe};
pub use fetch::{Arrived, Fetched, arrive, fetch};
pub use object::ObjectInfo;
pub use op::{Entry, Listing, MOST_REMOVED, Pages};
pub use remove::{SEGMENTS, remove, remove_segments};
pub use sign_in::SignIn;
pub use store::{Cut, Source, Stored, Storing, store};
pub use stretches::Stretches;
pub use tell::{Tell, Told};
