//! `ferry import`.

use clap::Args;
use clap::builder::BoolishValueParser;
use ferry_core::ids::{EnvironmentName, JobName};
use ferry_core::job::ImportMode;
use ferry_core::reference::ArchiveRef;

use super::{SecurityArtifacts, Waiting};

const EXAMPLES: &str = "\
Examples:
  ferry import prod bucket:NAME.zip              an object of prod's own bucket
  ferry import prod bucket:test/NAME.zip         an object of test's bucket, carried across first
  ferry import prod ./archive.zip                a local file, uploaded first
  ferry import prod run:ID --mode import-only    what an export run of this machine brought";

/// Arguments of `ferry import`.
#[derive(Clone, Debug, Args)]
#[command(before_help = EXAMPLES)]
pub(crate) struct ImportArgs {
    /// The environment to import into.
    #[arg(value_name = "ENV")]
    pub environment: EnvironmentName,
    /// The archive, by a reference.
    #[arg(
        value_name = "ARCHIVE",
        help = "The archive: bucket:[ENV/]NAME, file:PATH or a path with a slash, run:ID, job:export:ID"
    )]
    pub archive: ArchiveRef,
    /// What is done.
    #[arg(
        help = "What is done: ImportOnly, ActivateOnly or ImportActivate, in any case",
        long,
        env = "FERRY_MODE",
        value_name = "MODE",
        default_value = "ImportOnly"
    )]
    pub mode: ImportMode,
    /// Credentials and certificates.
    #[command(flatten)]
    pub security_artifacts: SecurityArtifacts,
    /// Ask the service to start the schedules too.
    #[arg(long, env = "FERRY_START_SCHEDULES", value_parser = BoolishValueParser::new())]
    pub start_schedules: bool,
    /// Ask the service to import the schedules' parameters too.
    #[arg(long, env = "FERRY_SCHEDULE_PARAMS", value_parser = BoolishValueParser::new())]
    pub schedule_params: bool,
    /// The job's name [default: ferry-ENV-TIME-XXXX].
    #[arg(long, env = "FERRY_NAME")]
    pub name: Option<JobName>,
    /// A text that the service keeps with the job.
    #[arg(long, env = "FERRY_DESCRIPTION", value_name = "TEXT")]
    pub description: Option<String>,
    /// How long to wait.
    #[command(flatten)]
    pub waiting: Waiting,
}
