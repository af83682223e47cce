//! The bucket: OCI Object Storage through its Swift API.
//!
//! [`Bucket`] is one bucket with the sign-in of one user; every call signs in by itself (HTTP Basic: a
//! user name and an *auth token*; the service has no token call). Reads and writes stream, so memory
//! does not grow with an object, and what went over the wire is always checked: by the object's `ETag`
//! where that is an MD5, else by size, else by reading it back.
//!
//! Documented for the service are listing, upload and download; that it answers like genuine Swift in
//! every corner is assumed. No rule here depends on an answer's wording, only on its status.

mod bucket;
mod carry;
mod date;
mod digest;
mod download;
mod error;
mod object;
mod op;
mod wire;

pub use bucket::Bucket;
pub use carry::carry;
pub use digest::Digests;
pub use download::Download;
pub use error::{Error, ErrorKind};
pub use object::{ObjectInfo, Source, Stored};
