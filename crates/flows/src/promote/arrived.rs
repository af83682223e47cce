//! Whether what was there before is what the archive holds now: an import may have left it as it was, and says so nowhere.

use ferry_archive::Limits;
use ferry_core::flow::{Promotion, Unkept};
use ferry_core::plan::{Fate, PlannedIntegration, Skip};

use crate::inventory::Inventory;
use crate::plan::meaning_of;
use crate::{Context, Environment, Failure, lanes};

/// The source and the target, each with what it holds at the end.
pub(super) struct Sides<'a> {
    pub(super) from: (&'a Environment, &'a Inventory),
    pub(super) to: (&'a Environment, &'a Inventory),
}

/// Everything that the plan said would be replaced, and that is not. New ones need no look: they are there.
pub(super) async fn arrived(
    context: &Context,
    sides: &Sides<'_>,
    limits: &Limits,
    machine: &Promotion,
) -> Result<Vec<Unkept>, Failure> {
    let planned = machine.plan().into_iter();
    let planned = planned
        .flat_map(|plan| &plan.integrations)
        .filter(|one| one.there.is_some())
        .filter(|one| !matches!(one.fate, Fate::Unchanged | Fate::Skipped(Skip::Locked)));
    let work = async |one: &PlannedIntegration| {
        let found = instead(context, sides, limits, one).await?;
        Ok(found.map(|found| Unkept {
            what: "integration",
            project: one.project.clone(),
            id: one.id.to_string(),
            promised: "the source's design".to_owned(),
            found: found.to_owned(),
        }))
    };
    let mut unkept = Vec::new();
    let done = |one| {
        unkept.extend(one);
        Ok(())
    };
    lanes::each(planned, work, done).await?;
    Ok(unkept)
}

/// What is there instead of what was promised.
async fn instead(
    context: &Context,
    sides: &Sides<'_>,
    limits: &Limits,
    one: &PlannedIntegration,
) -> Result<Option<&'static str>, Failure> {
    let id = one.id.to_string();
    let project = one.project.as_deref();
    let read = async |(side, inventory): (&Environment, &Inventory)| match inventory
        .integration(project, &id)
    {
        Some(it) => meaning_of(context, side, it, limits).await,
        None => Ok(None),
    };
    let Some(now) = read(sides.to).await? else {
        let is_there = sides.to.1.integration(project, &id).is_some();
        // What is not there at all is told by its status.
        return Ok(is_there.then_some("a design that cannot be read"));
    };
    let wanted = match &one.meaning {
        Some(meaning) => Some(meaning.clone()),
        // The archive could not be read; the source tells.
        None => read(sides.from).await?,
    };
    Ok(match wanted {
        Some(wanted) if wanted == now => None,
        Some(_) => Some("another design: the import left it as it was"),
        None => Some("a design that can be compared with nothing"),
    })
}
