//! What the target holds at the end, against what the plan promised.

use std::collections::{BTreeMap, BTreeSet};

use ferry_core::flow::{Held, Key, Promotion, Unkept};
use ferry_core::model::without_user;
use ferry_core::overrides::{Given, put_rows};
use ferry_oic::{Connection, Lookup, LookupRef};

use super::activate::ACTIVE;
use super::arrived;
use super::live::reference;
use super::prepare::named;
use super::schedules::status;
use super::{PromoteReport, Sides};
use crate::inventory::Inventory;
use crate::{Context, Environment, Failure, facts, lanes};

impl Sides<'_> {
    /// Reads the target anew, and tells what of the plan does not hold.
    pub(super) async fn verify(
        &self,
        source: &Inventory,
        machine: &Promotion,
        report: &mut PromoteReport,
    ) -> Result<(), Failure> {
        let Self {
            context, from, to, ..
        } = *self;
        context.step(format!("verifying what {} holds", to.name));
        let after = Inventory::read(context, to).await?;
        let held = self.held(machine, &after).await?;
        let mut unkept = machine.unkept(&held);
        let sides = arrived::Sides {
            from: (from, source),
            to: (to, &after),
        };
        unkept.extend(arrived::arrived(context, &sides, &self.request.limits, machine).await?);
        unkept.extend(connections(context, to, machine, &after).await?);
        unkept.extend(lookups(context, to).await?);
        // In one order, whichever answer came first.
        unkept.sort();
        for one in &unkept {
            let name = named(one.project.as_deref(), &one.id);
            context.warn(format!(
                "{} {name}: promised was {}, the target holds {}",
                one.what, one.promised, one.found
            ));
        }
        report.verification = unkept;
        report.notes.extend(replaced(machine, &after));
        if let Some(import) = &mut report.import {
            import.target = Some(after.report());
        }
        Ok(())
    }

    /// Every integration, with the schedules that are to run.
    async fn held(
        &self,
        machine: &Promotion,
        after: &Inventory,
    ) -> Result<BTreeMap<Key, Held>, Failure> {
        let Self { context, to, .. } = *self;
        let mut held: BTreeMap<Key, Held> = BTreeMap::new();
        for one in &after.integrations {
            let it = Held {
                status: one.status.clone(),
                tracing: one.tracing,
                ..Held::default()
            };
            held.insert((one.project.clone(), one.id.to_string()), it);
        }
        let scheduled = machine.to_schedule().into_iter();
        let scheduled = scheduled.filter(|key| held.contains_key(key));
        let scheduled: Vec<Key> = scheduled.collect();
        let work = async |key: Key| {
            let status = status(context, to, &reference(&key)?).await?;
            Ok((key, status))
        };
        let done = |(key, status)| {
            if let Some(it) = held.get_mut(&key) {
                it.schedule = status;
            }
            Ok(())
        };
        lanes::each(scheduled, work, done).await?;
        Ok(held)
    }
}

/// The connections of the source that did not arrive, and values that are not those of the overrides.
async fn connections(
    context: &Context,
    to: &Environment,
    machine: &Promotion,
    after: &Inventory,
) -> Result<Vec<Unkept>, Failure> {
    let unkept = |project: Option<&str>, id: &str, promised: String, found: String| Unkept {
        what: "connection",
        project: project.map(str::to_owned),
        id: id.to_owned(),
        promised,
        found,
    };
    let there: BTreeSet<(Option<&str>, &str)> = after
        .connections
        .iter()
        .map(|it| (it.project.as_deref(), it.id.as_str()))
        .collect();
    let mut all = Vec::new();
    for one in machine
        .plan()
        .into_iter()
        .flat_map(|plan| &plan.connections)
    {
        let (project, code) = (one.project.as_deref(), one.code.as_str());
        if !there.contains(&(project, code)) {
            let (promised, found) = ("it is there".to_owned(), "ABSENT".to_owned());
            all.push(unkept(project, code, promised, found));
        }
    }
    // What else the overrides mean in the target did not come with the archive, and was left alone.
    let given = after.connections.iter().filter_map(|connection| {
        let (project, id) = (connection.project.as_deref(), connection.id.as_str());
        let given = to.overrides.stated.given(project, id);
        let came = machine.plans_connection(project, id);
        (came && !given.is_empty()).then_some((connection, given))
    });
    let work = async |(listed, given): (&Connection, Given)| {
        let connection = facts::whole(context, to, listed).await?;
        Ok((connection, given))
    };
    let done = |(connection, given): (Connection, Given)| {
        let project = connection.project.as_deref();
        let properties = connection.properties.iter();
        let values = properties.map(|it| (it.name.as_str(), it.value.as_deref()));
        let policy = connection.security_policy.as_deref();
        let group = connection.agent_group.as_deref();
        for (name, stated, value) in given.unkept(&values.collect(), policy, group) {
            let promised = format!("{name} is {}", without_user(stated));
            let found = value.map_or_else(|| "nothing".to_owned(), without_user);
            all.push(unkept(project, connection.id.as_str(), promised, found));
        }
        Ok(())
    };
    lanes::each(given, work, done).await?;
    Ok(all)
}

/// Lookups without the rows that the overrides state.
async fn lookups(context: &Context, to: &Environment) -> Result<Vec<Unkept>, Failure> {
    let stated = &to.overrides.stated;
    if stated.lookups.is_empty() {
        return Ok(Vec::new());
    }
    let failed =
        |error| Failure::instance(error, format!("cannot read the lookups of {}", to.name));
    let listed = to.instance.lookup_pages().all();
    let listed = context.unless_stopped(listed).await?.map_err(failed)?;
    let set = listed
        .into_iter()
        .filter(|it| !stated.rows(it.project.as_deref(), &it.name).is_empty());
    let work = async |listed: Lookup| {
        let which = LookupRef {
            name: listed.name,
            project: listed.project,
        };
        let read = context.unless_stopped(to.instance.lookup(&which)).await?;
        Ok((which, read.map_err(failed)?))
    };
    let mut all = Vec::new();
    let done = |(which, lookup): (LookupRef, Lookup)| {
        let rows = stated.rows(which.project.as_deref(), &which.name);
        let mut now = lookup.rows.unwrap_or_default();
        let found = match put_rows(&lookup.columns, &mut now, &rows) {
            Ok(0) => return Ok(()),
            Ok(other) => format!("{other} of them are other or missing"),
            Err(why) => why,
        };
        all.push(Unkept {
            what: "lookup",
            project: which.project,
            id: which.name,
            promised: "the rows that the overrides state".to_owned(),
            found,
        });
        Ok(())
    };
    lanes::each(set, work, done).await?;
    Ok(all)
}

/// What became of those whose newer version was to take their place.
fn replaced(machine: &Promotion, after: &Inventory) -> Vec<String> {
    let is_active = |project: Option<&str>, id: &str| {
        let there = after.integration(project, id);
        there.is_some_and(|there| there.status == ACTIVE)
    };
    let off = machine.plan().into_iter().flat_map(|plan| &plan.turned_off);
    off.filter_map(|off| {
        let (project, id, by) = (
            off.project.as_deref(),
            off.id.to_string(),
            off.by.to_string(),
        );
        let name = named(project, &id);
        if is_active(project, &by) {
            Some(format!("{name} was active before: {by} took its place"))
        } else if is_active(project, &id) {
            Some(format!(
                "{name} is active as before: {by}, which was to take its place, is not"
            ))
        } else {
            None
        }
    })
    .collect()
}
