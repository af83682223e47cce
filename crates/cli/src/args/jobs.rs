//! `ferry jobs`.

use std::fmt;
use std::str::FromStr;
use std::time::Duration;

use clap::{Args, Subcommand};
use ferry_core::ids::{EnvironmentName, JobId, JobKind};
use ferry_core::reference::ArchiveRef;

use crate::config::parse_duration;

const EXAMPLES: &str = "\
Examples:
  ferry jobs list                            what this machine started
  ferry jobs show test job:export:ID         one job's state
  ferry jobs wait test job:export:ID         follow it to its end
  ferry jobs report prod job:import:ID       what it did";

/// Arguments of `ferry jobs`.
#[derive(Clone, Debug, Args)]
#[command(before_help = EXAMPLES)]
pub(crate) struct JobsArgs {
    /// What to do.
    #[command(subcommand)]
    pub command: JobsCommand,
}

/// A job and the environment it runs in.
#[derive(Clone, Debug, Args)]
pub(crate) struct JobPlace {
    /// The environment in which the job runs.
    #[arg(value_name = "ENV")]
    pub environment: EnvironmentName,
    /// The job: job:export:ID or job:import:ID.
    #[arg(value_name = "JOB")]
    pub job: JobRef,
}

/// The commands on jobs.
#[derive(Clone, Debug, Subcommand)]
pub(crate) enum JobsCommand {
    /// The jobs that this machine started.
    #[command(before_help = "Examples:\n  ferry jobs list\n  ferry jobs list test")]
    List {
        /// Only those of this environment.
        #[arg(value_name = "ENV")]
        environment: Option<EnvironmentName>,
    },
    /// One job's state; answering is exit 0 whatever the state.
    #[command(before_help = "Examples:\n  ferry jobs show test job:export:ID")]
    Show {
        /// Which job.
        #[command(flatten)]
        place: JobPlace,
    },
    /// Follow a job to its end.
    #[command(before_help = "Examples:\n  ferry jobs wait test job:export:ID --timeout 1h")]
    Wait {
        /// Which job.
        #[command(flatten)]
        place: JobPlace,
        /// Stop waiting after this long, such as 90s, 45m or 2h; the job goes on [default: 2h].
        #[arg(long, env = "FERRY_TIMEOUT", value_name = "TIME", value_parser = parse_duration)]
        timeout: Option<Duration>,
    },
    /// What a job did, built from the job, its archive and the target; before its end: exit 1.
    #[command(before_help = "Examples:\n  ferry jobs report prod job:import:ID")]
    Report {
        /// Which job.
        #[command(flatten)]
        place: JobPlace,
    },
}

impl JobsCommand {
    /// The name in the JSON envelope.
    pub(crate) fn name(&self) -> &'static str {
        match self {
            Self::List { .. } => "jobs list",
            Self::Show { .. } => "jobs show",
            Self::Wait { .. } => "jobs wait",
            Self::Report { .. } => "jobs report",
        }
    }
}

/// `job:export:ID` or `job:import:ID`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct JobRef {
    /// Export and import jobs have separate id spaces.
    pub kind: JobKind,
    /// The server's id.
    pub id: JobId,
}

impl FromStr for JobRef {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text.parse::<ArchiveRef>() {
            Ok(ArchiveRef::Job(kind, id)) => Ok(Self { kind, id }),
            Ok(_) => Err(
                "a job is written job:export:ID or job:import:ID, for the two have separate ids"
                    .to_owned(),
            ),
            Err(error) => Err(error.to_string()),
        }
    }
}

impl fmt::Display for JobRef {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "job:{}:{}", self.kind, self.id)
    }
}
