//! `ferry bucket`.

use std::path::PathBuf;

use clap::builder::BoolishValueParser;
use clap::{Args, Subcommand, ValueEnum};
use ferry_core::reference::Place;
use ferry_flows::bucket::{Filter, Glob};
use ferry_swift::Features;

const EXAMPLES: &str = "\
Examples:
  ferry bucket ls test/exports/                     what is there, by folders
  ferry bucket get test/exports/a.zip               fetch one object into this folder
  ferry bucket put --recursive out test/exports/    store a whole folder
  ferry bucket cp test/a.zip prod/                  copy from bucket to bucket
  ferry bucket rm test/exports/a.zip                remove one object";

/// Arguments of `ferry bucket`.
#[derive(Clone, Debug, Args)]
#[command(before_help = EXAMPLES)]
pub(crate) struct BucketArgs {
    /// What to do.
    #[command(subcommand)]
    pub command: BucketCommand,
}

/// The commands on a bucket.
#[derive(Clone, Debug, Subcommand)]
pub(crate) enum BucketCommand {
    /// List objects, by folders; nothing under a prefix is exit 1.
    #[command(
        before_help = "Examples:\n  ferry bucket ls test\n  ferry bucket ls test/exports/2026- --recursive"
    )]
    Ls {
        /// The bucket, and what the names begin with.
        #[arg(value_name = "ENV[/PREFIX]")]
        place: Place,
        /// All objects instead of the folders that they seem to be in.
        #[arg(short, long, env = "FERRY_RECURSIVE", value_parser = BoolishValueParser::new())]
        recursive: bool,
    },
    /// One object: size, time, digests as far as they are known.
    #[command(before_help = "Examples:\n  ferry bucket stat test/exports/a.zip")]
    Stat {
        /// The object.
        #[arg(value_name = "ENV/NAME")]
        place: Place,
    },
    /// Fetch an object into a file or to stdout, or all under a prefix into a folder; goes on after a kill.
    #[command(before_help = "Examples:
  ferry bucket get test/exports/a.zip
  ferry bucket get test/exports/a.zip - | sha256sum
  ferry bucket get --recursive test/exports/ backup --include '**/*.zip'")]
    Get(Getting),
    /// Store a file, a stream, or all files of a folder; what is there already is left.
    #[command(before_help = "Examples:
  ferry bucket put a.zip test/exports/
  tar c folder | ferry bucket put - test/folder.tar
  ferry bucket put --recursive backup test/exports/")]
    Put(Putting),
    /// Copy an object to another name or bucket, without touching the disk.
    #[command(
        before_help = "Examples:\n  ferry bucket cp test/exports/a.zip prod\n  ferry bucket cp test/a.zip test/kept/a.zip"
    )]
    Cp(Copying),
    /// Remove objects; with --recursive all under a prefix.
    #[command(before_help = "Examples:
  ferry bucket rm test/exports/a.zip test/exports/b.zip
  ferry bucket rm --recursive test/exports/2025- --dry-run")]
    Rm(Removing),
}

impl BucketCommand {
    /// The name in the JSON envelope.
    pub(crate) fn name(&self) -> &'static str {
        match self {
            Self::Ls { .. } => "bucket ls",
            Self::Stat { .. } => "bucket stat",
            Self::Get(_) => "bucket get",
            Self::Put(_) => "bucket put",
            Self::Cp(_) => "bucket cp",
            Self::Rm(_) => "bucket rm",
        }
    }
}

/// Arguments of `ferry bucket get`.
#[derive(Clone, Debug, Args)]
pub(crate) struct Getting {
    /// The object; with --recursive what the names begin with.
    #[arg(value_name = "ENV/NAME")]
    pub place: Place,
    /// A file, a folder, or `-` for stdout [default: this folder].
    #[arg(value_name = "PATH|-")]
    pub target: Option<PathBuf>,
    /// Whether files that are there are replaced.
    #[arg(
        help = "Replace files that are there with another content",
        long,
        env = "FERRY_OVERWRITE",
        value_parser = BoolishValueParser::new()
    )]
    pub overwrite: bool,
    /// Which of many.
    #[command(flatten)]
    pub selection: Selection,
}

/// Arguments of `ferry bucket put`.
#[derive(Clone, Debug, Args)]
pub(crate) struct Putting {
    /// A file, or `-` for stdin; with --recursive a folder.
    #[arg(value_name = "PATH|-")]
    pub source: PathBuf,
    /// Where it goes; where no name or a folder is named, the file's name is added.
    #[arg(value_name = "ENV[/NAME]")]
    pub place: Place,
    /// Replace objects that are there with another content.
    #[arg(long, env = "FERRY_OVERWRITE", value_parser = BoolishValueParser::new())]
    pub overwrite: bool,
    /// Write a card NAME.ferry.json with size and SHA-256 behind each object.
    #[arg(long, env = "FERRY_CARD", value_parser = BoolishValueParser::new())]
    pub card: bool,
    /// Send a file of 256 MiB or more in segments even where the server is near: what was sent is not sent again.
    #[arg(long, env = "FERRY_SEGMENTS", value_parser = BoolishValueParser::new())]
    pub segments: bool,
    /// Join the segments of a large object by their names (DLO), where a list of them (SLO) is not taken.
    #[arg(long, env = "FERRY_DLO", value_parser = BoolishValueParser::new())]
    pub dlo: bool,
    /// Which of many.
    #[command(flatten)]
    pub selection: Selection,
    /// What is never used.
    #[command(flatten)]
    pub without: Without,
}

/// Arguments of `ferry bucket cp`.
#[derive(Clone, Debug, Args)]
pub(crate) struct Copying {
    /// The object.
    #[arg(value_name = "ENV/NAME")]
    pub from: Place,
    /// Where it goes: the same name where none is given; into a folder under its last name.
    #[arg(value_name = "ENV2[/NAME2]")]
    pub to: Place,
    /// Replace an object that is there with another content.
    #[arg(long, env = "FERRY_OVERWRITE", value_parser = BoolishValueParser::new())]
    pub overwrite: bool,
    /// Say what would be done, and change nothing.
    #[arg(long, env = "FERRY_DRY_RUN", value_parser = BoolishValueParser::new())]
    pub dry_run: bool,
    /// What is never used.
    #[command(flatten)]
    pub without: Without,
}

/// Arguments of `ferry bucket rm`.
#[derive(Clone, Debug, Args)]
pub(crate) struct Removing {
    /// The objects, of one environment; with --recursive what the names begin with.
    #[arg(value_name = "ENV/NAME", required = true, num_args = 1..)]
    pub places: Vec<Place>,
    /// Remove without asking (with --recursive).
    #[arg(long, env = "FERRY_YES", value_parser = BoolishValueParser::new())]
    pub yes: bool,
    /// Which of many.
    #[command(flatten)]
    pub selection: Selection,
    /// What is never used.
    #[command(flatten)]
    pub without: Without,
}

/// Which of many objects or files.
#[derive(Clone, Debug, Args)]
pub(crate) struct Selection {
    /// All under a prefix, or below a folder.
    #[arg(short, long, env = "FERRY_RECURSIVE", value_parser = BoolishValueParser::new())]
    pub recursive: bool,
    /// With --recursive: only what one of these fits: `?` and `*` within a level, `**` over levels.
    #[arg(
        long,
        env = "FERRY_INCLUDE",
        value_name = "GLOB",
        value_delimiter = ',',
        requires = "recursive"
    )]
    pub include: Vec<Glob>,
    /// With --recursive: not what one of these fits.
    #[arg(
        long,
        env = "FERRY_EXCLUDE",
        value_name = "GLOB",
        value_delimiter = ',',
        requires = "recursive"
    )]
    pub exclude: Vec<Glob>,
    /// Say what would be done, and change nothing.
    #[arg(long, env = "FERRY_DRY_RUN", value_parser = BoolishValueParser::new())]
    pub dry_run: bool,
}

impl Selection {
    /// As the flows take it.
    pub(crate) fn filter(&self) -> Filter {
        Filter {
            include: self.include.clone(),
            exclude: self.exclude.clone(),
        }
    }
}

/// `--without`.
#[derive(Clone, Debug, Args)]
pub(crate) struct Without {
    /// What of the store is not used even where it was seen to work.
    #[arg(
        long = "without",
        env = "FERRY_WITHOUT",
        value_name = "FEATURE",
        value_delimiter = ',',
        value_enum
    )]
    features: Vec<Feature>,
}

/// What some stores can do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Feature {
    /// Large objects made of segments.
    Segments,
    /// Copies on the server.
    Copy,
    /// Uploads under a condition.
    Conditional,
    /// Many removals in one request.
    BulkDelete,
    /// Uploads of unknown length.
    Chunked,
}

impl Without {
    /// What may be used.
    pub(crate) fn rest(&self) -> Features {
        let may = |feature| !self.features.contains(&feature);
        Features {
            segments: may(Feature::Segments),
            // Asked for by a flag of its own.
            dynamic: true,
            copy: may(Feature::Copy),
            conditional: may(Feature::Conditional),
            bulk_delete: may(Feature::BulkDelete),
            chunked: may(Feature::Chunked),
        }
    }
}
