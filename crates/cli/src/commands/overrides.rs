//! `ferry overrides init|check`.

use std::path::{Path, PathBuf};

use ferry_archive::{Archive, Limits, Severity};
use ferry_core::exit::Exit;
use ferry_core::ids::EnvironmentName;
use ferry_core::overrides::Facts;
use ferry_core::reference::Place;
use ferry_flows::archive::Input;

use super::archive::unread;
use crate::app::App;
use crate::args::{Named, OverridesArgs, OverridesCommand};
use crate::failure::Failure;
use crate::output::{Outcome, counted};

mod check;
mod init;

/// Runs the command.
pub(crate) async fn run(app: &App, args: OverridesArgs) -> Result<Outcome, Failure> {
    match args.command {
        OverridesCommand::Init(args) => init::run(app, args).await,
        OverridesCommand::Check(args) => check::run(app, args).await,
    }
}

/// Reads what is to come to an environment, and says what that is.
async fn read(app: &App, source: &Named, limits: Limits) -> Result<(Facts, String), Failure> {
    match source {
        Named::Object(place) => of_object(app, place, limits).await,
        Named::Path(path) => match environment(app, path).await? {
            Some(name) => of_instance(app, &name).await,
            None => of_archive(app, path.clone(), path.display().to_string(), limits).await,
        },
    }
}

/// The environment that a bare word names. A word that is a file too is refused.
async fn environment(app: &App, word: &Path) -> Result<Option<EnvironmentName>, Failure> {
    let name = word.to_str().and_then(|word| word.parse().ok());
    let Some(name) = name else { return Ok(None) };
    if !app.ground().await?.knows(app, &name)? {
        return Ok(None);
    }
    if word.exists() {
        return Err(Failure::new(
            Exit::Usage,
            format!("{name} is an environment and a file as well"),
        )
        .hint(format!("name the file: ./{name}")));
    }
    Ok(Some(name))
}

async fn of_instance(app: &App, name: &EnvironmentName) -> Result<(Facts, String), Failure> {
    let environment = app.environment(name).await?;
    let facts = ferry_flows::facts(&app.context().await?, &environment).await?;
    Ok((facts, format!("the instance of {name}")))
}

/// An archive is a zip of zips: all of an object is needed, so that it is fetched.
async fn of_object(app: &App, place: &Place, limits: Limits) -> Result<(Facts, String), Failure> {
    let name = place.object().map_err(|error| {
        Failure::new(Exit::Usage, format!("{place} names no object"))
            .because(&error)
            .hint("bucket:ENV/NAME")
    })?;
    let folder = tempfile::tempdir().map_err(|error| {
        Failure::new(Exit::Disk, "there is no room for the archive").because(&error)
    })?;
    let file = folder.path().join("archive.zip");
    let bucket = app.bucket(&place.environment).await?;
    let context = app.context().await?;
    ferry_flows::bucket::get(&context, &bucket, &name, &file, false, false).await?;
    of_archive(app, file, format!("bucket:{place}"), limits).await
}

async fn of_archive(
    app: &App,
    path: PathBuf,
    name: String,
    limits: Limits,
) -> Result<(Facts, String), Failure> {
    let called = name.clone();
    let work = app.aside(move || {
        let input = Input::at(&path)?;
        let archive = Archive::new(move || input.open(), limits);
        archive.listing().map_err(|error| unread(&called, &error))
    });
    let listing = work.await??;
    let inventory = &listing.inventory;
    if inventory.connections.is_empty()
        && inventory.integrations.is_empty()
        && inventory.lookups.is_empty()
    {
        return Err(Failure::new(
            Exit::No,
            format!("{name} holds no connection, integration or lookup that can be read"),
        )
        .hint("name the environment that it comes from: its instance is read instead"));
    }
    let errors = listing.findings.iter();
    let errors = errors
        .filter(|finding| finding.severity == Severity::Error)
        .count();
    if errors > 0 {
        app.printer.warning(&format!(
            "{} in {name}: what was read may not be all of it (`ferry archive verify` tells them)",
            counted(errors as u64, "error")
        ));
    }
    Ok((Facts::of_archive(inventory), name))
}
