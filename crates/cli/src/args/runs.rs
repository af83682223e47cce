//! `ferry runs`.

use std::path::PathBuf;
use std::time::Duration;

use clap::builder::BoolishValueParser;
use clap::{Args, Subcommand, ValueEnum};

use crate::config::parse_duration;

const EXAMPLES: &str = "\
Examples:
  ferry runs list           the runs of this machine
  ferry runs show ID        one run's journal
  ferry runs resume ID      go on with an unfinished run, where it stopped
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
    /// Go on with an unfinished run: first find out what is true by now, then do what is left.
    #[command(before_help = "\
Examples:
  ferry runs resume ID
  ferry runs resume ID --assume=not-started    the console's list does not show the import's job")]
    Resume {
        /// The run's id, with or without `run:`.
        #[arg(value_name = "RUN")]
        run: String,
        /// What the console's job list shows of an import whose answer was lost, where nothing else can tell.
        #[arg(long, env = "FERRY_ASSUME", value_enum)]
        assume: Option<Assumption>,
        /// Stop waiting for a job after this long, such as 90s, 45m or 2h; it goes on [default: 2h].
        #[arg(long, env = "FERRY_TIMEOUT", value_name = "TIME", value_parser = parse_duration)]
        timeout: Option<Duration>,
    },
    /// One run as a file, to be attached to a service request: its journal, plan and requests, without values.
    #[command(
        before_help = "Examples:\n  ferry runs bundle ID\n  ferry runs bundle ID --to run.tar --overwrite"
    )]
    Bundle {
        /// The run's id, with or without `run:`.
        #[arg(value_name = "RUN")]
        run: String,
        /// The file, or `-` for stdout [default: RUN.tar].
        #[arg(long, env = "FERRY_TO", value_name = "FILE|-")]
        to: Option<PathBuf>,
        /// Replace a file that is there.
        #[arg(long, env = "FERRY_OVERWRITE", value_parser = BoolishValueParser::new())]
        overwrite: bool,
    },
    /// Give an unfinished run up.
    #[command(before_help = "Examples:\n  ferry runs abandon ID")]
    Abandon {
        /// The run's id, with or without `run:`.
        #[arg(value_name = "RUN")]
        run: String,
    },
}

/// What became of an import whose answer was lost.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Assumption {
    /// Its job is in the list, and has ended.
    Started,
    /// No job of it is in the list: it is asked for again.
    NotStarted,
}

impl RunsCommand {
    /// The name in the JSON envelope.
    pub(crate) fn name(&self) -> &'static str {
        match self {
            Self::List => "runs list",
            Self::Show { .. } => "runs show",
            Self::Resume { .. } => "runs resume",
            Self::Bundle { .. } => "runs bundle",
            Self::Abandon { .. } => "runs abandon",
        }
    }
}
