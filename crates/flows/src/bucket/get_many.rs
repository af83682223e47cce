//! Fetching all objects under a prefix into a folder.

use std::collections::{HashMap, HashSet};
use std::path::{Path, PathBuf};

use ferry_core::exit::Exit;
use ferry_core::ids::ObjectName;
use ferry_core::job::Listed;
use ferry_swift::{Bucket, Lanes, SEGMENTS};

use super::card;
use super::get::{Wanted, unwritable};
use super::glob::Filter;
use super::local::{There, blocking, compare, folders_of, sync_folders, there_before};
use super::many::{Done, LANES, ManyReport, ROOM, Trouble};
use super::meter::Meter;
use super::{NamedBucket, folder_of};
use crate::names::local_paths;
use crate::{Context, Failure};

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
    let mut wanted = wanted(&listed, request, &mut report);
    if request.dry_run {
        for (object, wanted) in wanted {
            let one = (&wanted, object.bytes);
            let found = examine(context, &bucket.bucket, one, request.overwrite).await;
            report.examined(&object.name, &wanted.target, object.bytes, found);
        }
        return Ok(report.ended());
    }
    let targets = wanted.iter().map(|(_, wanted)| wanted.target.as_path());
    let folders = folders_of(targets, there_before(&request.folder));
    if !wanted.is_empty() {
        make_room(&request.folder, &mut wanted)
            .await
            .map_err(|error| unwritable(&request.folder, error).next(ROOM))?;
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
    let ended = report
        .carry_out(context, &meter, items, move |(wanted, bytes)| {
            let (bucket, lanes, meter, context) =
                (all.clone(), lanes.clone(), count.clone(), calm.clone());
            async move {
                let one = (&wanted, bytes);
                if let Some(done) = examine(&context, &bucket, one, overwrite).await? {
                    return Ok(done);
                }
                let (fetched, _) = wanted.fetch(&context, &bucket, &lanes, &meter).await?;
                Ok(Done::Bytes(fetched.digests.bytes))
            }
        })
        .await?;
    sync_folders(folders).await?;
    Ok(ended)
}

/// What the listing gives to fetch; what cannot be is reported.
fn wanted<'a>(
    listed: &'a [Listed],
    request: &GetMany,
    report: &mut ManyReport,
) -> Vec<(&'a Listed, Wanted)> {
    let root = folder_of(request.prefix.as_deref());
    let below = |object: &'a Listed| object.name.get(root.len()..).unwrap_or_default();
    // Segments come with the objects that are made of them.
    let is_segment =
        |object: &Listed| object.name.starts_with(SEGMENTS) && !root.starts_with(SEGMENTS);
    let taken: Vec<&Listed> = listed
        .iter()
        .filter(|object| !is_segment(object) && request.filter.takes(below(object)))
        .collect();
    let names: HashSet<&str> = listed.iter().map(|object| object.name.as_str()).collect();
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
                is_free: false,
            },
        ));
    }
    wanted
}

/// Makes the folders and looks where nothing is, for all files at once: for each by itself that takes longer than a small
/// file. What cannot be done below `top` is tried again file by file, and told there.
async fn make_room(top: &Path, wanted: &mut [(&Listed, Wanted)]) -> std::io::Result<()> {
    let top = top.to_owned();
    let targets: Vec<PathBuf> = wanted.iter().map(|(_, it)| it.target.clone()).collect();
    let looked = blocking(move || {
        fs_err::create_dir_all(top)?;
        let mut made: HashMap<&Path, bool> = HashMap::new();
        let mut free = Vec::with_capacity(targets.len());
        for target in &targets {
            let is_there = target.parent().is_some_and(|folder| {
                *made
                    .entry(folder)
                    .or_insert_with(|| fs_err::create_dir_all(folder).is_ok())
            });
            let missing = |error: std::io::Error| error.kind() == std::io::ErrorKind::NotFound;
            free.push(is_there && target.symlink_metadata().is_err_and(missing));
        }
        Ok(free)
    });
    for ((_, wanted), free) in wanted.iter_mut().zip(looked.await?) {
        wanted.is_free = free;
    }
    Ok(())
}

/// Whether the file is there already; another one is a failure.
async fn examine(
    context: &Context,
    bucket: &Bucket,
    (wanted, bytes): (&Wanted, u64),
    overwrite: bool,
) -> Result<Option<Done>, Trouble> {
    if overwrite || wanted.is_free {
        return Ok(None);
    }
    let known = (bytes, wanted.etag.as_deref());
    let there = compare(context, bucket, &wanted.name, &wanted.target, known).await;
    match there.map_err(Trouble::of)? {
        There::Nothing => Ok(None),
        There::Same(_) => Ok(Some(Done::Already)),
        There::Other(why) => Err(Trouble::This(Failure::new(
            Exit::Conflict,
            format!("not replaced without --overwrite: {why}"),
        ))),
    }
}
