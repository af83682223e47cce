//! Storing one object, from a file or a stream.

use std::io::Write as _;
use std::path::{Path, PathBuf};

use bytes::Bytes;
use ferry_core::exit::Exit;
use ferry_core::ids::ObjectName;
use ferry_core::job::Listed;
use ferry_swift::{ErrorKind, Features, Lanes, Source, Storing, store};
use futures_util::StreamExt as _;
use futures_util::stream::BoxStream;
use tempfile::NamedTempFile;
use tokio::sync::mpsc;

use super::local::{There, blocking, compare, unreadable};
use super::many::LANES;
use super::meter::Meter;
use super::one::OneReport;
use super::{NamedBucket, Rail};
use crate::{Context, Failure};

/// From this size on it is worth to find out what the store can do.
pub(crate) const WORTH_ASKING: u64 = 64 << 20;

/// How objects are stored.
#[derive(Debug, Clone, Default)]
pub struct PutOptions {
    /// Whether what is there is replaced.
    pub overwrite: bool,
    /// Whether a card with size and SHA-256 is written behind each object.
    pub card: bool,
    /// What may be used where it works.
    pub features: Features,
    /// Whether a large file goes in segments even where the line is short.
    pub segmented: bool,
    /// Whether a large object is made of segments by their names (DLO).
    pub dynamic: bool,
    /// Say what would be done, and do nothing.
    pub dry_run: bool,
}

/// Where one object comes from.
pub enum PutSource {
    /// A file.
    File(PathBuf),
    /// A stream whose end nobody knows, such as stdin. It is read once: what breaks is not sent again.
    Stream(mpsc::Receiver<std::io::Result<Vec<u8>>>),
}

impl std::fmt::Debug for PutSource {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::File(path) => f.debug_tuple("File").field(path).finish(),
            Self::Stream(_) => f.write_str("Stream"),
        }
    }
}

/// Stores one object. Another one under that name is exit 8 without `overwrite`; the same one is there already.
pub async fn put(
    context: &Context,
    bucket: &NamedBucket,
    source: PutSource,
    name: &ObjectName,
    options: &PutOptions,
    rail: &Rail,
) -> Result<OneReport, Failure> {
    bucket.refuse_protected()?;
    let to = format!("{}/{name}", bucket.environment);
    let (from, bytes) = match &source {
        PutSource::File(path) => (path.display().to_string(), Some(size_of(path)?)),
        PutSource::Stream(_) => ("-".to_owned(), None),
    };
    let there = bucket.find(context, name).await?;
    let mut report = OneReport::new("put", from, to.clone());
    report.dry_run = options.dry_run;
    if let (Some(there), false) = (&there, options.overwrite) {
        let same = match &source {
            PutSource::File(path) => {
                let known = (there.bytes, there.etag.as_deref());
                compare(context, &bucket.bucket, name, path, known).await?
            }
            PutSource::Stream(_) => There::Other("what comes is not known before"),
        };
        match same {
            There::Same(digests) => {
                report = report.already_there(&digests);
                if options.card && !options.dry_run {
                    report.card = bucket
                        .write_card(context, name, (digests.bytes, &digests.sha256))
                        .await?;
                }
                return Ok(report);
            }
            _ => return Err(taken(&to, there)),
        }
    }
    match &there {
        Some(there) => rail.check(std::iter::once(there))?,
        None => rail.check_name(name.as_str())?,
    }
    if options.dry_run {
        report.bytes = bytes.unwrap_or_default();
        return Ok(report);
    }
    let features = features(context, bucket, bytes, options).await?;
    // A stream of unknown length goes as it comes where the store takes that; else it is kept on the disk until its end.
    let (source, spooled) = match source {
        PutSource::File(path) => (Source::File(path), None),
        PutSource::Stream(pieces) if features.chunked => (
            Source::Stream {
                stream: stream(pieces),
                len: None,
            },
            None,
        ),
        PutSource::Stream(pieces) => {
            let spooled = context.unless_stopped(spool(pieces)).await??;
            (Source::File(spooled.path().to_owned()), Some(spooled))
        }
    };
    let how = storing(there.as_ref(), options, features);
    let meter = Meter::of_one(context, name.as_str());
    let lanes = Lanes::new(LANES);
    let stored = context
        .unless_stopped(store(
            &bucket.bucket,
            name,
            source,
            &how,
            &lanes,
            &meter.tell(),
        ))
        .await
        .map_err(|stopped| {
            stopped
                .next("repeat the command: an upload in segments goes on, another one begins again")
        })?
        .map_err(|error| not_stored(error, &to))?;
    drop(spooled);
    meter.ends();
    if there.is_some() && stored.segments == 0 {
        bucket.sweep(context, name).await?;
    }
    if options.card || there.is_some() && bucket.has_card(context, name).await? {
        report.card = bucket
            .write_card(context, name, (stored.bytes, &stored.sha256))
            .await?;
    }
    report.bytes = stored.bytes;
    report.sha256 = Some(stored.sha256);
    Ok(report)
}

pub(super) fn storing(there: Option<&Listed>, options: &PutOptions, features: Features) -> Storing {
    Storing {
        only_new: there.is_none() && !options.overwrite,
        replaces: there.and_then(|there| there.etag.clone()),
        features,
        segmented: options.segmented || options.dynamic,
        ..Storing::default()
    }
}

/// What may be used and was seen to work. A small upload is not worth the question.
pub(super) async fn features(
    context: &Context,
    bucket: &NamedBucket,
    bytes: Option<u64>,
    options: &PutOptions,
) -> Result<Features, Failure> {
    let is_large = bytes.is_none_or(|bytes| bytes >= WORTH_ASKING);
    let wanted = Features {
        segments: is_large && bytes.is_some(),
        dynamic: is_large && bytes.is_some() && options.dynamic,
        conditional: is_large && !options.overwrite,
        chunked: bytes.is_none(),
        ..Features::none()
    };
    bucket.can(context, wanted.and(options.features)).await
}

fn stream(
    pieces: mpsc::Receiver<std::io::Result<Vec<u8>>>,
) -> BoxStream<'static, std::io::Result<Bytes>> {
    let next = |mut pieces: mpsc::Receiver<std::io::Result<Vec<u8>>>| async move {
        let piece = pieces.recv().await?;
        Some((piece.map(Bytes::from), pieces))
    };
    futures_util::stream::unfold(pieces, next).boxed()
}

async fn spool(
    mut pieces: mpsc::Receiver<std::io::Result<Vec<u8>>>,
) -> Result<NamedTempFile, Failure> {
    let failed = |error, place: &str| {
        let what = format!("cannot keep what comes{place} until its end");
        let room = "see that there is room, or name another temporary folder by TMPDIR";
        Failure::new(Exit::Disk, what).because(error).next(room)
    };
    let mut file = blocking(NamedTempFile::new)
        .await
        .map_err(|error| failed(error, ""))?;
    let place = format!(" in {}", file.path().display());
    while let Some(piece) = pieces.recv().await {
        let piece = piece.map_err(|error| {
            Failure::new(Exit::Disk, "cannot read what is to be stored").because(error)
        })?;
        file = blocking(move || file.write_all(&piece).map(|()| file))
            .await
            .map_err(|error| failed(error, &place))?;
    }
    Ok(file)
}

fn size_of(path: &Path) -> Result<u64, Failure> {
    let meta = fs_err::metadata(path).map_err(|error| unreadable(path, error))?;
    if meta.is_file() {
        return Ok(meta.len());
    }
    let failure = Failure::new(Exit::Usage, format!("{} is no file", path.display()));
    Err(if meta.is_dir() {
        failure.next("all files of a folder: --recursive")
    } else {
        failure.next("a stream: put -")
    })
}

/// The name has another content.
pub(super) fn taken(place: &str, there: &Listed) -> Failure {
    let mut failure = Failure::new(
        Exit::Conflict,
        format!("{place} is there already, with another content or an ETag that is no MD5"),
    )
    .evidence(format!(
        "{} bytes, ETag {}",
        there.bytes,
        there.etag.as_deref().unwrap_or("unknown")
    ));
    if let Some(modified) = there.modified {
        failure = failure.evidence(format!("written {modified}"));
    }
    failure.next("choose another name, or replace it with --overwrite")
}

fn not_stored(error: ferry_swift::Error, place: &str) -> Failure {
    let is_taken = error.kind() == ErrorKind::Precondition;
    let failure = Failure::bucket(error, format!("cannot store {place}"));
    if is_taken {
        failure.exits(Exit::Conflict).next("somebody else has stored it meanwhile; choose another name, or replace it with --overwrite")
    } else {
        failure
    }
}
