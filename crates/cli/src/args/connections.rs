//! `ferry connections`.

use clap::{Args, Subcommand};
use ferry_core::ids::EnvironmentName;
use ferry_flows::design::Named;

const EXAMPLES: &str = "\
Examples:
  ferry connections list test                                        all, those of projects too
  ferry connections show test BILLING_API                            its properties, no secret
  ferry connections set test BILLING_API connectionUrl=https://billing.example.com
  ferry connections set test BILLING_API username=svc password=env:BILLING_PASSWORD
  ferry connections test test BILLING_API                            whether it works";

/// Arguments of `ferry connections`.
#[derive(Clone, Debug, Args)]
#[command(before_help = EXAMPLES)]
pub(crate) struct ConnectionsArgs {
    /// What to do.
    #[command(subcommand)]
    pub command: ConnectionsCommand,
}

/// The commands on connections.
#[derive(Clone, Debug, Subcommand)]
pub(crate) enum ConnectionsCommand {
    /// List all connections, those of projects too, page by page.
    #[command(
        before_help = "Examples:\n  ferry connections list test\n  ferry connections list test -o json"
    )]
    List {
        /// The environment.
        #[arg(value_name = "ENV")]
        environment: EnvironmentName,
    },
    /// One connection with its properties; whether a credential is set, never its value.
    #[command(before_help = "Examples:\n  ferry connections show test BILLING_API")]
    Show {
        /// The environment.
        #[arg(value_name = "ENV")]
        environment: EnvironmentName,
        /// Which one.
        #[arg(value_name = "[PROJECT/]ID")]
        connection: Named,
    },
    /// Give a connection other values: secrets by reference alone, everything else as it is.
    #[command(before_help = "Examples:
  ferry connections set test BILLING_API connectionUrl=https://billing.example.com
  ferry connections set test BILLING_API username=svc password=file:billing.secret
  ferry connections set test CRM_SOAP --policy BASIC_AUTH username=svc password=env:CRM_PASSWORD")]
    Set(SettingConnection),
    /// Have the service try connections; one that does not work is exit 1, some of several exit 3.
    #[command(
        before_help = "Examples:\n  ferry connections test test BILLING_API CRM_SOAP\n  ferry connections test test"
    )]
    Test {
        /// The environment.
        #[arg(value_name = "ENV")]
        environment: EnvironmentName,
        /// Which ones [default: all].
        #[arg(value_name = "[PROJECT/]ID")]
        connections: Vec<Named>,
    },
}

/// Arguments of `ferry connections set`.
#[derive(Clone, Debug, Args)]
pub(crate) struct SettingConnection {
    /// The environment.
    #[arg(value_name = "ENV")]
    pub environment: EnvironmentName,
    /// Which one.
    #[arg(value_name = "[PROJECT/]ID")]
    pub connection: Named,
    /// Properties: NAME=VALUE; secrets: NAME=env:VARIABLE, NAME=file:PATH or NAME=cmd:COMMAND.
    // Kept as text: a message about a wrong one must not show it.
    #[arg(value_name = "NAME=VALUE")]
    pub values: Vec<String>,
    /// Another security policy, such as `BASIC_AUTH`.
    #[arg(long, env = "FERRY_POLICY", value_name = "POLICY")]
    pub policy: Option<String>,
    /// Another agent group, by its id.
    #[arg(long, env = "FERRY_AGENT_GROUP", value_name = "ID")]
    pub agent_group: Option<String>,
}

impl ConnectionsCommand {
    /// The name in the JSON envelope.
    pub(crate) fn name(&self) -> &'static str {
        match self {
            Self::List { .. } => "connections list",
            Self::Show { .. } => "connections show",
            Self::Set(_) => "connections set",
            Self::Test { .. } => "connections test",
        }
    }
}
