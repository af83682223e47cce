//! `ferry config`.

use clap::builder::BoolishValueParser;
use clap::{Args, Subcommand};

const EXAMPLES: &str = "\
Examples:
  ferry config show              each value that counts
  ferry config show --origin     and where it came from";

/// Arguments of `ferry config`.
#[derive(Clone, Debug, Args)]
#[command(before_help = EXAMPLES)]
pub(crate) struct ConfigArgs {
    /// What to do.
    #[command(subcommand)]
    pub command: ConfigCommand,
}

/// The commands on the configuration.
#[derive(Clone, Debug, Subcommand)]
pub(crate) enum ConfigCommand {
    /// The configuration that counts; secrets are shown as their reference.
    #[command(before_help = EXAMPLES)]
    Show {
        /// Where each value came from: flag, variable, file and line, default.
        #[arg(long, env = "FERRY_ORIGIN", value_parser = BoolishValueParser::new())]
        origin: bool,
    },
}
