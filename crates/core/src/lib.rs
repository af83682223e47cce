//! Domain types and decisions of Ferry: no I/O, no clock of its own.
//!
//! - [`ids`]: checked identifiers; the one module that the emulator shares with the clients.
//! - [`storage`]: the bucket's Swift URL and its user.
//! - [`job`]: what job states mean; following a job ([`job::JobTracker`]) and waiting for its archive
//!   ([`job::ArchiveWatch`]) as pure state machines.
//! - [`mod@reference`]: how secrets and archives are named.
//! - [`flow`]: the flows as pure state machines over their journal.
//! - [`model`]: what an archive holds: identities, the inventory, and the graph of who needs whom.
//! - [`overrides`]: what a target's connections, lookups and schedules get, and whether it fits.
//! - [`plan`]: what an import and an activation would do to a target.
//! - [`window`]: when an environment may be changed.
//! - [`exit`]: the exit codes.

pub mod exit;
pub mod flow;
pub mod ids;
pub mod job;
pub mod model;
pub mod overrides;
pub mod plan;
pub mod reference;
pub mod storage;
pub mod window;
