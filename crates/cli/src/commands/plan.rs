//! `ferry plan`.

use std::path::{Path, PathBuf};

use ferry_core::exit::Exit;
use ferry_core::ids::EnvironmentName;
use ferry_core::plan::{Fate, Plan, Saved};
use ferry_core::reference::ArchiveRef;
use ferry_flows::{ArchiveSource, Context, Storage, shell_word};

use crate::app::App;
use crate::args::PlanArgs;
use crate::failure::Failure;
use crate::output::{Leaving, Outcome, Report};

mod show;

pub(crate) use show::{page, text};

/// Runs the command.
pub(crate) async fn run(app: &App, args: PlanArgs) -> Result<Outcome, Failure> {
    let leaving = match &args.save {
        Some(path) => Some(Leaving::new(path).map_err(|error| unsaved(path, &error))?),
        None => None,
    };
    let context = app.context().await?;
    let to = app.environment_as_stated(&args.environment).await?;
    let (archive, holder) = archive(app, &context, &args.archive, &args.environment).await?;
    let from = match args
        .from
        .as_ref()
        .or(holder_of(&archive, &args.environment))
    {
        Some(name) => Some(app.environment(name).await?),
        None => None,
    };
    let limits = args.limits.limits();
    let plan = ferry_flows::plan(
        &context,
        &to,
        &archive,
        holder.as_ref(),
        from.as_ref(),
        limits,
    );
    let plan = plan.await?;
    let earlier = context.runs.earlier_imports(&to.identity)?;
    let saved = Saved::new(plan, (app.clock.0)(), earlier);
    let mut told = text(&saved);
    if let (Some(file), Some(path)) = (leaving, &args.save) {
        let written = file.write(saved.text().as_bytes());
        written.map_err(|error| unsaved(path, &error))?;
        let path = shell_word(&path.to_string_lossy());
        told += &format!("next: carry it out: ferry promote --plan {path}\n");
    }
    let exit = if args.exit_code && changes(&saved.plan) {
        Exit::No
    } else {
        Exit::Done
    };
    let report = Report::new(&saved, told).with_markdown(page(&saved));
    Ok(Outcome::new(exit, report))
}

fn unsaved(path: &Path, error: &std::io::Error) -> Failure {
    let what = format!("the plan cannot be written to {}", path.display());
    Failure::new(Exit::Disk, what).because(error)
}

/// What a reference means, and which other storage holds it, if one does.
pub(crate) async fn archive(
    app: &App,
    context: &Context,
    reference: &ArchiveRef,
    to: &EnvironmentName,
) -> Result<(ArchiveSource, Option<Storage>), Failure> {
    let source = match ferry_flows::resolve(&context.runs, reference)? {
        ArchiveSource::File(path) => ArchiveSource::File(absolute(&path)?),
        object @ ArchiveSource::Object { .. } => object,
    };
    let holder = holder(app, &source, to).await?;
    Ok((source, holder))
}

/// The storage that holds an archive, where that is not the target's own.
pub(super) async fn holder(
    app: &App,
    source: &ArchiveSource,
    to: &EnvironmentName,
) -> Result<Option<Storage>, Failure> {
    Ok(match holder_of(source, to) {
        Some(name) => Some(app.environment(name).await?.storage),
        None => None,
    })
}

/// A run may be gone on with from another folder.
pub(super) fn absolute(path: &Path) -> Result<PathBuf, Failure> {
    std::path::absolute(path).map_err(|error| {
        Failure::new(Exit::Disk, "the current folder is not there").because(&error)
    })
}

/// The environment whose bucket holds an archive, where that is another.
fn holder_of<'a>(source: &'a ArchiveSource, to: &EnvironmentName) -> Option<&'a EnvironmentName> {
    match source {
        ArchiveSource::Object {
            environment: Some(name),
            ..
        } if name != to => Some(name),
        _ => None,
    }
}

/// Whether anything would be another than it is; what nobody can tell may be.
fn changes(plan: &Plan) -> bool {
    let changes = |fate: &Fate| matches!(fate, Fate::New | Fate::Replaced | Fate::Unknown);
    plan.integrations
        .iter()
        .any(|one| one.activate || changes(&one.fate))
        || plan.connections.iter().any(|one| {
            let differs = one.values.iter().any(|value| match &value.after {
                Some(after) => value.today.as_ref() != Some(after),
                None if value.entry.is_some() => false,
                None => value.before.is_some() && value.today != value.before,
            });
            one.there.is_none() || differs
        })
        || !plan.turned_off.is_empty()
        || plan.schedules.iter().any(|one| one.runs != Some(false))
}
