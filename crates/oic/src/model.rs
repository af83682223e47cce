//! What the calls take and give.

pub(crate) mod connection;
pub(crate) mod integration;
pub(crate) mod job;
pub(crate) mod listed;
pub(crate) mod lookup;
pub(crate) mod schedule;
