//! Whether what was there before is what the archive holds now: an import may have left it as it was, and says so nowhere.

use ferry_archive::Limits;
use ferry_core::flow::Promotion;
use ferry_core::plan::{Fate, PlannedIntegration, Skip};
use ferry_oic::Integration;
use futures_util::stream::{self, StreamExt as _, TryStreamExt as _};

use super::prepare::named;
use crate::inventory::Inventory;
use crate::plan::{LANES, meaning_of};
use crate::{Context, Environment, Failure, PromoteReport};

/// The source and the target, each with what it holds at the end.
pub(super) struct Held<'a> {
    pub(super) from: (&'a Environment, &'a Inventory),
    pub(super) to: (&'a Environment, &'a Inventory),
}

/// Reports everything that the plan said would be replaced, and that is not. New ones need no look: they are there.
pub(super) async fn arrived(
    context: &Context,
    held: &Held<'_>,
    limits: &Limits,
    machine: &Promotion,
    report: &mut PromoteReport,
) -> Result<(), Failure> {
    let planned = machine.plan().into_iter();
    let planned = planned
        .flat_map(|plan| &plan.integrations)
        .filter(|one| one.there.is_some())
        .filter(|one| !matches!(one.fate, Fate::Unchanged | Fate::Skipped(Skip::Locked)));
    let missed: Vec<Option<String>> = stream::iter(planned)
        .map(|one| missed(context, held, limits, one))
        .buffered(LANES)
        .try_collect()
        .await?;
    report.missed.extend(missed.into_iter().flatten());
    Ok(())
}

/// Why this one is not what was promised, if it is not.
async fn missed(
    context: &Context,
    held: &Held<'_>,
    limits: &Limits,
    one: &PlannedIntegration,
) -> Result<Option<String>, Failure> {
    let id = one.id.to_string();
    let project = one.project.as_deref();
    let name = named(project, &id);
    let read = async |(side, inventory): (&Environment, &Inventory)| match inventory
        .integration(project, &id)
    {
        Some(it) => of(context, side, it, limits).await,
        None => Ok(None),
    };
    let Some(now) = read(held.to).await? else {
        let is_there = held.to.1.integration(project, &id).is_some();
        // What is not there at all was told already.
        return Ok(is_there.then(|| {
            format!("{name} cannot be read: whether the import has replaced it is not known")
        }));
    };
    let wanted = match &one.meaning {
        Some(meaning) => Some(meaning.clone()),
        // The archive could not be read; the source tells.
        None => read(held.from).await?,
    };
    Ok(match wanted {
        Some(wanted) if wanted == now => None,
        Some(_) => Some(format!(
            "{name} is not what the archive holds: the import left it as it was"
        )),
        None => Some(format!(
            "{name} cannot be compared: the source does not tell what it is there"
        )),
    })
}

async fn of(
    context: &Context,
    side: &Environment,
    it: &Integration,
    limits: &Limits,
) -> Result<Option<String>, Failure> {
    let read = meaning_of(context, side, it, limits).await;
    read.map_err(Failure::open)
}
