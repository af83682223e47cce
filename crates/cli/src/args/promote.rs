//! `ferry promote`.

use std::path::PathBuf;

use clap::builder::BoolishValueParser;
use clap::{Args, ValueEnum};
use ferry_core::ids::{EnvironmentName, JobName};
use ferry_core::reference::ArchiveRef;

use super::archive::LimitArgs;
use super::{SecurityArtifacts, Waiting};

const EXAMPLES: &str = "\
Examples:
  ferry promote test prod --live=stop --emulator         rehearse it, offline
  ferry promote test prod --dry-run                      say what would be done
  ferry promote test prod                                export, plan, import, re-point, activate
  ferry promote test prod --archive bucket:test/NAME.zip the same with an archive that is there
  ferry promote --plan prod-plan.json --approve ID       exactly that plan; ID is its fingerprint";

/// Arguments of `ferry promote`.
#[derive(Clone, Debug, Args)]
#[command(before_help = EXAMPLES)]
pub(crate) struct PromoteArgs {
    /// The environment to take from.
    #[arg(value_name = "FROM", required_unless_present = "plan", requires = "to")]
    pub from: Option<EnvironmentName>,
    /// The environment to bring to.
    #[arg(value_name = "TO")]
    pub to: Option<EnvironmentName>,
    /// Take this archive instead of exporting FROM.
    #[arg(
        long,
        env = "FERRY_ARCHIVE",
        value_name = "ARCHIVE",
        conflicts_with = "plan",
        help = "Take this archive instead of exporting FROM: bucket:[ENV/]NAME, file:PATH, run:ID, job:export:ID"
    )]
    pub archive: Option<ArchiveRef>,
    /// Carry out this plan; FROM, TO and the archive are in it.
    #[arg(long, env = "FERRY_PLAN", value_name = "FILE", conflicts_with = "from")]
    pub plan: Option<PathBuf>,
    /// The fingerprint of the plan that is approved: what a protected environment asks for.
    #[arg(
        long,
        env = "FERRY_APPROVE",
        value_name = "FINGERPRINT",
        requires = "plan"
    )]
    pub approve: Option<String>,
    /// What becomes of integrations that are live in TO and would be touched [default: abort where TO is protected].
    #[arg(long, env = "FERRY_LIVE", value_enum)]
    pub live: Option<LiveChoice>,
    /// Who activates: this command, integration by integration, or the service's own job, which cannot leave single ones
    /// out.
    #[arg(long, env = "FERRY_ACTIVATE_BY", value_enum, default_value_t)]
    pub activate_by: ActivateChoice,
    /// A connection whose failing test does not stop what uses it.
    #[arg(
        long,
        env = "FERRY_UNTESTED",
        value_name = "[PROJECT/]CONNECTION",
        value_delimiter = ','
    )]
    pub untested: Vec<String>,
    /// Write a JUnit report of it to this file, whatever comes of it.
    #[arg(long, env = "FERRY_JUNIT", value_name = "FILE")]
    pub junit: Option<PathBuf>,
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
    /// How much the archive may cost.
    #[command(flatten)]
    pub limits: LimitArgs,
    /// How long to wait.
    #[command(flatten)]
    pub waiting: Waiting,
}

/// Who activates.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum ActivateChoice {
    /// Each by itself, children first; what a safety rail stops stays off, and the others are activated.
    #[default]
    Integration,
    /// All by one job; what a safety rail stops stops all.
    Job,
}

/// What becomes of what is live.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum LiveChoice {
    /// It is stopped, and made live again afterwards.
    Stop,
    /// Nothing is done.
    Abort,
}
