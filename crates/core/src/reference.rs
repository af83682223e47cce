//! References: how a command line or a workspace file names a secret, an archive or a bucket's objects.
//!
//! A scheme stands in front wherever two things could be meant.

mod archive;
mod place;
mod secret;

pub use archive::ArchiveRef;
pub use place::Place;
pub use secret::{SecretRef, SecretRefError};
