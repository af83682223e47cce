//! What an archive holds, in words of the service: artifacts, the inventory of them, and who needs whom.
//!
//! Built by `ferry-archive` from bytes, printed by the command line. Nothing here holds the value of a property that
//! may be a secret, nor the content of an attachment.

mod certificate;
mod connection;
pub mod difference;
mod graph;
mod host;
mod identity;
mod integration;
mod inventory;
mod library;
mod lookup;
mod origin;
mod package;
mod part;
mod project;
mod schedule;
mod tracing;

pub use certificate::Certificate;
pub use connection::{Attachment, Connection, Property, PropertyValue, secret_like};
pub use difference::{ArtifactDifference, Change, Difference, Section};
pub use graph::{Edge, EdgeKind, Graph, Node};
pub(crate) use host::is_host;
pub use host::{hosts, without_user};
pub use identity::{ArtifactKind, Identity};
pub use integration::Integration;
pub use inventory::Inventory;
pub use library::Library;
pub use lookup::{Address, Lookup};
pub use origin::Origin;
pub use package::Package;
pub use part::Part;
pub use project::{Deployment, Project};
pub use schedule::Schedule;
pub use tracing::Tracing;
