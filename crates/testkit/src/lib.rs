//! Tools for the tests of every crate: not published, and never more than a dev-dependency.
//!
//! - [`archives`]: valid, odd and hostile zips, and a record of the outcome that each must have;
//! - [`fixtures`]: where committed data lie, and how a test says that it was skipped;
//! - [`cli`]: runs the built binary in a clean environment;
//! - [`emulated`]: an emulator on a free port, in a task;
//! - [`exported`]: archives that the emulator exported, in each of its layouts;
//! - [`instance`]: an instance of integrations as values, written as archives;
//! - [`linked`]: an emulator behind pipes in memory, for paused time;
//! - [`clock`]: the time as a value;
//! - [`redact`]: searches output and files for secrets.
//!
//! Helpers panic where a test could only fail; their messages say what went wrong.

pub mod archives;
pub mod cli;
pub mod clock;
pub mod emulated;
pub mod exported;
pub mod fixtures;
pub mod instance;
pub mod linked;
pub mod redact;
