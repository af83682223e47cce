//! `ferry schedules`.

use clap::{Args, Subcommand};
use ferry_core::ids::EnvironmentName;
use ferry_flows::design::Named;

use super::integrations::Several;

const EXAMPLES: &str = "\
Examples:
  ferry schedules list test                                 what runs when, and whether it does
  ferry schedules start test ORDERS/ORDER_NIGHTLY           never twice
  ferry schedules pause test ORDERS/ORDER_NIGHTLY           a run under way ends
  ferry schedules set test ORDERS/ORDER_NIGHTLY lastRun=2026-01-01";

/// Arguments of `ferry schedules`.
#[derive(Clone, Debug, Args)]
#[command(before_help = EXAMPLES)]
pub(crate) struct SchedulesArgs {
    /// What to do.
    #[command(subcommand)]
    pub command: SchedulesCommand,
}

/// The commands on schedules.
#[derive(Clone, Debug, Subcommand)]
pub(crate) enum SchedulesCommand {
    /// List the integrations that run by a schedule, and what it says.
    #[command(
        before_help = "Examples:\n  ferry schedules list test\n  ferry schedules list test -o json"
    )]
    List {
        /// The environment.
        #[arg(value_name = "ENV")]
        environment: EnvironmentName,
    },
    /// Start schedules; one that is started is left.
    #[command(before_help = "Examples:\n  ferry schedules start test ORDERS/ORDER_NIGHTLY")]
    Start(Several),
    /// Stop schedules; a run under way is cancelled.
    #[command(before_help = "Examples:\n  ferry schedules stop test ORDERS/ORDER_NIGHTLY")]
    Stop(Several),
    /// Pause schedules; a run under way ends.
    #[command(before_help = "Examples:\n  ferry schedules pause test ORDERS/ORDER_NIGHTLY")]
    Pause(Several),
    /// Go on with schedules that are paused.
    #[command(before_help = "Examples:\n  ferry schedules resume test ORDERS/ORDER_NIGHTLY")]
    Resume(Several),
    /// Define or change a schedule and its parameters; what is not named stays.
    #[command(before_help = "Examples:
  ferry schedules set test ORDERS/ORDER_NIGHTLY lastRun=2026-01-01
  ferry schedules set test ORDERS/ORDER_NIGHTLY --frequency MINUTELY --interval 65 --time-zone UTC")]
    Set(SettingSchedule),
}

/// Arguments of `ferry schedules set`.
#[derive(Clone, Debug, Args)]
pub(crate) struct SettingSchedule {
    /// The environment.
    #[arg(value_name = "ENV")]
    pub environment: EnvironmentName,
    /// Which one: [PROJECT/]CODE|VERSION; without the version where there is one alone.
    #[arg(value_name = "[PROJECT/]CODE[|VERSION]")]
    pub integration: Named,
    /// Values of its parameters.
    #[arg(value_name = "NAME=VALUE")]
    pub parameters: Vec<String>,
    /// How often, in the service's word, such as MINUTELY.
    #[arg(long, env = "FERRY_FREQUENCY", value_name = "WORD")]
    pub frequency: Option<String>,
    /// Each so many of them, from 1 on.
    #[arg(long, env = "FERRY_INTERVAL", value_name = "N", value_parser = clap::value_parser!(u64).range(1..))]
    pub interval: Option<u64>,
    /// The time zone, such as Europe/Berlin.
    #[arg(long, env = "FERRY_TIME_ZONE", value_name = "ZONE")]
    pub time_zone: Option<String>,
    /// The first run, in the service's form: month/day/year|hour:minute:second.
    #[arg(long, env = "FERRY_START", value_name = "TIME")]
    pub start: Option<String>,
    /// No run after this, in the same form.
    #[arg(long, env = "FERRY_END", value_name = "TIME")]
    pub end: Option<String>,
}

impl SchedulesCommand {
    /// The name in the JSON envelope.
    pub(crate) fn name(&self) -> &'static str {
        match self {
            Self::List { .. } => "schedules list",
            Self::Start(_) => "schedules start",
            Self::Stop(_) => "schedules stop",
            Self::Pause(_) => "schedules pause",
            Self::Resume(_) => "schedules resume",
            Self::Set(_) => "schedules set",
        }
    }
}
