//! `ferry export`.

use std::path::PathBuf;

use clap::Args;
use clap::builder::BoolishValueParser;
use ferry_core::ids::{EnvironmentName, JobName};

use super::{SecurityArtifacts, Waiting};

const EXAMPLES: &str = "\
Examples:
  ferry export test                          export, wait for the finished zip, verify it
  ferry export test --download=test.zip      fetch it too
  ferry export test --name nightly-42        a fixed name: a re-run goes on with the same job
  ferry export test --emulator=./play        on an emulator that keeps its state in ./play";

/// Arguments of `ferry export`.
#[derive(Clone, Debug, Args)]
#[command(before_help = EXAMPLES)]
pub(crate) struct ExportArgs {
    /// The environment to export.
    #[arg(value_name = "ENV")]
    pub environment: EnvironmentName,
    /// The job's name, which names the archive too [default: ferry-ENV-TIME-XXXX].
    #[arg(long, env = "FERRY_NAME")]
    pub name: Option<JobName>,
    /// A text that the service keeps with the job.
    #[arg(long, env = "FERRY_DESCRIPTION", value_name = "TEXT")]
    pub description: Option<String>,
    /// Credentials and certificates.
    #[command(flatten)]
    pub security_artifacts: SecurityArtifacts,
    /// Replace an archive of the same name in the bucket.
    #[arg(long, env = "FERRY_OVERWRITE", value_parser = BoolishValueParser::new())]
    pub overwrite: bool,
    /// Fetch the verified archive; alone, into the current folder under the archive's own name.
    #[arg(
        long,
        env = "FERRY_DOWNLOAD",
        value_name = "FILE",
        num_args = 0..=1,
        require_equals = true,
        default_missing_value = "."
    )]
    pub download: Option<PathBuf>,
    /// How long to wait.
    #[command(flatten)]
    pub waiting: Waiting,
}
