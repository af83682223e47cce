//! Makes, looks at and takes away the advisory claim of a promotion. Where the bucket refuses it, that is a warning.

use ferry_core::exit::Exit;
use ferry_core::flow::{Claim, Claimed};
use ferry_core::ids::ObjectName;
use ferry_swift::{Error, ErrorKind};

use crate::bucket::card::read_small;
use crate::follow::chain;
use crate::{Context, Environment, Failure};

/// Claims the target for a run, or stops where another run has claimed it.
///
/// A store that does not know the condition takes the object all the same: then it is no more than looked for before.
pub(crate) async fn claim(
    context: &Context,
    to: &Environment,
    run: &str,
    what: String,
) -> Result<(), Failure> {
    let Some(name) = Claim::object(&to.identity) else {
        return Ok(());
    };
    let bucket = &to.storage.bucket;
    let warn = |error: &Error| {
        context.warn(format!(
            "{} is not claimed (a claim is advisory): {}",
            to.name,
            chain(error)
        ));
    };
    let own = Claim::new(run, what, context.now());
    let text = serde_json::to_vec(&own).unwrap_or_default();
    let found = match context.unless_stopped(read_small(bucket, &name)).await? {
        Ok(found) => found,
        Err(error) => {
            warn(&error);
            return Ok(());
        }
    };
    let is_free = found.is_none();
    judge(context, to, run, &name, found.as_deref())?;
    let put = async {
        if is_free {
            bucket.put_new(&name, text.into()).await
        } else {
            bucket.put(&name, text.into()).await
        }
    };
    match context.unless_stopped(put).await? {
        Ok(()) => Ok(()),
        // Somebody was faster, or the answer to our own request was lost.
        Err(error) if error.kind() == ErrorKind::Precondition => {
            let found = context.unless_stopped(read_small(bucket, &name)).await?;
            judge(context, to, run, &name, found.ok().flatten().as_deref())
        }
        Err(error) => {
            warn(&error);
            Ok(())
        }
    }
}

/// Whether what lies under the claim's name stops this run.
fn judge(
    context: &Context,
    to: &Environment,
    run: &str,
    name: &ObjectName,
    found: Option<&[u8]>,
) -> Result<(), Failure> {
    let Some(found) = found else {
        return Ok(());
    };
    let Some(other) = Claim::read(found) else {
        context.warn(format!(
            "{name} in the bucket of {} is no claim, and is replaced",
            to.name
        ));
        return Ok(());
    };
    let whose = format!("run {} ({}), at {}", other.run, other.what, other.at);
    match other.means(run, context.now()) {
        Claimed::Ours => Ok(()),
        Claimed::Stale => {
            context.warn(format!("an old claim of {} is replaced: {whose}", to.name));
            Ok(())
        }
        // One of this machine that could not take it away.
        Claimed::Foreign if has_ended(context, &other) => {
            context.warn(format!(
                "the claim of {} by a run that has ended is replaced: {whose}",
                to.name
            ));
            Ok(())
        }
        Claimed::Foreign => Err(Failure::new(
            Exit::Conflict,
            format!(
                "another promotion has claimed {} (the claim is advisory)",
                to.name
            ),
        )
        .evidence(format!("claimed by {whose}"))
        .next("wait until that run has ended, or end it where it was begun")
        .next(format!(
            "where it is gone for good, remove its claim and go on: ferry bucket rm {}/{name}",
            to.name
        ))
        .open()),
    }
}

/// Whether the run of this claim is known here and came to its end; one that was abandoned did not.
fn has_ended(context: &Context, claim: &Claim) -> bool {
    let run = context.runs.find(&claim.run);
    run.is_ok_and(|run| run.exit.is_some())
}

/// Takes the run's own claim away. What cannot be taken away grows old by itself.
pub(crate) async fn release(context: &Context, to: &Environment, run: &str) -> Result<(), Failure> {
    let Some(name) = Claim::object(&to.identity) else {
        return Ok(());
    };
    let bucket = &to.storage.bucket;
    let removed = async {
        let found = read_small(bucket, &name).await?;
        let claim = found.as_deref().and_then(Claim::read);
        if claim.is_some_and(|claim| claim.run == run) {
            bucket.delete(&name).await?;
        }
        Ok(())
    };
    match context.unless_stopped(removed).await? {
        Ok(()) => {}
        Err(error) if Error::is_not_found(&error) => {}
        Err(error) => context.warn(format!(
            "the advisory claim of {} stays in its bucket as {name}: {}",
            to.name,
            chain(&error)
        )),
    }
    Ok(())
}
