//! `ferry integrations`.

use std::path::PathBuf;

use clap::builder::BoolishValueParser;
use clap::{Args, Subcommand};
use ferry_core::ids::EnvironmentName;
use ferry_flows::design::Named;

const EXAMPLES: &str = "\
Examples:
  ferry integrations list test                                  all, those of projects too
  ferry integrations show test 'ORDER_INTAKE|01.00.0000'        one, with what it needs
  ferry integrations activate test ORDER_INTAKE ORDER_STATUS    several at once
  ferry integrations export test ORDER_INTAKE                   ORDER_INTAKE_01.00.0000.iar
  ferry integrations import prod ORDER_INTAKE_01.00.0000.iar    without activating it";

/// Arguments of `ferry integrations`.
#[derive(Clone, Debug, Args)]
#[command(before_help = EXAMPLES)]
pub(crate) struct IntegrationsArgs {
    /// What to do.
    #[command(subcommand)]
    pub command: IntegrationsCommand,
}

/// The commands on integrations.
#[derive(Clone, Debug, Subcommand)]
pub(crate) enum IntegrationsCommand {
    /// List all integrations, those of projects too, page by page.
    #[command(
        before_help = "Examples:\n  ferry integrations list test\n  ferry integrations list test -o json"
    )]
    List {
        /// The environment.
        #[arg(value_name = "ENV")]
        environment: EnvironmentName,
    },
    /// One integration: its state, its connections, what it calls.
    #[command(before_help = "Examples:
  ferry integrations show test ORDER_INTAKE
  ferry integrations show test 'ORDERS/ORDER_NIGHTLY|01.00.0000'")]
    Show {
        /// The environment.
        #[arg(value_name = "ENV")]
        environment: EnvironmentName,
        /// Which one: [PROJECT/]CODE|VERSION; without the version where there is one alone.
        #[arg(value_name = "[PROJECT/]CODE[|VERSION]")]
        integration: Named,
    },
    /// Activate integrations, what is called first, and wait for them; some that cannot be are exit 3.
    ///
    /// The service turns off another active version with the same major number.
    #[command(
        before_help = "Examples:\n  ferry integrations activate test ORDER_INTAKE 'ORDERS/ORDER_NIGHTLY|01.00.0000'"
    )]
    Activate(Several),
    /// Deactivate integrations and their schedules, what calls others first; requests that wait there are lost.
    #[command(before_help = "Examples:\n  ferry integrations deactivate test ORDER_INTAKE")]
    Deactivate(Several),
    /// Export one integration to an .iar, which holds no endpoints and no credentials.
    #[command(before_help = "Examples:
  ferry integrations export test ORDER_INTAKE
  ferry integrations export test 'ORDER_INTAKE|01.00.0000' backup/order.iar")]
    Export {
        /// The environment.
        #[arg(value_name = "ENV")]
        environment: EnvironmentName,
        /// Which one: [PROJECT/]CODE|VERSION; without the version where there is one alone.
        #[arg(value_name = "[PROJECT/]CODE[|VERSION]")]
        integration: Named,
        /// Where it goes.
        #[arg(
            help = "A file, a folder for CODE_VERSION.iar, or `-` for stdout [default: this folder]",
            value_name = "PATH|-"
        )]
        target: Option<PathBuf>,
        /// Replace a file that is there.
        #[arg(long, env = "FERRY_OVERWRITE", value_parser = BoolishValueParser::new())]
        overwrite: bool,
    },
    /// Import one integration from an .iar, without activating it.
    #[command(before_help = "Examples:
  ferry integrations import prod ORDER_INTAKE_01.00.0000.iar
  ferry integrations import prod order.iar --project ORDERS --overwrite")]
    Import {
        /// The environment.
        #[arg(value_name = "ENV")]
        environment: EnvironmentName,
        /// The .iar.
        #[arg(value_name = "FILE")]
        file: PathBuf,
        /// The id of a project that it goes into (Gen3).
        #[arg(long, env = "FERRY_PROJECT", value_name = "ID")]
        project: Option<String>,
        /// Replace the integration if it is there; the service refuses that while it is active or locked.
        #[arg(long, env = "FERRY_OVERWRITE", value_parser = BoolishValueParser::new())]
        overwrite: bool,
    },
}

/// Several integrations.
#[derive(Clone, Debug, Args)]
pub(crate) struct Several {
    /// The environment.
    #[arg(value_name = "ENV")]
    pub environment: EnvironmentName,
    /// Which ones: [PROJECT/]CODE|VERSION; without the version where there is one alone.
    #[arg(value_name = "[PROJECT/]CODE[|VERSION]", required = true)]
    pub integrations: Vec<Named>,
}

impl IntegrationsCommand {
    /// The name in the JSON envelope.
    pub(crate) fn name(&self) -> &'static str {
        match self {
            Self::List { .. } => "integrations list",
            Self::Show { .. } => "integrations show",
            Self::Activate(_) => "integrations activate",
            Self::Deactivate(_) => "integrations deactivate",
            Self::Export { .. } => "integrations export",
            Self::Import { .. } => "integrations import",
        }
    }
}
