//! `ferry diff`.

use std::path::PathBuf;

use clap::Args;
use clap::builder::BoolishValueParser;

use super::archive::LimitArgs;

const EXAMPLES: &str = "\
Examples:
  ferry diff last-week.zip today.zip            what changed, in words
  ferry diff tree today.zip --text              with the changed lines of maps and other files
  ferry diff ORDERS_01.00.0000.iar prod.zip     one integration against that of an instance
  ferry diff old.zip new.zip -o markdown        for a review";

/// Arguments of `ferry diff`.
#[derive(Clone, Debug, Args)]
#[command(before_help = EXAMPLES)]
pub(crate) struct DiffArgs {
    /// The older: an archive, an extracted tree, or a single artifact.
    #[arg(value_name = "A")]
    pub before: PathBuf,
    /// The newer.
    #[arg(value_name = "B")]
    pub after: PathBuf,
    /// Show the changed lines of files too, in their canonical form.
    #[arg(long, env = "FERRY_TEXT", value_parser = BoolishValueParser::new())]
    pub text: bool,
    /// How much each may cost.
    #[command(flatten)]
    pub limits: LimitArgs,
}
