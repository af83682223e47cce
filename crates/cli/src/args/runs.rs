//! `ferry runs`.

use std::path::PathBuf;

use clap::{Args, Subcommand};

const EXAMPLES: &str = "\
Examples:
  ferry runs list           the runs of this machine
  ferry runs show ID        one run's journal
  ferry runs bundle ID      its journal, plan and requests in one file
  ferry runs abandon ID     give an unfinished run up; its job, if any, goes on";

/// Arguments of `ferry runs`.
#[derive(Clone, Debug, Args)]
#[command(before_help = EXAMPLES)]
pub(crate) struct RunsArgs {
    /// What to do.
    #[command(subcommand)]
    pub command: RunsCommand,
}

/// The commands on runs.
#[derive(Clone, Debug, Subcommand)]
pub(crate) enum RunsCommand {
    /// The runs of this machine.
    #[command(before_help = "Examples:\n  ferry runs list")]
    List,
    /// One run and its journal.
    #[command(before_help = "Examples:\n  ferry runs show ID")]
    Show {
        /// The run's id, with or without `run:`.
        #[arg(value_name = "RUN")]
        run: String,
    },
    /// One run as a file, to be attached to a service request: its journal, plan and requests, without values.
    #[command(
        before_help = "Examples:\n  ferry runs bundle ID\n  ferry runs bundle ID --to run.tar"
    )]
    Bundle {
        /// The run's id, with or without `run:`.
        #[arg(value_name = "RUN")]
        run: String,
        /// The file [default: RUN.tar].
        #[arg(long, env = "FERRY_TO", value_name = "FILE")]
        to: Option<PathBuf>,
    },
    /// Give an unfinished run up.
    #[command(before_help = "Examples:\n  ferry runs abandon ID")]
    Abandon {
        /// The run's id, with or without `run:`.
        #[arg(value_name = "RUN")]
        run: String,
    },
}

impl RunsCommand {
    /// The name in the JSON envelope.
    pub(crate) fn name(&self) -> &'static str {
        match self {
            Self::List => "runs list",
            Self::Show { .. } => "runs show",
            Self::Bundle { .. } => "runs bundle",
            Self::Abandon { .. } => "runs abandon",
        }
    }
}
