//! `ferry plan`.

use std::path::PathBuf;

use clap::Args;
use clap::builder::BoolishValueParser;
use ferry_core::ids::EnvironmentName;
use ferry_core::reference::ArchiveRef;

use super::archive::LimitArgs;

const EXAMPLES: &str = "\
Examples:
  ferry plan prod bucket:test/NAME.zip                       what the archive would change in prod
  ferry plan prod bucket:test/NAME.zip --save prod-plan.json keep it, to be approved and carried out
  ferry plan prod ./archive.zip --from test -o markdown      for a review";

/// Arguments of `ferry plan`.
#[derive(Clone, Debug, Args)]
#[command(before_help = EXAMPLES)]
pub(crate) struct PlanArgs {
    /// The environment that the archive would come to.
    #[arg(value_name = "ENV")]
    pub environment: EnvironmentName,
    /// The archive, by a reference.
    #[arg(
        value_name = "ARCHIVE",
        help = "The archive: bucket:[ENV/]NAME, file:PATH or a path with a slash, run:ID, job:export:ID"
    )]
    pub archive: ArchiveRef,
    /// The environment that the archive comes from [default: the one whose bucket it is named by].
    #[arg(long, env = "FERRY_FROM", value_name = "ENV")]
    pub from: Option<EnvironmentName>,
    /// Keep the plan in this file.
    #[arg(long, env = "FERRY_SAVE", value_name = "FILE")]
    pub save: Option<PathBuf>,
    /// Exit 1 where anything would change.
    #[arg(long, env = "FERRY_EXIT_CODE", value_parser = BoolishValueParser::new())]
    pub exit_code: bool,
    /// How much the archive may cost.
    #[command(flatten)]
    pub limits: LimitArgs,
}
