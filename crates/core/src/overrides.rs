//! What an environment's connections, lookups and schedules get in a promotion: the values of one file, over what an
//! archive or an instance brings.
//!
//! - [`Overrides`]: the file. Its entries are named by [`Pattern`]s.
//! - [`Overrides::given`]: what one connection gets. The most specific entry wins, value by value: see [`Pattern`].
//! - [`Facts`]: what there is to be overridden, and where that is known from.
//! - [`check`]: which entry meets what, and what is wrong or missing.
//! - [`skeleton`]: a file to begin with.
//!
//! ```
//! use ferry_core::overrides::{Given, Overrides};
//! let overrides: Overrides = serde_json::from_str(
//!     r#"{"connections": {"*": {"agent-group": "PROD"}, "ORDERS": {"properties": {"connectionUrl": "https://orders.example.com"}}}}"#,
//! )?;
//! let given: Given = overrides.given(None, "ORDERS");
//! assert_eq!(given.properties["connectionUrl"].value, "https://orders.example.com");
//! assert_eq!(given.agent_group.unwrap().entry.as_str(), "*");
//! # Ok::<(), serde_json::Error>(())
//! ```

mod check;
mod facts;
mod file;
mod finding;
mod given;
mod near;
mod needs;
mod not_checkable;
mod pattern;
mod rest;
mod skeleton;

pub use check::{Checked, ConnectionChange, Met, NotChecked, Unsure, ValueChange, check};
pub use facts::{ConnectionFacts, Fact, Facts, LookupFacts, ScheduleFacts};
pub use file::{ConnectionEntry, FileRef, LookupEntry, Overrides, Properties, ScheduleEntry};
pub use finding::{Finding, Missing};
pub use given::{Given, Stated};
pub use needs::{is_credential, needed_credentials};
pub use not_checkable::NotCheckable;
pub use pattern::Pattern;
pub use rest::put_rows;
pub use skeleton::skeleton;
