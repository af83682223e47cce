//! Recording one export or import of a real service, so that the emulator's assumptions can be held against it.
//!
//! A [`Tape`] hears every exchange of the HTTP client. [`Watched`] looks at the bucket meanwhile. When the flow has
//! ended, [`Tape::transcript`] makes a [`Transcript`] of both, in which nothing stands that tells whose instance it
//! was: names, identifiers, addresses and texts are replaced by what they are, and secrets are not even heard.

mod bucket;
mod patterns;
mod redact;
mod tape;
mod transcript;

pub use bucket::{Watched, watched};
pub use patterns::Known;
pub use tape::Tape;
pub use transcript::{ArchiveFacts, Exchange, ObjectSeen, Transcript};
