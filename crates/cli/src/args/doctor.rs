//! `ferry doctor`.

use clap::Args;
use ferry_core::ids::EnvironmentName;

const EXAMPLES: &str = "\
Examples:
  ferry doctor test
  ferry doctor prod -o json";

/// Arguments of `ferry doctor`.
#[derive(Clone, Debug, Args)]
#[command(before_help = EXAMPLES)]
pub(crate) struct DoctorArgs {
    /// The environment to check. A small object is put into its bucket and removed again.
    #[arg(value_name = "ENV")]
    pub environment: EnvironmentName,
}
