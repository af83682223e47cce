//! `ferry lookups`.

use std::path::PathBuf;

use clap::builder::BoolishValueParser;
use clap::{Args, Subcommand};
use ferry_core::ids::EnvironmentName;
use ferry_flows::design::Named;

const EXAMPLES: &str = "\
Examples:
  ferry lookups list test                            all, those of projects too
  ferry lookups get test Country_Codes               its table as CSV, on stdout
  ferry lookups get test Country_Codes codes.csv     the same in a file
  ferry lookups put prod codes.csv                   make or replace the lookup that the file names";

/// Arguments of `ferry lookups`.
#[derive(Clone, Debug, Args)]
#[command(before_help = EXAMPLES)]
pub(crate) struct LookupsArgs {
    /// What to do.
    #[command(subcommand)]
    pub command: LookupsCommand,
}

/// The commands on lookups.
#[derive(Clone, Debug, Subcommand)]
pub(crate) enum LookupsCommand {
    /// List all lookups, those of projects too, page by page.
    #[command(
        before_help = "Examples:\n  ferry lookups list test\n  ferry lookups list test -o json"
    )]
    List {
        /// The environment.
        #[arg(value_name = "ENV")]
        environment: EnvironmentName,
    },
    /// A lookup as CSV, as the console exports it; a cell that a spreadsheet would run gets an apostrophe.
    #[command(before_help = "Examples:
  ferry lookups get test Country_Codes
  ferry lookups get test Country_Codes codes.csv --overwrite
  ferry lookups get test Country_Codes -o json")]
    Get {
        /// The environment.
        #[arg(value_name = "ENV")]
        environment: EnvironmentName,
        /// Which one.
        #[arg(value_name = "[PROJECT/]NAME")]
        lookup: Named,
        /// A file, a folder for NAME.csv, or `-` for stdout [default: stdout].
        #[arg(value_name = "PATH|-")]
        target: Option<PathBuf>,
        /// Replace a file that is there.
        #[arg(long, env = "FERRY_OVERWRITE", value_parser = BoolishValueParser::new())]
        overwrite: bool,
    },
    /// Make or replace the lookup that a CSV names; the same table sends nothing.
    #[command(
        before_help = "Examples:\n  ferry lookups put prod codes.csv\n  ferry lookups get test Country_Codes | ferry lookups put prod -"
    )]
    Put {
        /// The environment.
        #[arg(value_name = "ENV")]
        environment: EnvironmentName,
        /// A CSV as `get` writes it, or `-` for stdin.
        #[arg(value_name = "PATH|-")]
        source: PathBuf,
    },
}

impl LookupsCommand {
    /// The name in the JSON envelope.
    pub(crate) fn name(&self) -> &'static str {
        match self {
            Self::List { .. } => "lookups list",
            Self::Get { .. } => "lookups get",
            Self::Put { .. } => "lookups put",
        }
    }
}
