//! Fetching objects into files, or one of them to a stream.

use std::io::Write;
use std::path::{Path, PathBuf};

use ferry_core::exit::Exit;
use ferry_core::ids::ObjectName;
use ferry_core::job::Listed;
use ferry_swift::{Bucket, Digests, Fetched, Lanes, fetch};

use super::card::{self, Card};
use super::glob::Filter;
use super::local::{There, blocking, compare, is_md5};
use super::many::{Done, LANES, ManyReport, Trouble};
use super::meter::Meter;
use super::names::{local_path, local_paths};
use super::one::OneReport;
use super::{NamedBucket, folder_of};
use crate::{Context, Failure};

/// What a download under its last check is called besides: an object without an MD5 whose card is there.
const UNCHECKED: &str = ".ferry-unchecked";

/// Fetches one object into a file. `target` is a file, or a folder that gets a file of the object's last name.
///
/// Another file that is there is exit 8 without `overwrite`; the same one is there already.
pub async fn get(
    context: &Context,
    bucket: &NamedBucket,
    name: &ObjectName,
    target: &Path,
    overwrite: bool,
    dry_run: bool,
) -> Result<OneReport, Failure> {
    let target = target_file(name, target)?;
    let info = bucket.look(context, name).await?;
    let mut report = OneReport::new(
        "get",
        format!("{}/{name}", bucket.environment),
        target.display().to_string(),
    );
    if !overwrite {
        let there = compare(&target, info.bytes, info.etag.as_deref()).await;
        match there.map_err(|error| unwritable(&target, error))? {
            There::Nothing => {}
            There::Same(digests) => return Ok(report.already_there(&digests)),
            There::Other(why) => {
                return Err(
                    Failure::new(Exit::Conflict, format!("{}: {why}", target.display()))
                        .next("name another file, or replace it with --overwrite"),
                );
            }
        }
    }
    if dry_run {
        report.dry_run = true;
        report.bytes = info.bytes;
        return Ok(report);
    }
    let meter = Meter::of_one(context, name.as_str());
    let wanted = Wanted {
        name: name.clone(),
        etag: info.etag,
        may_have_card: true,
        target,
    };
    let lanes = Lanes::new(LANES);
    let fetching = wanted.fetch(context, &bucket.bucket, &lanes, &meter);
    let (fetched, by_card) = context
        .unless_stopped(fetching)
        .await
        .map_err(|stopped| stopped.next("repeat the command: it goes on where this one stopped"))?
        .map_err(Trouble::failure)?;
    meter.ends();
    report.verified_by = Some(match (fetched.by_md5, by_card) {
        (true, _) => "md5",
        (false, true) => "card",
        (false, false) => "size",
    });
    Ok(report.moved(&fetched.digests))
}

/// Reads one object to a stream, in order. Damage is told at the end: what was written cannot be taken back.
pub async fn read_out(
    context: &Context,
    bucket: &NamedBucket,
    name: &ObjectName,
    mut out: impl Write + Send + 'static,
) -> Result<Digests, Failure> {
    let failed = |error| Failure::bucket(error, format!("cannot read {name}"));
    let mut download = context
        .unless_stopped(bucket.bucket.get(name, None))
        .await?
        .map_err(failed)?;
    while let Some(piece) = context
        .unless_stopped(download.chunk())
        .await?
        .map_err(failed)?
    {
        let written = blocking(move || out.write_all(&piece).map(|()| out)).await;
        out = written.map_err(|error| {
            Failure::new(
                Exit::Disk,
                format!("the rest of {name} could not be written"),
            )
            .because(error)
        })?;
    }
    let digests = download.finish().map_err(failed)?;
    blocking(move || out.flush()).await.map_err(|error| {
        Failure::new(Exit::Disk, format!("{name} could not be written")).because(error)
    })?;
    Ok(digests)
}

/// What is asked of a download of many objects.
#[derive(Debug, Clone)]
pub struct GetMany {
    /// What the names begin with; what follows its last slash is the path below the folder.
    pub prefix: Option<String>,
    /// The folder.
    pub folder: PathBuf,
    /// Which of the objects, by their paths.
    pub filter: Filter,
    /// Whether files that are there are replaced.
    pub overwrite: bool,
    /// Say what would be done, and do nothing.
    pub dry_run: bool,
}

/// Fetches every object under a prefix that the filter takes. A name that makes no safe path, or meets another file, is
/// one failure of many.
pub async fn get_many(
    context: &Context,
    bucket: &NamedBucket,
    request: &GetMany,
) -> Result<ManyReport, Failure> {
    let listed = bucket.all(context, request.prefix.as_deref()).await?;
    let mut report = ManyReport::new("get", bucket, request.dry_run);
    let wanted = wanted(&listed, request, &mut report);
    if request.dry_run {
        for (object, wanted) in wanted {
            let path = wanted.target.display().to_string();
            match examine(&wanted, object.bytes, request.overwrite).await {
                Ok(None) => report.would(object.name.clone(), Some(path), object.bytes),
                Ok(Some(_)) => report.already_there += 1,
                Err(trouble) => {
                    report.fails(&object.name, crate::follow::chain(&trouble.failure()))
                }
            }
        }
        return Ok(report.ended());
    }
    if !wanted.is_empty() {
        let folder = request.folder.clone();
        blocking(move || fs_err::create_dir_all(folder))
            .await
            .map_err(|error| unwritable(&request.folder, error).next(super::many::ROOM))?;
    }
    let bytes = wanted.iter().map(|(object, _)| object.bytes).sum();
    let meter = Meter::of_many(context, "fetching", wanted.len() as u64, bytes);
    let lanes = Lanes::new(LANES);
    let items = wanted
        .into_iter()
        .map(|(object, wanted)| (object.name.clone(), (wanted, object.bytes)))
        .collect();
    let (all, count, overwrite, calm) = (
        bucket.bucket.clone(),
        meter.clone(),
        request.overwrite,
        context.clone(),
    );
    report
        .carry_out(context, &meter, items, move |(wanted, bytes)| {
            let (bucket, lanes, meter, context) =
                (all.clone(), lanes.clone(), count.clone(), calm.clone());
            async move {
                if let Some(done) = examine(&wanted, bytes, overwrite).await? {
                    return Ok(done);
                }
                let (fetched, _) = wanted.fetch(&context, &bucket, &lanes, &meter).await?;
                Ok(Done::Bytes(fetched.digests.bytes))
            }
        })
        .await
}

/// An object that is to be fetched.
struct Wanted {
    name: ObjectName,
    etag: Option<String>,
    may_have_card: bool,
    target: PathBuf,
}

/// What the listing gives to fetch; what cannot be is reported.
fn wanted<'a>(
    listed: &'a [Listed],
    request: &GetMany,
    report: &mut ManyReport,
) -> Vec<(&'a Listed, Wanted)> {
    let root = folder_of(request.prefix.as_deref());
    let below = |object: &'a Listed| object.name.get(root.len()..).unwrap_or_default();
    let taken: Vec<&Listed> = listed
        .iter()
        .filter(|object| request.filter.takes(below(object)))
        .collect();
    let names: std::collections::HashSet<&str> =
        listed.iter().map(|object| object.name.as_str()).collect();
    let mut wanted = Vec::new();
    let paths = local_paths(taken.iter().map(|object| below(object)));
    for (object, (_, path)) in taken.into_iter().zip(paths) {
        let name = object
            .name
            .parse::<ObjectName>()
            .map_err(|error| error.to_string());
        let (name, path) = match (name, path) {
            (Ok(name), Ok(path)) => (name, path),
            (Err(why), _) | (_, Err(why)) => {
                report.fails(&object.name, format!("no file was written: {why}"));
                continue;
            }
        };
        let card = format!("{name}{}", card::ENDING);
        wanted.push((
            object,
            Wanted {
                name,
                etag: object.etag.clone(),
                may_have_card: names.contains(card.as_str()),
                target: request.folder.join(path),
            },
        ));
    }
    wanted
}

/// Whether the file is there already; another one is a failure.
async fn examine(wanted: &Wanted, bytes: u64, overwrite: bool) -> Result<Option<Done>, Trouble> {
    if overwrite {
        return Ok(None);
    }
    let there = compare(&wanted.target, bytes, wanted.etag.as_deref()).await;
    match there.map_err(|error| Trouble::This(unwritable(&wanted.target, error)))? {
        There::Nothing => Ok(None),
        There::Same(_) => Ok(Some(Done::Already)),
        There::Other(why) => Err(Trouble::This(Failure::new(
            Exit::Conflict,
            format!("not replaced without --overwrite: {why}"),
        ))),
    }
}

impl Wanted {
    /// Fetches it; whether its card was compared.
    async fn fetch(
        &self,
        context: &Context,
        bucket: &Bucket,
        lanes: &Lanes,
        meter: &Meter,
    ) -> Result<(Fetched, bool), Trouble> {
        let failed = |error| Trouble::bucket(error, format!("cannot fetch {}", self.name));
        let told = self.etag.as_deref().is_some_and(is_md5);
        let early = if told {
            None
        } else {
            self.card(context, bucket).await?
        };
        let aside = early.as_ref().map(|_| {
            let mut aside = self.target.clone().into_os_string();
            aside.push(UNCHECKED);
            PathBuf::from(aside)
        });
        let file = aside.as_ref().unwrap_or(&self.target);
        if let Some(parent) = file
            .parent()
            .filter(|parent| !parent.as_os_str().is_empty())
        {
            let parent = parent.to_owned();
            let made = blocking(move || fs_err::create_dir_all(parent)).await;
            made.map_err(|error| trouble(&self.target, error))?;
        }
        let fetched = fetch(bucket, &self.name, file, lanes, &meter.tell())
            .await
            .map_err(failed)?;
        if fetched.by_md5 && aside.is_none() {
            return Ok((fetched, false));
        }
        // The ETag of an object that is made of segments looks like an MD5 and is none.
        let card = match early {
            Some(card) => Some(card),
            None if told => self.card(context, bucket).await?,
            None => None,
        };
        let differs = card
            .as_ref()
            .is_some_and(|card| !fetched.by_md5 && !card.describes(&fetched.digests));
        let (from, to) = (file.clone(), self.target.clone());
        let placed = blocking(move || match (differs, from == to) {
            (true, _) => fs_err::remove_file(from),
            (false, true) => Ok(()),
            (false, false) => fs_err::rename(from, to),
        });
        placed.await.map_err(|error| trouble(&self.target, error))?;
        if differs {
            return Err(Trouble::This(
                Failure::new(
                    Exit::No,
                    format!("{} is not what its card says: nothing was kept", self.name),
                )
                .evidence(format!(
                    "fetched: {} bytes, sha256 {}",
                    fetched.digests.bytes, fetched.digests.sha256
                ))
                .next(format!(
                    "it is damaged; or it was replaced, and its card {}{} is old: then remove that",
                    self.name,
                    card::ENDING
                )),
            ));
        }
        Ok((fetched, card.is_some()))
    }

    async fn card(&self, context: &Context, bucket: &Bucket) -> Result<Option<Card>, Trouble> {
        if !self.may_have_card || self.name.as_str().ends_with(card::ENDING) {
            return Ok(None);
        }
        Card::read(context, bucket, &self.name)
            .await
            .map_err(Trouble::This)
    }
}

fn target_file(name: &ObjectName, target: &Path) -> Result<PathBuf, Failure> {
    let is_folder = target.is_dir() || target.to_string_lossy().ends_with(std::path::is_separator);
    if !is_folder {
        return Ok(target.to_owned());
    }
    let last = name.as_str().rsplit('/').next().unwrap_or_default();
    let path = local_path(last).map_err(|why| {
        Failure::new(
            Exit::Usage,
            format!("the name {name} makes no file name: {why}"),
        )
        .next("name a file")
    })?;
    Ok(target.join(path))
}

fn unwritable(path: &Path, error: std::io::Error) -> Failure {
    Failure::new(Exit::Disk, format!("cannot write {}", path.display())).because(error)
}

fn trouble(path: &Path, error: std::io::Error) -> Trouble {
    let is_everywhere = super::many::is_of_the_disk(error.kind());
    let failure = unwritable(path, error);
    if is_everywhere {
        Trouble::All(failure.next(super::many::ROOM))
    } else {
        Trouble::This(failure)
    }
}
