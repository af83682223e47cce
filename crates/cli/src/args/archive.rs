//! `ferry archive`.

use std::path::PathBuf;
use std::str::FromStr;

use clap::builder::BoolishValueParser;
use clap::{Args, Subcommand, ValueEnum};
use ferry_archive::Limits;
use ferry_core::reference::Place;

const EXAMPLES: &str = "\
Examples:
  ferry archive ls export.zip                       all that is in it
  ferry archive show export.zip ORDERS              one integration in words, and what it needs
  ferry archive verify export.zip --strict          damage, broken references, secrets
  ferry archive graph export.zip --format mermaid   who needs whom, as a drawing
  ferry archive extract export.zip tree             a tree of files for version control
  ferry archive ls bucket:test/export.zip           of an object, without fetching it";

/// Arguments of `ferry archive`.
#[derive(Clone, Debug, Args)]
#[command(before_help = EXAMPLES)]
pub(crate) struct ArchiveArgs {
    /// What to do.
    #[command(subcommand)]
    pub command: ArchiveCommand,
}

/// The commands on an archive.
#[derive(Clone, Debug, Subcommand)]
pub(crate) enum ArchiveCommand {
    /// List what is in an archive; of an object in a bucket its entries.
    #[command(
        before_help = "Examples:\n  ferry archive ls export.zip\n  ferry archive ls bucket:test/export.zip -o json"
    )]
    Ls {
        /// An archive, a single artifact, an extracted tree, or an object.
        #[arg(value_name = "FILE|DIR|bucket:ENV/NAME")]
        what: Named,
        /// How much it may cost.
        #[command(flatten)]
        limits: LimitArgs,
    },
    /// A summary with the fingerprints, or one artifact in words.
    #[command(before_help = "Examples:
  ferry archive show export.zip
  ferry archive show export.zip integration:ORDERS
  ferry archive show bucket:test/export.zip packages/sales.par")]
    Show {
        /// An archive, a single artifact, an extracted tree, or an object.
        #[arg(value_name = "FILE|DIR|bucket:ENV/NAME")]
        what: Named,
        /// [KIND:][PROJECT/]NAME[|VERSION]; of an object the name of an entry.
        #[arg(value_name = "WHAT")]
        artifact: Option<String>,
        /// How much it may cost.
        #[command(flatten)]
        limits: LimitArgs,
    },
    /// Check an archive; damage and broken invariants are exit 1.
    #[command(before_help = "Examples:
  ferry archive verify export.zip
  ferry archive verify export.zip --strict -o json
  ferry archive verify bucket:test/export.zip --quick")]
    Verify(Verifying),
    /// Who needs whom, what is missing, and what nobody needs.
    #[command(before_help = "Examples:
  ferry archive graph export.zip
  ferry archive graph export.zip --format dot | dot -Tsvg > graph.svg")]
    Graph {
        /// An archive, a single artifact, or an extracted tree.
        #[arg(value_name = "FILE|DIR")]
        file: PathBuf,
        /// In what form.
        #[arg(long, env = "FERRY_GRAPH_FORMAT", value_enum, default_value_t = Drawing::Text)]
        format: Drawing,
        /// How much it may cost.
        #[command(flatten)]
        limits: LimitArgs,
    },
    /// Write a tree of files in canonical form, the same for two exports of one unchanged instance.
    #[command(before_help = "Examples:
  ferry archive extract export.zip tree
  ferry archive extract export.zip tree --replace && git -C tree diff")]
    Extract(Extracting),
}

impl ArchiveCommand {
    /// The name in the JSON envelope.
    pub(crate) fn name(&self) -> &'static str {
        match self {
            Self::Ls { .. } => "archive ls",
            Self::Show { .. } => "archive show",
            Self::Verify(_) => "archive verify",
            Self::Graph { .. } => "archive graph",
            Self::Extract(_) => "archive extract",
        }
    }
}

/// Arguments of `ferry archive verify`.
#[derive(Clone, Debug, Args)]
pub(crate) struct Verifying {
    /// An archive, a single artifact, an extracted tree, or an object.
    #[arg(value_name = "FILE|DIR|bucket:ENV/NAME")]
    pub what: Named,
    /// The directory alone: that it is there, whole, and its names; all that is read of an object.
    #[arg(long, env = "FERRY_QUICK", value_parser = BoolishValueParser::new())]
    pub quick: bool,
    /// Exit 1 for warnings too: missing references, secrets, unknown entries.
    #[arg(long, env = "FERRY_STRICT", value_parser = BoolishValueParser::new())]
    pub strict: bool,
    /// How much it may cost.
    #[command(flatten)]
    pub limits: LimitArgs,
}

/// Arguments of `ferry archive extract`.
#[derive(Clone, Debug, Args)]
pub(crate) struct Extracting {
    /// An archive or a single artifact.
    #[arg(value_name = "FILE")]
    pub file: PathBuf,
    /// Where the tree goes: a folder that is not there, or empty.
    #[arg(value_name = "DIR")]
    pub target: PathBuf,
    /// Keep secrets: values, tokens, keys, contents of attachments.
    #[arg(long, env = "FERRY_WITH_SECRETS", value_parser = BoolishValueParser::new())]
    pub with_secrets: bool,
    /// Replace the tree that an earlier extract wrote there; other files stay.
    #[arg(long, env = "FERRY_REPLACE", value_parser = BoolishValueParser::new())]
    pub replace: bool,
    /// How much it may cost.
    #[command(flatten)]
    pub limits: LimitArgs,
}

/// How a graph is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Drawing {
    /// A tree.
    Text,
    /// For Markdown.
    Mermaid,
    /// For Graphviz.
    Dot,
}

/// A path of this machine, or an object.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Named {
    /// A file or a folder.
    Path(PathBuf),
    /// An object.
    Object(Place),
}

impl FromStr for Named {
    type Err = ferry_core::ids::InvalidId;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        if text.starts_with("bucket:") {
            text.parse().map(Self::Object)
        } else {
            Ok(Self::Path(PathBuf::from(text)))
        }
    }
}

/// `--limit`.
#[derive(Clone, Debug, Args)]
pub(crate) struct LimitArgs {
    /// Allow an archive to cost more or less; the error of a limit names it.
    #[arg(
        long = "limit",
        env = "FERRY_LIMIT",
        value_name = "NAME=VALUE",
        value_delimiter = ',',
        value_parser = limit
    )]
    changed: Vec<(String, u64)>,
}

fn limit(text: &str) -> Result<(String, u64), String> {
    let (name, value) = text.split_once('=').ok_or("NAME=VALUE is needed")?;
    let known = Limits::NAMES.join(", ");
    Limits::default()
        .set(name, 0)
        .ok_or_else(|| format!("the limits are {known}"))?;
    let value = value
        .parse()
        .map_err(|_| format!("{name} takes a whole number"))?;
    Ok((name.to_owned(), value))
}

impl LimitArgs {
    /// The limits.
    pub(crate) fn limits(&self) -> Limits {
        let mut limits = Limits::default();
        for (name, value) in &self.changed {
            // Its name was seen to be known.
            let _ = limits.set(name, *value);
        }
        limits
    }
}
