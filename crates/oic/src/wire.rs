//! How it stands on the wire: answers read tolerantly, requests written as documented.

pub(crate) mod connection;
pub(crate) mod date;
pub(crate) mod fields;
pub(crate) mod integration;
pub(crate) mod job;
pub(crate) mod listed;
pub(crate) mod lookup;
pub(crate) mod order;
pub(crate) mod schedule;
