//! From an environment's name to everything that a flow needs, in three ways: the workspace file, an embedded
//! emulator, a running emulator.

mod card;
mod embedded;
mod ground;
mod network;
mod overrides;

pub(crate) use embedded::{no_port, start_failure};
pub(crate) use ground::{Ground, Overriding};
pub(crate) use network::client;
pub(crate) use overrides::STAND_IN;
