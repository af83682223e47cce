//! References: how a command line or a workspace file names a secret or an archive.
//!
//! A scheme stands in front wherever two things could be meant.

mod archive;
mod secret;

pub use archive::ArchiveRef;
pub use secret::{SecretRef, SecretRefError};
