//! One integration to a file, and from one.

use std::path::Path;

use ferry_core::exit::Exit;
use ferry_oic::ErrorKind;

use super::{find_one, reference};
use crate::design::file::{Coming, FileReport, read};
use crate::design::named::{Named, shown};
use crate::import::refuse_protected;
use crate::watch::{integrity, integrity_of};
use crate::{Context, Environment, Failure};

/// Exports one integration as an `.iar` to a file, or to a file of its name in a folder. It is verified as a zip before
/// it gets its place.
pub async fn export(
    context: &Context,
    environment: &Environment,
    named: &Named,
    target: &Path,
    overwrite: bool,
) -> Result<FileReport, Failure> {
    let one = find_one(context, environment, named).await?;
    let name = shown(one.project.as_deref(), &one.id.to_string());
    let mut coming = Coming::begin(target, &format!("{}.iar", one.id.folder()), overwrite)?;
    let failed = |error| Failure::instance(error, format!("cannot export {name}"));
    let which = reference(&one);
    let asked = environment.instance.export_integration(&which);
    let mut content = context.unless_stopped(asked).await?.map_err(failed)?;
    while let Some(piece) = context
        .unless_stopped(content.chunk())
        .await?
        .map_err(failed)?
    {
        coming.write(&piece)?;
    }
    if let Err(why) = integrity(&coming.file).await? {
        return Err(Failure::new(
            Exit::No,
            format!("what came for {name} is no whole .iar: nothing was kept"),
        )
        .evidence(why));
    }
    let (file, bytes) = coming.place().await?;
    Ok(FileReport {
        exit: Exit::Done,
        environment: environment.name.to_string(),
        id: Some(one.id.to_string()),
        project: one.project,
        file: file.display().to_string(),
        bytes,
        replaced: false,
    })
}

/// Imports an `.iar` as a new integration, at the top or in a project. One that is there already is exit 8, or is
/// replaced with `overwrite`: the service refuses that while it is active or locked.
pub async fn import(
    context: &Context,
    environment: &Environment,
    project: Option<&str>,
    file: &Path,
    overwrite: bool,
) -> Result<FileReport, Failure> {
    refuse_protected(environment)?;
    let shown = file.display();
    let unread = |error| Failure::new(Exit::Disk, format!("cannot read {shown}")).because(error);
    let opened = std::fs::File::open(file).map_err(unread)?;
    if let Err(why) = integrity_of(opened).await? {
        let what = format!("{shown} is no whole .iar: nothing was sent");
        return Err(Failure::new(Exit::No, what).evidence(why));
    }
    let content = read(file).await?;
    let name = file.file_name().unwrap_or_default().to_string_lossy();
    let send = |replaces| {
        let content = (name.as_ref(), &content);
        let instance = &environment.instance;
        context.unless_stopped(instance.import_integration(project, content, replaces))
    };
    context.step(format!("importing {shown} into {}", environment.name));
    let mut replaced = false;
    let sent = match send(false).await? {
        Err(error) if error.kind() == ErrorKind::Conflict && overwrite => {
            replaced = true;
            send(true).await?
        }
        sent => sent,
    };
    let id = sent.map_err(|error| {
        let (kind, is_open) = (
            error.kind(),
            error.http().is_some_and(ferry_http::Error::maybe_done),
        );
        let failure = Failure::instance(error, format!("cannot import {shown}"));
        match kind {
            ErrorKind::Conflict => failure.next("replace what is there: --overwrite"),
            _ if is_open => failure.next(format!(
                "it may have been carried out: see `ferry integrations list {}`",
                environment.name
            )),
            _ => failure,
        }
    })?;
    Ok(FileReport {
        exit: Exit::Done,
        environment: environment.name.to_string(),
        id: id.map(|id| id.to_string()),
        project: project.map(str::to_owned),
        file: shown.to_string(),
        bytes: content.len() as u64,
        replaced,
    })
}
