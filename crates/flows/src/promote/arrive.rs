//! Waits for what an import brings, where no call tells how its job goes.

use ferry_core::flow::{ImportEvent, Promotion};
use ferry_core::plan::Fate;
use tokio::time::Instant;

use super::prepare::named;
use crate::inventory::Inventory;
use crate::{Context, Environment, Failure};

/// Waits until everything that is new by the plan is there, but no longer than a job may take.
pub(super) async fn arrive(
    context: &Context,
    to: &Environment,
    machine: &Promotion,
) -> Result<ImportEvent, Failure> {
    let began = Instant::now();
    context.step(format!(
        "the import's id is not known: waiting for what it brings to {}",
        to.name
    ));
    loop {
        let there = Inventory::read(context, to).await.map_err(Failure::open)?;
        let missing = missing(machine, &there);
        if missing.is_empty() || began.elapsed() >= to.polling.deadline {
            return Ok(ImportEvent::Unseen { missing });
        }
        context.wait(to.polling.min).await?;
    }
}

/// Of what was there before nobody can tell whether it came again.
fn missing(machine: &Promotion, there: &Inventory) -> Vec<String> {
    let planned = machine
        .plan()
        .into_iter()
        .flat_map(|plan| &plan.integrations);
    planned
        .filter(|one| one.fate == Fate::New)
        .map(|one| (one.project.as_deref(), one.id.to_string()))
        .filter(|(project, id)| there.integration(*project, id).is_none())
        .map(|(project, id)| named(project, &id))
        .collect()
}
