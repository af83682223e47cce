//! Gives the target's lookups their rows.

use ferry_core::flow::{Event, LookupOutcome, Promotion};
use ferry_core::overrides::put_rows;
use ferry_oic::{Lookup, LookupRef};

use super::prepare::named;
use super::record;
use crate::follow::chain;
use crate::{Context, Environment, Failure, Run};

/// Changes every lookup that the overrides state rows of, and that has no outcome yet.
pub(super) async fn lookups(
    context: &Context,
    to: &Environment,
    machine: &mut Promotion,
    run: &mut Run,
) -> Result<(), Failure> {
    if to.overrides.stated.lookups.is_empty() {
        return Ok(());
    }
    let all = context
        .unless_stopped(to.instance.lookup_pages().all())
        .await?;
    let all = all.map_err(|error| {
        let what = format!("cannot read the lookups of {}", to.name);
        Failure::instance(error, what).open()
    })?;
    for listed in all {
        let project = listed.project.as_deref();
        if to.overrides.stated.rows(project, &listed.name).is_empty()
            || machine.lookup(project, &listed.name).is_some()
        {
            continue;
        }
        let name = named(project, &listed.name);
        context.step(format!("setting rows of {name} on {}", to.name));
        let (changed, problem) = match one(context, to, &listed).await? {
            Ok(changed) => (changed, None),
            Err(why) => (0, Some(why)),
        };
        if let Some(problem) = &problem {
            context.warn(format!("{name}: {problem}"));
        }
        let outcome = LookupOutcome {
            name: listed.name,
            project: listed.project,
            changed,
            problem,
        };
        record(context, machine, run, &Event::Lookup(outcome))?;
    }
    Ok(())
}

async fn one(
    context: &Context,
    to: &Environment,
    listed: &Lookup,
) -> Result<Result<usize, String>, Failure> {
    let which = LookupRef {
        name: listed.name.clone(),
        project: listed.project.clone(),
    };
    let mut lookup = match context.unless_stopped(to.instance.lookup(&which)).await? {
        Ok(lookup) => lookup,
        Err(error) => return Ok(Err(format!("it cannot be read: {}", chain(&error)))),
    };
    let Some(rows) = &mut lookup.rows else {
        return Ok(Err("the service does not tell its rows".to_owned()));
    };
    let stated = to
        .overrides
        .stated
        .rows(listed.project.as_deref(), &listed.name);
    let changed = match put_rows(&lookup.columns, rows, &stated) {
        Ok(0) => return Ok(Ok(0)),
        Ok(changed) => changed,
        Err(why) => return Ok(Err(why)),
    };
    let sent = to.instance.replace_lookup(&lookup);
    Ok(match context.unless_stopped(sent).await? {
        Ok(()) => Ok(changed),
        Err(error) => Err(format!("it cannot be replaced: {}", chain(&error))),
    })
}
