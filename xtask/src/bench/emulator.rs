//! The emulator's figures.

mod memory;
pub(super) mod service;
pub(super) mod store;
mod wrk;
