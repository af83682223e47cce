//! An offline emulator of Oracle Integration, its identity domain and its bucket.
//!
//! One port speaks all three services, told apart by path and host. It shares nothing with the clients but the
//! syntax of identifiers, so that a misreading of the service must be made twice to stay hidden. It keeps every
//! artifact as the bytes it was loaded with and gives the same bytes out again. Virtual time, seeded identifiers,
//! faults by rule and barriers make its behaviour repeatable; every assumption about the real services is a
//! [switch](Switches).
//!
//! Start it with [`Emulator::start`], then let it [serve](Emulator::serve) a listener or
//! [one connection](Emulator::serve_connection) of any kind, or [answer](Emulator::answer) requests by themselves.

mod admin;
mod artifact;
mod authorization;
mod barrier;
mod blobs;
mod body;
mod clock;
mod demo;
mod emulator;
mod environments;
mod fault;
mod generate;
mod identity;
mod journal;
mod load;
mod oic;
mod options;
mod persist;
mod route;
mod server;
mod service;
mod snapshots;
mod spread;
mod store;
mod tls;
mod world;

use bytes::Bytes;

pub use admin::{Control, controls};
pub use barrier::{Barrier, Side};
pub use emulator::Emulator;
pub use environments::{ConnectionCard, EnvironmentCard, UserCard};
pub use fault::{Action, JobEnd, Rule, Service, Way};
pub use journal::Recorded;
pub use load::Description;
pub use options::{
    ArchiveLayout, ConformError, ConnectionValues, ErrorBodies, Etag, FailedTest, FieldNames,
    Finding, JobIds, Load, OnImport, Options, Row, Standing, StartError, StoreDialect, StoreErrors,
    StoreListings, SwitchError, Switches, Temporaries, Verdict, conform, fidelity,
};
pub use service::NoAnswer;
pub use tls::Tls;

/// The body of requests and answers.
pub type Body = http_body_util::combinators::BoxBody<Bytes, std::io::Error>;
