//! Reading artifacts for the few facts the emulator needs.
//!
//! The emulator keeps every artifact as the bytes it came in and gives the same bytes out again; what is read here is
//! only what its REST answers tell: identities, dependencies, connection properties, lookup tables. It is its own
//! reading of `archive-format.md`, shared with no client.

use std::collections::BTreeMap;

pub(crate) mod connection;
pub(crate) mod integration;
pub(crate) mod lookup;
pub(crate) mod properties;
pub(crate) mod schedule;
pub(crate) mod zip;

mod containers;
mod label;
mod member;
mod merge;

pub(crate) use connection::ConnectionFacts;
pub(crate) use containers::read;
pub(crate) use integration::IntegrationFacts;
pub(crate) use label::{DeploymentFacts, Version, deployed, labelled};
pub(crate) use lookup::LookupFacts;
pub(crate) use member::member;
pub(crate) use merge::merged;

/// The entries of a zip, by name.
pub(crate) type Entries = BTreeMap<String, Vec<u8>>;

/// An artifact that is recognised but cannot be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{entry}: {why}")]
pub(crate) struct Unreadable {
    /// Which entry or file is meant.
    pub entry: String,
    /// What is wrong with it.
    pub why: String,
}

impl Unreadable {
    pub(crate) fn new(entry: impl Into<String>, why: impl Into<String>) -> Self {
        Unreadable {
            entry: entry.into(),
            why: why.into(),
        }
    }

    /// What another error says about an entry.
    pub(crate) fn from_error(entry: impl Into<String>, error: &impl std::error::Error) -> Self {
        Unreadable::new(entry, error.to_string())
    }
}

/// A JavaScript library that an artifact carries.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct LibraryFacts {
    pub code: String,
    pub version: String,
    pub name: String,
}

/// Everything that one container (integration or project) carries.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Carried {
    pub integrations: Vec<IntegrationFacts>,
    pub connections: Vec<ConnectionFacts>,
    pub lookups: Vec<LookupFacts>,
    pub libraries: Vec<LibraryFacts>,
}

/// One member of a package.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Member {
    /// The member's own `.iar`, as it lies in the package.
    pub bytes: Vec<u8>,
    pub carried: Carried,
}

/// The head of a project.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ProjectFacts {
    pub code: String,
    pub name: String,
    pub description: String,
    pub status: String,
    pub deployments: Vec<DeploymentFacts>,
}

/// What an artifact is, told by its content alone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Recognised {
    /// An `.iar`.
    Integration(Carried),
    /// A `.par`.
    Package { name: String, members: Vec<Member> },
    /// A `.car`.
    Project {
        head: ProjectFacts,
        carried: Carried,
    },
    /// A lookup, as CSV or DVM.
    Lookup(LookupFacts),
    /// None of these: kept and given out as it is.
    Opaque,
}

/// Lower-case hexadecimal.
pub(crate) fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write as _;
    bytes.iter().fold(String::new(), |mut out, byte| {
        // Writing to a string does not fail.
        let _ = write!(out, "{byte:02x}");
        out
    })
}
