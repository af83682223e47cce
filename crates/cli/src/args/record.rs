//! `ferry record`.

use std::path::PathBuf;

use clap::{Args, Subcommand};

use super::{ExportArgs, ImportArgs};

const EXAMPLES: &str = "\
Examples:
  ferry record export test --description first     an export and its talk, in record.json
  ferry record --out import.json import prod bucket:NAME.zip
  ferry emulator --conform record.json             what it says of the emulator's assumptions";

/// Arguments of `ferry record`.
#[derive(Clone, Debug, Args)]
#[command(before_help = EXAMPLES)]
pub(crate) struct RecordArgs {
    /// Where the recording goes; a file that is there already is refused.
    #[arg(
        long,
        env = "FERRY_RECORD_OUT",
        value_name = "FILE",
        default_value = "record.json"
    )]
    pub out: PathBuf,
    /// What is recorded.
    #[command(subcommand)]
    pub flow: RecordFlow,
}

/// The flows that can be recorded.
#[derive(Clone, Debug, Subcommand)]
pub(crate) enum RecordFlow {
    /// Record an export.
    Export(ExportArgs),
    /// Record an import.
    Import(ImportArgs),
}
