//! A plan: what an archive would change in an environment, from the archive and from what the target tells.

mod source;
mod target;

use ferry_archive::Limits;
use ferry_core::exit::Exit;
use ferry_core::plan::Plan;
use futures_util::future::try_join;

pub(crate) use source::{Archived, fetched};
pub(crate) use target::meaning_of;

use crate::inventory::Inventory;
use crate::{ArchiveSource, Context, Environment, Failure, Storage};

/// Makes the plan of importing an archive. Nothing is changed.
///
/// `holder` is the storage that holds the archive, where that is not the target's own. `from` is the environment that
/// the archive comes from: it tells which schedules run there, and all that an archive does not tell that cannot be
/// read.
pub async fn plan(
    context: &Context,
    to: &Environment,
    archive: &ArchiveSource,
    holder: Option<&Storage>,
    from: Option<&Environment>,
    limits: Limits,
) -> Result<Plan, Failure> {
    let folder = tempfile::tempdir().map_err(|error| {
        Failure::new(Exit::Disk, "there is no room for the archive").because(error)
    })?;
    let archived = fetched(context, to, archive, holder, folder.path()).await?;
    made(context, to, archived, from, limits).await
}

/// Work on the processor, off the threads that talk to the network.
async fn aside<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Result<T, Failure> {
    let done = tokio::task::spawn_blocking(work).await;
    done.map_err(|error| Failure::new(Exit::Bug, "the archive's reading broke off").because(error))
}

/// The plan of an archive that is here already.
pub(crate) async fn made(
    context: &Context,
    to: &Environment,
    archived: Archived,
    from: Option<&Environment>,
    limits: Limits,
) -> Result<Plan, Failure> {
    context.step(format!(
        "reading {} and what {} holds",
        archived.name, to.name
    ));
    let source = source::read(context, &archived, from, limits.clone());
    let (mut source, there) = try_join(source, Inventory::read(context, to)).await?;
    source::compare(archived, &mut source, &there, limits.clone()).await?;
    let target = target::read(context, to, &there, &source, &limits).await?;
    Ok(Plan::make(&source, &target, &to.overrides.stated))
}
