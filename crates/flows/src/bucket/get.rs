//! Fetching an object into a file.

use std::path::{Path, PathBuf};

use ferry_core::exit::Exit;
use ferry_core::ids::ObjectName;
use ferry_swift::{Bucket, Fetched, Lanes, arrive};

use super::NamedBucket;
use super::card::{self, Card};
use super::local::{There, blocking, compare, folders_of, sync_folders, there_before};
use super::many::{LANES, ROOM, Trouble, is_of_the_disk};
use super::meter::Meter;
use super::one::OneReport;
use crate::names::local_path;
use crate::{Context, Failure};

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
        let known = (info.bytes, info.etag.as_deref());
        match compare(context, &bucket.bucket, name, &target, known).await? {
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
    let folders = folders_of([target.as_path()], there_before(&target));
    let wanted = Wanted {
        name: name.clone(),
        etag: info.etag,
        may_have_card: true,
        target,
        is_free: false,
    };
    let lanes = Lanes::new(LANES);
    let fetching = wanted.fetch(context, &bucket.bucket, &lanes, &meter);
    let (fetched, by_card) = context
        .unless_stopped(fetching)
        .await
        .map_err(|stopped| stopped.next("repeat the command: it goes on where this one stopped"))?
        .map_err(Trouble::failure)?;
    sync_folders(folders).await?;
    meter.ends();
    report.verified_by = Some(match (fetched.by_md5, by_card) {
        (true, _) => "md5",
        (false, true) => "card",
        (false, false) => "size",
    });
    Ok(report.moved(&fetched.digests))
}

/// An object that is to be fetched.
pub(super) struct Wanted {
    pub(super) name: ObjectName,
    pub(super) etag: Option<String>,
    /// Whether it is worth to look for a card.
    pub(super) may_have_card: bool,
    pub(super) target: PathBuf,
    /// Whether it was seen that its folder is there, and no file of that name in it.
    pub(super) is_free: bool,
}

impl Wanted {
    /// Fetches it; whether its card was compared.
    pub(super) async fn fetch(
        &self,
        context: &Context,
        bucket: &Bucket,
        lanes: &Lanes,
        meter: &Meter,
    ) -> Result<(Fetched, bool), Trouble> {
        let failed = |error| Trouble::bucket(error, format!("cannot fetch {}", self.name));
        if let Some(parent) = self
            .target
            .parent()
            .filter(|parent| !self.is_free && !parent.as_os_str().is_empty())
        {
            let parent = parent.to_owned();
            let made = blocking(move || fs_err::create_dir_all(parent)).await;
            made.map_err(|error| trouble(&self.target, error))?;
        }
        let arrived = arrive(bucket, &self.name, &self.target, lanes, &meter.tell())
            .await
            .map_err(failed)?;
        // The ETag of an object that is made of segments looks like an MD5 and is none.
        let card = if arrived.fetched.by_md5 {
            None
        } else {
            self.card(context, bucket).await?
        };
        let differs = |card: &Card| !card.describes(&arrived.fetched.digests);
        if card.as_ref().is_some_and(differs) {
            let digests = arrived.fetched.digests.clone();
            arrived.discard();
            return Err(Trouble::This(
                Failure::new(
                    Exit::No,
                    format!("{} is not what its card says: nothing was kept", self.name),
                )
                .evidence(format!(
                    "fetched: {} bytes, sha256 {}",
                    digests.bytes, digests.sha256
                ))
                .next(format!(
                    "it is damaged; or it was replaced, and its card {}{} is old: then remove that",
                    self.name,
                    card::ENDING
                )),
            ));
        }
        let fetched = arrived.place().await.map_err(failed)?;
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

pub(super) fn unwritable(path: &Path, error: std::io::Error) -> Failure {
    Failure::new(Exit::Disk, format!("cannot write {}", path.display())).because(error)
}

fn trouble(path: &Path, error: std::io::Error) -> Trouble {
    let is_everywhere = is_of_the_disk(error.kind());
    let failure = unwritable(path, error);
    if is_everywhere {
        Trouble::All(failure.next(ROOM))
    } else {
        Trouble::This(failure)
    }
}
