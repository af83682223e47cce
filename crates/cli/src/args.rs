//! The arguments: one file a command. Every flag has a variable `FERRY_…`; a flag given wins over its variable.

use std::ffi::OsStr;
use std::path::PathBuf;

use clap::builder::BoolishValueParser;
use clap::{Args, CommandFactory as _, Parser, Subcommand, ValueEnum};

mod archive;
mod bucket;
mod common;
mod config;
mod connections;
mod diff;
mod doctor;
mod emulator;
mod export;
mod import;
mod integrations;
mod jobs;
mod listing;
mod lookups;
mod overrides;
mod plan;
mod promote;
mod record;
mod reference;
mod runs;
mod schedules;

use crate::variables::Variables;

pub(crate) use archive::{ArchiveArgs, ArchiveCommand, Drawing, Extracting, Named, Verifying};
pub(crate) use bucket::{BucketArgs, BucketCommand, Copying, Getting, Putting, Removing};
pub(crate) use common::{EmulatorChoice, SecurityArtifacts, Waiting};
pub(crate) use config::{ConfigArgs, ConfigCommand};
pub(crate) use connections::{ConnectionsArgs, ConnectionsCommand, SettingConnection};
pub(crate) use diff::DiffArgs;
pub(crate) use doctor::DoctorArgs;
pub(crate) use emulator::EmulatorArgs;
pub(crate) use export::ExportArgs;
pub(crate) use import::ImportArgs;
pub(crate) use integrations::{IntegrationsArgs, IntegrationsCommand, Several};
pub(crate) use jobs::{JobPlace, JobsArgs, JobsCommand};
pub(crate) use listing::ListingArgs;
pub(crate) use lookups::{LookupsArgs, LookupsCommand};
pub(crate) use overrides::{Against, OverridesArgs, OverridesCommand};
pub(crate) use plan::PlanArgs;
pub(crate) use promote::{ActivateChoice, LiveChoice, PromoteArgs};
pub(crate) use record::{RecordArgs, RecordFlow};
pub(crate) use reference::{ReferenceArgs, ReferenceTopic};
pub(crate) use runs::{Assumption, RunsArgs, RunsCommand};
pub(crate) use schedules::{SchedulesArgs, SchedulesCommand, SettingSchedule};

const EXAMPLES: &str = "\
Examples:
  ferry promote test prod --live=stop --emulator   try the whole crossing, offline
  ferry doctor test                         check sign-in, role, host and storage
  ferry export test --download              export an instance and fetch the archive
  ferry import prod bucket:test/NAME.zip    import an archive of another environment
  ferry jobs wait test job:export:ID        attach to a job that is running";

/// Carries Oracle Integration instances across, and rehearses it offline.
#[derive(Debug, Parser)]
#[command(
    name = "ferry",
    version,
    before_help = EXAMPLES,
    after_help = "Exit codes: 0 done, 1 no, 2 usage, 3 partly, 4 refused, 5 unavailable, 6 job failed, 7 timed out, \
                  8 conflict, 9 safety rail, 70 bug, 74 disk, 130/143 interrupted.",
    disable_help_subcommand = true,
    arg_required_else_help = true,
    propagate_version = true
)]
pub(crate) struct Cli {
    /// What every command knows.
    #[command(flatten)]
    pub globals: Globals,
    /// The command.
    #[command(subcommand)]
    pub command: Command,
}

/// Flags that every command knows.
#[derive(Clone, Debug, Args)]
#[command(next_help_heading = "Global options")]
pub(crate) struct Globals {
    /// How the result is written to stdout.
    #[arg(short, long, global = true, env = "FERRY_OUTPUT", value_enum, default_value_t = Format::Table)]
    pub output: Format,
    /// No progress and no notes on stderr.
    #[arg(short, long, global = true, env = "FERRY_QUIET", value_parser = BoolishValueParser::new())]
    pub quiet: bool,
    /// Each request on stderr, without its secrets.
    #[arg(
        short,
        long,
        global = true,
        env = "FERRY_VERBOSE",
        value_parser = BoolishValueParser::new(),
        overrides_with = "verbose"
    )]
    pub verbose: bool,
    /// Go to an emulator: alone, an embedded one that is thrown away; else a running one's URL or a folder to keep.
    #[arg(
        long,
        global = true,
        env = "FERRY_EMULATOR",
        value_name = "URL|DIR",
        num_args = 0..=1,
        require_equals = true,
        default_missing_value = "embedded"
    )]
    pub emulator: Option<EmulatorChoice>,
    /// The workspace file [default: ferry.toml here or in a folder above].
    #[arg(long, global = true, env = "FERRY_CONFIG", value_name = "FILE")]
    pub config: Option<PathBuf>,
    /// Where runs are kept [default: ~/.local/state/ferry].
    #[arg(long, global = true, env = "FERRY_STATE", value_name = "DIR")]
    pub state: Option<PathBuf>,
    /// No colour.
    #[arg(help = "No colour (NO_COLOR is honoured too)", long, global = true, env = "FERRY_NO_COLOR", value_parser = BoolishValueParser::new())]
    pub no_color: bool,
}

/// How results are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    /// Tables for people.
    Table,
    /// One JSON envelope, schema `ferry/1`.
    Json,
    /// For a review or a page; names and values never act as markup.
    Markdown,
}

/// The commands.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Export an instance to its bucket: start or adopt a job, follow it, verify the archive.
    Export(ExportArgs),
    /// Import an archive into an instance.
    Import(ImportArgs),
    /// Carry one instance to another: export, import only, re-point connections, test, activate.
    Promote(PromoteArgs),
    /// What an archive would change in an environment; nothing is changed.
    Plan(PlanArgs),
    /// What the connections of an environment get: make the file, and check it.
    Overrides(OverridesArgs),
    /// List, fetch, store, copy and remove objects of a bucket.
    Bucket(BucketArgs),
    /// Look into an archive: list, show, verify, graph, extract.
    Archive(ArchiveArgs),
    /// What is different between two archives, in words; a difference is exit 1.
    Diff(DiffArgs),
    /// The runs of this machine and their journals.
    Runs(RunsArgs),
    /// Attach to any job by its id.
    Jobs(JobsArgs),
    /// List, show, activate, deactivate, export and import integrations.
    Integrations(IntegrationsArgs),
    /// List, show, set and test connections.
    Connections(ConnectionsArgs),
    /// List, start, stop, pause, resume and set schedules.
    Schedules(SchedulesArgs),
    /// List, fetch and put lookups.
    Lookups(LookupsArgs),
    /// List the JavaScript libraries.
    #[command(before_help = "Examples:\n  ferry libraries list test\n  ferry libraries list test -o json", mut_subcommand("list", |list| list.before_help("Examples:\n  ferry libraries list test\n  ferry libraries list test -o json")))]
    Libraries(ListingArgs),
    /// List the packages.
    #[command(before_help = "Examples:\n  ferry packages list test\n  ferry packages list test -o json", mut_subcommand("list", |list| list.before_help("Examples:\n  ferry packages list test\n  ferry packages list test -o json")))]
    Packages(ListingArgs),
    /// List the projects (Gen3).
    #[command(before_help = "Examples:\n  ferry projects list test\n  ferry projects list test -o json", mut_subcommand("list", |list| list.before_help("Examples:\n  ferry projects list test\n  ferry projects list test -o json")))]
    Projects(ListingArgs),
    /// List the groups of connectivity agents.
    #[command(before_help = "Examples:\n  ferry agents list test\n  ferry agents list test -o json", mut_subcommand("list", |list| list.before_help("Examples:\n  ferry agents list test\n  ferry agents list test -o json")))]
    Agents(ListingArgs),
    /// List the certificates; for administrators alone.
    #[command(before_help = "Examples:\n  ferry certificates list test\n  ferry certificates list test -o json", mut_subcommand("list", |list| list.before_help("Examples:\n  ferry certificates list test\n  ferry certificates list test -o json")))]
    Certificates(ListingArgs),
    /// Check an environment: sign-in, role, host kind, storage, clock, a running job.
    Doctor(DoctorArgs),
    /// Run the emulator of the service, its identity domain and its bucket.
    Emulator(EmulatorArgs),
    /// Record an export or import of a real service, anonymously, for the emulator.
    Record(RecordArgs),
    /// The configuration.
    Config(ConfigArgs),
    /// Tables for the documentation.
    #[command(hide = true)]
    Reference(ReferenceArgs),
}

/// The definition. A variable that is empty counts as not set, as everywhere.
pub(crate) fn definition(variables: &Variables) -> clap::Command {
    fn heeding(command: clap::Command, variables: &Variables) -> clap::Command {
        let unless_empty = |arg: clap::Arg| {
            let name = arg.get_env().and_then(OsStr::to_str);
            if name.is_some_and(|name| variables.is_empty(name)) {
                arg.env(None::<&str>)
            } else {
                arg
            }
        };
        command
            .mut_args(unless_empty)
            .mut_subcommands(|command| heeding(command, variables))
    }
    heeding(Cli::command(), variables)
}

impl Command {
    /// The command's name as it is written in the JSON envelope.
    pub(crate) fn name(&self) -> &'static str {
        match self {
            Self::Export(_) => "export",
            Self::Import(_) => "import",
            Self::Promote(_) => "promote",
            Self::Plan(_) => "plan",
            Self::Overrides(args) => args.command.name(),
            Self::Bucket(args) => args.command.name(),
            Self::Archive(args) => args.command.name(),
            Self::Diff(_) => "diff",
            Self::Runs(args) => args.command.name(),
            Self::Jobs(args) => args.command.name(),
            Self::Integrations(args) => args.command.name(),
            Self::Connections(args) => args.command.name(),
            Self::Schedules(args) => args.command.name(),
            Self::Lookups(args) => args.command.name(),
            Self::Libraries(_) => "libraries list",
            Self::Packages(_) => "packages list",
            Self::Projects(_) => "projects list",
            Self::Agents(_) => "agents list",
            Self::Certificates(_) => "certificates list",
            Self::Doctor(_) => "doctor",
            Self::Emulator(_) => "emulator",
            Self::Record(_) => "record",
            Self::Config(_) => "config show",
            Self::Reference(_) => "reference",
        }
    }
}

#[cfg(test)]
mod tests;
