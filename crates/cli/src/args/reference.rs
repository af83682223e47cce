//! `ferry reference` (hidden): the tables of the documentation, from the code that they describe.

use clap::{Args, ValueEnum};

/// Arguments of `ferry reference`.
#[derive(Clone, Debug, Args)]
#[command(before_help = "Examples:\n  ferry reference exit-codes")]
pub(crate) struct ReferenceArgs {
    /// Which table.
    #[arg(value_enum)]
    pub topic: ReferenceTopic,
}

/// The tables there are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum ReferenceTopic {
    /// Every exit code and what it means.
    ExitCodes,
    /// Every environment variable.
    Variables,
    /// Every control of a running emulator.
    Controls,
    /// Every assumption that the emulator makes about the service.
    Fidelity,
}
