//! `ferry overrides`.

use clap::{Args, Subcommand};
use ferry_core::ids::EnvironmentName;

use super::archive::{LimitArgs, Named};

const EXAMPLES: &str = "\
Examples:
  ferry overrides init prod test                      a file for prod, from what test holds
  ferry overrides init prod bucket:test/export.zip    the same from an archive
  ferry overrides check prod test                     what is wrong in it; a finding is exit 1";

/// Arguments of `ferry overrides`.
#[derive(Clone, Debug, Args)]
#[command(before_help = EXAMPLES)]
pub(crate) struct OverridesArgs {
    /// What to do.
    #[command(subcommand)]
    pub command: OverridesCommand,
}

/// The commands on overrides.
#[derive(Clone, Debug, Subcommand)]
pub(crate) enum OverridesCommand {
    /// Write a file to begin with: every place, credential and file that differs between environments, as a comment.
    #[command(
        before_help = "Examples:\n  ferry overrides init prod test\n  ferry overrides init prod export.zip"
    )]
    Init(Against),
    /// Find entries that match nothing, needed values that are missing, and values that point at the source.
    #[command(
        before_help = "Examples:\n  ferry overrides check prod test\n  ferry overrides check prod export.zip -o json"
    )]
    Check(Against),
}

impl OverridesCommand {
    /// The name in the JSON envelope.
    pub(crate) fn name(&self) -> &'static str {
        match self {
            Self::Init(_) => "overrides init",
            Self::Check(_) => "overrides check",
        }
    }
}

/// An environment, and what is to come to it.
#[derive(Clone, Debug, Args)]
pub(crate) struct Against {
    /// The environment that the file is for.
    #[arg(value_name = "ENV")]
    pub environment: EnvironmentName,
    /// What is to come to it: an archive, an object, or an environment whose instance is read.
    #[arg(value_name = "FILE|bucket:ENV/NAME|ENV")]
    pub source: Named,
    /// How much an archive may cost.
    #[command(flatten)]
    pub limits: LimitArgs,
}
