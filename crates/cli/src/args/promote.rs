//! `ferry promote`.

use clap::Args;
use clap::builder::BoolishValueParser;
use ferry_core::ids::{EnvironmentName, JobName};

use super::{SecurityArtifacts, Waiting};

const EXAMPLES: &str = "\
Examples:
  ferry promote test prod --emulator     rehearse it, offline
  ferry promote test prod --dry-run      say what would be done
  ferry promote test prod                export, import only, re-point connections, test, activate";

/// Arguments of `ferry promote`.
#[derive(Clone, Debug, Args)]
#[command(before_help = EXAMPLES)]
pub(crate) struct PromoteArgs {
    /// The environment to take from.
    #[arg(value_name = "FROM")]
    pub from: EnvironmentName,
    /// The environment to bring to.
    #[arg(value_name = "TO")]
    pub to: EnvironmentName,
    /// The name of the export job and of the archive [default: ferry-ENV-TIME-XXXX].
    #[arg(long, env = "FERRY_NAME")]
    pub name: Option<JobName>,
    /// A text that the service keeps with both jobs.
    #[arg(long, env = "FERRY_DESCRIPTION", value_name = "TEXT")]
    pub description: Option<String>,
    /// Credentials and certificates (a promotion leaves them behind by default).
    #[command(flatten)]
    pub security_artifacts: SecurityArtifacts,
    /// Replace an archive of the same name in the bucket.
    #[arg(long, env = "FERRY_OVERWRITE", value_parser = BoolishValueParser::new())]
    pub overwrite: bool,
    /// How long to wait.
    #[command(flatten)]
    pub waiting: Waiting,
}
