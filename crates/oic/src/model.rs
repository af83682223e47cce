//! What the calls take and give.

pub(crate) mod connection;
pub(crate) mod integration;
pub(crate) mod job;
