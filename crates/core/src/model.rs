//! What an archive holds, in words that every command shares: artifacts and the differences between them.

pub mod difference;
pub mod identity;

pub use difference::{ArtifactDifference, Change, Difference, Section};
pub use identity::{ArtifactKind, Identity};
