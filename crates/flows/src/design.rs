//! Design-time objects, each by itself: listed, looked at, switched, set, exported and imported.
//!
//! What is changed is found first, and only then is anything changed: a name that means nothing, or more than one
//! thing, changes nothing at all.

pub mod connections;
mod each;
mod file;
pub mod integrations;
mod list;
pub mod lookups;
mod named;
pub mod schedules;

pub use each::{ChangeReport, ChangeRow};
pub use file::FileReport;
pub use list::{ListReport, list};
pub use named::Named;

use ferry_core::exit::Exit;
use serde::Serialize;

/// What setting values of one object came to.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct SetReport {
    /// The exit code's meaning.
    #[serde(skip)]
    pub exit: Exit,
    /// The environment.
    pub environment: String,
    /// The object's id.
    pub id: String,
    /// The project it lives in.
    pub project: Option<String>,
    /// Whether it was not there before.
    pub created: bool,
    /// The names of what has another value now; never the values.
    pub changed: Vec<String>,
}
