//! Brings an archive into a target's bucket, whole: from a file, or from another bucket.

use std::path::{Path, PathBuf};

use ferry_core::exit::Exit;
use ferry_core::flow::{Event, ExportEvent, ImportEvent};
use ferry_core::ids::{EnvironmentName, JobKind, ObjectName};
use ferry_core::job::{Listed, names_tried};
use ferry_core::reference::ArchiveRef;
use ferry_swift::{
    Bucket, Digests, ErrorKind, Features, Lanes, ObjectInfo, Source, Stored, Storing, copy, probe,
    store,
};
use serde::{Deserialize, Serialize};

use crate::bucket::card::Card;
use crate::bucket::meter::Meter;
use crate::bucket::put::WORTH_ASKING;
use crate::watch::{Reading, Whole, integrity_of, read_whole};
use crate::{Context, Environment, Failure, RunStore, Storage};

/// Where an archive is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ArchiveSource {
    /// A local file, to be uploaded.
    File(PathBuf),
    /// An object of an environment's bucket; `None`: the target's own.
    Object {
        /// The environment whose storage holds it.
        environment: Option<EnvironmentName>,
        /// Its name.
        name: ObjectName,
    },
}

impl ArchiveSource {
    /// The reference that means it, in a command about this environment or another.
    pub(crate) fn shown(&self, target: &EnvironmentName) -> String {
        match self {
            Self::File(path) => format!("file:{}", path.display()),
            Self::Object { environment, name } => {
                format!("bucket:{}/{name}", environment.as_ref().unwrap_or(target))
            }
        }
    }
}

/// What an archive in a bucket is known by.
struct Content {
    bytes: u64,
    sha256: String,
}

impl From<Digests> for Content {
    fn from(digests: Digests) -> Self {
        Self {
            bytes: digests.bytes,
            sha256: digests.sha256,
        }
    }
}

impl From<Stored> for Content {
    fn from(stored: Stored) -> Self {
        Self {
            bytes: stored.bytes,
            sha256: stored.sha256,
        }
    }
}

/// Finds out what a reference means. A bare word that is a local file as well is refused, naming both.
pub fn resolve(runs: &RunStore, reference: &ArchiveRef) -> Result<ArchiveSource, Failure> {
    match reference {
        ArchiveRef::File(path) => Ok(ArchiveSource::File(PathBuf::from(path))),
        ArchiveRef::Bucket { environment, name } => Ok(ArchiveSource::Object {
            environment: environment.clone(),
            name: name.clone(),
        }),
        ArchiveRef::Run(id) => {
            let run = runs.find(id)?;
            exported_by(
                &run.records,
                run.intention.environments.first(),
                &format!("run:{id}"),
            )
        }
        ArchiveRef::Job(JobKind::Export, id) => {
            let run = runs
                .list()?
                .into_iter()
                .find(|run| run.jobs.contains(&(JobKind::Export, id.clone())));
            let run = run.ok_or_else(|| {
                Failure::new(
                    Exit::No,
                    format!("this machine has not started the export job {id}"),
                )
                .next("name its archive: bucket:NAME")
            })?;
            exported_by(
                &run.records,
                run.intention.environments.first(),
                &format!("job:export:{id}"),
            )
        }
        ArchiveRef::Job(JobKind::Import, id) => Err(Failure::new(
            Exit::Usage,
            format!("job:import:{id} is no archive"),
        )
        .next("name an export job or bucket:NAME")),
        ArchiveRef::Bare(word) if Path::new(word).exists() => Err(Failure::new(
            Exit::Usage,
            format!("{word} may be a file or an object of the bucket"),
        )
        .next(format!("the file: ./{word}"))
        .next(format!("the object: bucket:{word}"))),
        ArchiveRef::Bare(word) => {
            let name = ObjectName::try_from(word.clone()).map_err(|error| {
                Failure::new(Exit::Usage, format!("{word} is no object name")).because(error)
            })?;
            Ok(ArchiveSource::Object {
                environment: None,
                name,
            })
        }
    }
}

fn exported_by(
    records: &[ferry_core::flow::Record],
    environment: Option<&(String, String)>,
    what: &str,
) -> Result<ArchiveSource, Failure> {
    let object = records.iter().rev().find_map(|record| match &record.event {
        Event::Export(ExportEvent::Verified { object, .. }) => Some(object.clone()),
        _ => None,
    });
    let object = object.ok_or_else(|| {
        Failure::new(
            Exit::No,
            format!("{what} has not exported and verified an archive"),
        )
    })?;
    let name = crate::export::object_name(&object)?;
    let environment =
        environment.and_then(|(name, _)| EnvironmentName::try_from(name.clone()).ok());
    Ok(ArchiveSource::Object { environment, name })
}

/// Brings the archive to the target's bucket and verifies it there.
///
/// `holder` is the storage that holds it, where that is another than the target's.
pub(crate) async fn place(
    context: &Context,
    target: &Environment,
    source: &ArchiveSource,
    holder: Option<&Storage>,
    folder: &Path,
) -> Result<ImportEvent, Failure> {
    let bucket = &target.storage.bucket;
    let (object, content, is_ours) = match source {
        ArchiveSource::File(path) => {
            let (object, content) = upload(context, target, path).await?;
            (object, content, true)
        }
        ArchiveSource::Object { name, .. } => {
            let holder = holder.filter(|holder| !holder.is(&target.storage));
            let (object, content) = match holder {
                Some(holder) => carry(context, target, holder, name, folder).await?,
                None => verify_in_bucket(context, bucket, name, folder).await?,
            };
            (object, content, holder.is_some())
        }
    };
    // Last, so that what has a card was whole.
    if is_ours {
        Card::of(&object, content.bytes, &content.sha256)
            .write(context, bucket)
            .await?;
    }
    Ok(ImportEvent::Placed {
        object,
        bytes: content.bytes,
        sha256: content.sha256,
    })
}

async fn upload(
    context: &Context,
    target: &Environment,
    path: &Path,
) -> Result<(ObjectName, Content), Failure> {
    let name = path
        .file_name()
        .and_then(|name| name.to_str())
        .map(str::to_owned)
        .unwrap_or_default();
    let name = ObjectName::try_from(name).map_err(|error| {
        Failure::new(
            Exit::Usage,
            format!("{} makes no object name", path.display()),
        )
        .because(error)
    })?;
    whole_file(context, path).await?;
    let bucket = &target.storage.bucket;
    // An earlier, killed upload of this file may have put it there.
    match context.unless_stopped(bucket.head(&name)).await? {
        Ok(_) => return taken(context, bucket, name, path).await,
        Err(error) if error.is_not_found() => {}
        Err(error) => {
            let what = format!("cannot look for {name} in {}", bucket.url());
            return Err(Failure::bucket(error, what));
        }
    }
    context.step(format!(
        "uploading {} to {}",
        path.display(),
        target.storage.url
    ));
    // Of a small archive a trial in the bucket would be more than the upload itself; it was looked for just now.
    let is_large = fs_err::metadata(path).is_ok_and(|file| file.len() >= WORTH_ASKING);
    let wanted = Features {
        segments: is_large,
        conditional: is_large,
        ..Features::none()
    };
    let features = context
        .unless_stopped(probe(bucket, wanted, context.random()))
        .await?;
    let how = Storing {
        only_new: true,
        features: features.unwrap_or_default(),
        ..Storing::default()
    };
    let source = Source::File(path.to_path_buf());
    let meter = Meter::of_one(context, format!("upload {name}"));
    let lanes = Lanes::default();
    let stored = context
        .unless_stopped(store(bucket, &name, source, &how, &lanes, &meter.tell()))
        .await?;
    meter.ends();
    match stored {
        Ok(stored) => Ok((name, stored.into())),
        Err(error) if error.kind() == ErrorKind::Precondition => {
            taken(context, bucket, name, path).await
        }
        Err(error) => Err(Failure::bucket(
            error,
            format!("cannot upload {}", path.display()),
        )),
    }
}

/// The name is taken: by the same bytes, or it is a conflict.
async fn taken(
    context: &Context,
    bucket: &Bucket,
    name: ObjectName,
    path: &Path,
) -> Result<(ObjectName, Content), Failure> {
    let there = read_digests(context, bucket, &name).await?;
    let here = local(path)?.sha256;
    if there.sha256 == here {
        return Ok((name, there.into()));
    }
    Err(Failure::new(
        Exit::Conflict,
        format!("{name} is in the bucket already, with other content"),
    )
    .evidence(format!("there: sha256 {}", there.sha256))
    .evidence(format!("here: sha256 {here}"))
    .next(format!(
        "rename the file, or import the object: bucket:{name}"
    )))
}

async fn carry(
    context: &Context,
    target: &Environment,
    holder: &Storage,
    name: &ObjectName,
    folder: &Path,
) -> Result<(ObjectName, Content), Failure> {
    let (name, _) = &head_either(context, &holder.bucket, name).await?;
    context.step(format!(
        "carrying {name} from {} to {}",
        holder.url, target.storage.url
    ));
    let meter = Meter::of_one(context, format!("carry {name}"));
    let carried = context
        .unless_stopped(copy(
            &holder.bucket,
            name,
            &target.storage.bucket,
            name,
            &Storing::default(),
            &meter.tell(),
        ))
        .await?
        .map_err(|error| {
            Failure::bucket(
                error,
                format!("cannot carry {name} to the bucket of {}", target.name),
            )
        })?;
    meter.ends();
    let (object, content) = verify_in_bucket(context, &target.storage.bucket, name, folder).await?;
    if carried
        .sha256
        .is_some_and(|sha256| sha256 != content.sha256)
    {
        return Err(damaged(name.as_str(), "what arrived is not what was sent"));
    }
    Ok((object, content))
}

async fn verify_in_bucket(
    context: &Context,
    bucket: &Bucket,
    name: &ObjectName,
    folder: &Path,
) -> Result<(ObjectName, Content), Failure> {
    let whole = whole(context, bucket, name, folder).await?;
    let name = crate::export::object_name(&whole.object)?;
    Ok((name, whole.digests.into()))
}

/// A file of this machine must be an archive.
pub(crate) async fn whole_file(context: &Context, path: &Path) -> Result<(), Failure> {
    context.step(format!("verifying {}", path.display()));
    let file = fs_err::File::open(path).map_err(|error| {
        let what = format!("cannot read the archive {}", path.display());
        Failure::new(Exit::Disk, what).because(error)
    })?;
    let integrity = integrity_of(file.into_parts().0).await?;
    let whole = integrity.map_err(|why| damaged(&path.display().to_string(), &why));
    whole.map(drop)
}

/// An object that is an archive, read and verified.
pub(crate) async fn whole(
    context: &Context,
    bucket: &Bucket,
    name: &ObjectName,
    folder: &Path,
) -> Result<Box<Whole>, Failure> {
    context.step(format!("verifying {name} in {}", bucket.url()));
    let (name, info) = head_either(context, bucket, name).await?;
    let listed = Listed {
        name: name.to_string(),
        bytes: info.bytes,
        etag: info.etag,
        modified: info.modified,
    };
    match read_whole(context, bucket, &listed, folder).await? {
        Reading::Whole(whole) => Ok(whole),
        Reading::Not(why) => Err(damaged(name.as_str(), &why)),
    }
}

/// The object, by the names that an archive may have.
async fn head_either(
    context: &Context,
    bucket: &Bucket,
    name: &ObjectName,
) -> Result<(ObjectName, ObjectInfo), Failure> {
    let mut first = None;
    for name in names_tried(name.as_str()) {
        let Ok(name) = ObjectName::try_from(name) else {
            continue;
        };
        match context.unless_stopped(bucket.head(&name)).await? {
            Ok(info) => return Ok((name, info)),
            Err(error) if error.kind() == ErrorKind::NotFound => {
                first.get_or_insert(error);
            }
            Err(error) => {
                return Err(Failure::bucket(
                    error,
                    format!("cannot look for {name} in {}", bucket.url()),
                ));
            }
        }
    }
    let absent = Failure::new(
        Exit::No,
        format!("there is no archive {name} in {}", bucket.url()),
    )
    .next("export first, or name the archive by run:ID");
    Err(match first {
        Some(error) => absent.because(error),
        None => absent,
    })
}

async fn read_digests(
    context: &Context,
    bucket: &Bucket,
    name: &ObjectName,
) -> Result<Digests, Failure> {
    let failed = |error| Failure::bucket(error, format!("cannot read {name}"));
    let mut download = context
        .unless_stopped(bucket.get(name, None))
        .await?
        .map_err(failed)?;
    while context
        .unless_stopped(download.chunk())
        .await?
        .map_err(failed)?
        .is_some()
    {}
    download.finish().map_err(failed)
}

fn local(path: &Path) -> Result<Digests, Failure> {
    fs_err::File::open(path)
        .and_then(Digests::of)
        .map_err(|error| Failure::disk(error, format!("cannot read {}", path.display())))
}

fn damaged(what: &str, why: &str) -> Failure {
    Failure::new(Exit::No, format!("{what} is not a whole archive: {why}"))
        .next("export again; nothing was imported")
}
