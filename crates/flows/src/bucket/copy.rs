//! Copying an object, within a bucket, a server or between two, without touching the disk.

use ferry_core::exit::Exit;
use ferry_core::ids::ObjectName;
use ferry_swift::{Copied, ErrorKind, Features, Storing};

use super::meter::Meter;
use super::one::OneReport;
use super::put::taken;
use super::{NamedBucket, Rail};
use crate::{Context, Failure};

/// How an object is copied.
#[derive(Debug, Clone, Copy, Default)]
pub struct CopyOptions {
    /// Whether what is there is replaced.
    pub overwrite: bool,
    /// What may be used where it works.
    pub features: Features,
    /// Say what would be done, and do nothing.
    pub dry_run: bool,
}

/// Copies one object; `rail` is that of the bucket that it goes to.
pub async fn copy(
    context: &Context,
    (from, name): (&NamedBucket, &ObjectName),
    (to, to_name): (&NamedBucket, &ObjectName),
    options: CopyOptions,
    rail: &Rail,
) -> Result<OneReport, Failure> {
    to.refuse_protected()?;
    let places = [
        format!("{}/{name}", from.environment),
        format!("{}/{to_name}", to.environment),
    ];
    if from.url() == to.url() && name == to_name {
        return Err(Failure::new(
            Exit::Usage,
            format!("{} and {} are one object", places[0], places[1]),
        ));
    }
    let info = from.look(context, name).await?;
    let there = to.find(context, to_name).await?;
    let [source, target] = places;
    let mut report = OneReport::new("cp", source.clone(), target.clone());
    report.dry_run = options.dry_run;
    if let (Some(there), false) = (&there, options.overwrite) {
        let is_same = there.bytes == info.bytes
            && there.etag == info.etag
            && there.etag.as_deref().is_some_and(super::local::is_md5);
        if !is_same {
            return Err(taken(&target, there));
        }
        report.already_there = true;
        report.bytes = info.bytes;
        report.md5 = info.etag;
        return Ok(report);
    }
    match &there {
        Some(there) => rail.check(std::iter::once(there))?,
        None => rail.check_name(to_name.as_str())?,
    }
    if options.dry_run {
        report.bytes = info.bytes;
        return Ok(report);
    }
    let one_server = from.url().origin() == to.url().origin();
    let wanted = Features {
        copy: one_server,
        conditional: !options.overwrite,
        ..Features::none()
    };
    let wanted = if one_server { wanted } else { Features::none() };
    let features = to.can(context, wanted.and(options.features)).await?;
    let how = Storing {
        only_new: there.is_none() && !options.overwrite,
        replaces: there.as_ref().and_then(|there| there.etag.clone()),
        features,
        ..Storing::default()
    };
    let meter = Meter::of_one(context, to_name.as_str());
    let copied = context
        .unless_stopped(ferry_swift::copy(
            &from.bucket,
            name,
            &to.bucket,
            to_name,
            &how,
            &meter.tell(),
        ))
        .await
        .map_err(|stopped| stopped.next("repeat the command: it begins again"))?
        .map_err(|error| {
            let is_taken = error.kind() == ErrorKind::Precondition;
            let failure = Failure::bucket(error, format!("cannot copy {source} to {target}"));
            if is_taken {
                failure.exits(Exit::Conflict)
            } else {
                failure
            }
        })?;
    meter.ends();
    if there.is_some() {
        to.sweep(context, to_name).await?;
    }
    if there.is_some() && to.has_card(context, to_name).await? {
        report
            .notes
            .push(renewed(context, to, to_name, &copied).await?);
    }
    report.bytes = copied.bytes;
    report.sha256 = copied.sha256;
    Ok(report)
}

/// The card of what lay there before must not speak of the copy: it is written anew, or goes.
async fn renewed(
    context: &Context,
    to: &NamedBucket,
    name: &ObjectName,
    copied: &Copied,
) -> Result<String, Failure> {
    if let Some(sha256) = &copied.sha256 {
        to.write_card(context, name, (copied.bytes, sha256)).await?;
        return Ok("its card was written anew".to_owned());
    }
    if let Some(card) = super::card::name_of(name.as_str()) {
        let removed = context.unless_stopped(to.bucket.delete(&card)).await?;
        removed.map_err(|error| {
            Failure::bucket(
                error,
                format!("{card} is of another object now, and cannot be removed"),
            )
        })?;
    }
    Ok(
        "its old card was removed: the server copied by itself, and nothing tells the SHA-256"
            .to_owned(),
    )
}
