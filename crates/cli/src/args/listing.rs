//! `ferry libraries|packages|projects|agents|certificates`: what is only listed.

use clap::{Args, Subcommand};
use ferry_core::ids::EnvironmentName;

/// Arguments of a command on things that are only listed.
#[derive(Clone, Debug, Args)]
pub(crate) struct ListingArgs {
    /// What to do.
    #[command(subcommand)]
    pub command: ListingCommand,
}

/// The one command there is.
#[derive(Clone, Debug, Subcommand)]
pub(crate) enum ListingCommand {
    /// List them all, page by page.
    #[command(before_help = "Examples:
  ferry libraries list test
  ferry certificates list test -o json")]
    List {
        /// The environment.
        #[arg(value_name = "ENV")]
        environment: EnvironmentName,
    },
}

impl ListingArgs {
    /// The environment whose things are listed.
    pub(crate) fn environment(&self) -> &EnvironmentName {
        let ListingCommand::List { environment } = &self.command;
        environment
    }
}
