//! The Oracle Integration REST API: tokens, jobs, design-time objects, dialects.
//!
//! [`Instance`] is one service instance and the way to sign in to it. It speaks both generations; what
//! comes back is read in every spelling that is documented or was seen (camelCase and hyphenated names,
//! numbers as text, dates in three forms). Whether a call succeeded is decided by its HTTP status, never
//! by a body alone: success bodies have a `status` too, and proxies answer in HTML.
//!
//! A call that starts a job is sent once. [`StartErrorKind`] says what is known when it fails.

mod call;
mod error;
mod instance;
mod model;
mod multipart;
mod op;
mod paging;
mod settings;
mod text;
mod token;
mod wire;

pub use call::Content;
pub use error::{Error, ErrorKind, StartError, StartErrorKind};
pub use instance::Instance;
pub use model::connection::{
    Connection, ConnectionRef, ConnectionUpdate, Property, SecretProperty, TestResult,
};
pub use model::integration::{Integration, IntegrationRef};
pub use model::job::{ExportOrder, ImportOrder, Started, StorageInfo};
pub use model::listed::{AgentGroup, Certificate, Library, Package, Project};
pub use model::lookup::{Lookup, LookupRef};
pub use model::schedule::{Frequency, Schedule, ScheduleAction};
pub use paging::Pages;
pub use settings::{Settings, SignIn};
pub use token::TokenFacts;
