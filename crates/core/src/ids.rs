//! Identifiers that pass between Ferry and the service, checked once and carried as types.
//!
//! Every type here is a validated string: `FromStr` and `TryFrom<String>` check it, [`Display`](std::fmt::Display),
//! `as_str()` and serde give the same text back. What is refused comes as an [`InvalidId`].

mod environment;
mod integration;
mod job;
mod storage_names;
mod text;

pub use environment::EnvironmentName;
pub use integration::{ConnectionId, IntegrationCode, IntegrationId, IntegrationVersion};
pub use job::{JobId, JobKind, JobName};
pub use storage_names::{BucketName, Namespace, ObjectName};
pub use text::InvalidId;

pub(crate) use text::{check_no_control, encode_segment, text_id};
