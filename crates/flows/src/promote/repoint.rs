//! Gives the target's connections their values, and tests them.

use std::collections::BTreeSet;

use ferry_core::flow::{ConnectionOutcome, Event, Promotion};
use ferry_core::overrides::Given;
use ferry_oic::{Connection, ConnectionRef, ErrorKind, Property};
use secrecy::ExposeSecret;

use super::prepare::named;
use super::record;
use crate::follow::chain;
use crate::inventory::Inventory;
use crate::new_values::{NewValues, update};
use crate::{Context, Environment, Failure, Overrides, Run};

/// Updates and tests every connection of the plan that the overrides give something or keep, and that has no outcome yet.
/// What else they mean in the target did not come with the archive, and may be live.
pub(super) async fn repoint(
    context: &Context,
    to: &Environment,
    untested: &BTreeSet<String>,
    machine: &mut Promotion,
    run: &mut Run,
) -> Result<(), Failure> {
    let inventory = Inventory::read(context, to).await.map_err(Failure::open)?;
    let planned = machine
        .plan()
        .into_iter()
        .flat_map(|plan| &plan.connections);
    let planned: BTreeSet<_> = planned
        .map(|one| (one.project.clone(), one.code.clone()))
        .collect();
    for connection in &inventory.connections {
        let (project, id) = (connection.project.as_deref(), connection.id.as_str());
        let given = to.overrides.stated.given(project, id);
        let comes = planned.contains(&(connection.project.clone(), id.to_owned()));
        if !comes || given.is_empty() || machine.connection(project, id).is_some() {
            continue;
        }
        let place = project
            .map(|project| format!(" of {project}"))
            .unwrap_or_default();
        context.step(format!("re-pointing {id}{place} on {}", to.name));
        let is_excepted = untested.contains(&named(project, id));
        let outcome = one(context, to, connection, &given, is_excepted).await?;
        let outcome = without_secrets(outcome, to, &given);
        if let Some(problem) = &outcome.problem {
            context.warn(format!("{id}: {problem}"));
        }
        record(context, machine, run, &Event::Connection(outcome))?;
    }
    Ok(())
}

/// What a connection was given may come back in what the service says of it, in a test's details above all.
fn without_secrets(
    mut outcome: ConnectionOutcome,
    to: &Environment,
    given: &Given,
) -> ConnectionOutcome {
    let secrets = given.credentials.values();
    let secrets = secrets.filter_map(|stated| to.overrides.secrets.get(&stated.value));
    let secrets: Vec<&str> = secrets.map(ExposeSecret::expose_secret).collect();
    for said in [&mut outcome.test, &mut outcome.problem]
        .into_iter()
        .flatten()
    {
        for secret in &secrets {
            if !secret.is_empty() {
                *said = said.replace(*secret, "[hidden]");
            }
        }
    }
    outcome
}

async fn one(
    context: &Context,
    to: &Environment,
    listed: &Connection,
    given: &Given,
    is_excepted: bool,
) -> Result<ConnectionOutcome, Failure> {
    let reference = ConnectionRef {
        id: listed.id.clone(),
        project: listed.project.clone(),
    };
    let mut outcome = ConnectionOutcome {
        id: listed.id.to_string(),
        project: listed.project.clone(),
        changed: Vec::new(),
        test: None,
        problem: None,
    };
    // A listing may leave properties out; the update is built from the connection itself.
    let connection = match context
        .unless_stopped(to.instance.connection(&reference))
        .await?
    {
        Ok(connection) => connection,
        Err(error) => {
            outcome.problem = Some(format!("it cannot be read: {}", chain(&error)));
            return Ok(outcome);
        }
    };
    let values = values(&connection, given, &to.overrides);
    match values.and_then(|values| update(&connection, &values)) {
        Ok((update, changed)) => {
            if !changed.is_empty() {
                if let Err(error) = context
                    .unless_stopped(to.instance.update_connection(&reference, &update))
                    .await?
                {
                    outcome.problem = Some(match error.kind() {
                        ErrorKind::Locked => {
                            "it is locked: somebody has it open in the console".to_owned()
                        }
                        _ => format!("it cannot be updated: {}", chain(&error)),
                    });
                    return Ok(outcome);
                }
                outcome.changed = changed;
            }
        }
        Err(unknown) => {
            outcome.problem = Some(format!("it has no property {}", unknown.join(", ")));
            return Ok(outcome);
        }
    }
    match context
        .unless_stopped(to.instance.test_connection(&reference))
        .await?
    {
        Ok(test) => {
            if !test.ok && !is_excepted {
                let details = test.details.clone().unwrap_or_else(|| test.status.clone());
                outcome.problem = Some(format!("its test failed: {details}"));
            }
            outcome.test = Some(test.status);
        }
        Err(_) if is_excepted => {}
        Err(error) => outcome.problem = Some(format!("it could not be tested: {}", chain(&error))),
    }
    Ok(outcome)
}

/// What the overrides give a connection; or the names that it does not have, and those whose secret was not read.
///
/// What is stated for many connections is given to those that have it.
fn values(
    connection: &Connection,
    given: &Given,
    overrides: &Overrides,
) -> Result<NewValues, Vec<String>> {
    let mut values = NewValues {
        policy: given.policy.as_ref().map(|stated| stated.value.clone()),
        agent_group: given.agent_group.as_ref().map(|it| it.value.clone()),
        ..NewValues::default()
    };
    let has = |all: &[Property], name: &str| all.iter().any(|property| property.name == name);
    for (name, stated) in &given.properties {
        if stated.entry.is_exact() || has(&connection.properties, name) {
            values.properties.insert(name.clone(), stated.value.clone());
        }
    }
    let mut unread = Vec::new();
    for (name, stated) in &given.credentials {
        // A policy that is about to change brings properties that the connection does not show yet.
        let is_meant = given.policy.is_some() || stated.entry.is_exact();
        if is_meant || has(&connection.security_properties, name) {
            match overrides.secrets.get(&stated.value) {
                Some(secret) => {
                    values.credentials.insert(name.clone(), secret.clone());
                }
                // Whoever carries a promotion out has read them all; one that is not there must not be passed over.
                None => unread.push(name.clone()),
            }
        }
    }
    if unread.is_empty() {
        Ok(values)
    } else {
        Err(unread)
    }
}
