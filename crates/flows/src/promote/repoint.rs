//! Gives the target's connections their values, and tests them.

use std::collections::BTreeSet;

use ferry_core::flow::{ConnectionOutcome, Event, Promotion};
use ferry_core::overrides::Given;
use ferry_oic::{Connection, ConnectionRef, ErrorKind, Property};
use secrecy::ExposeSecret;

use super::prepare::named;
use super::record;
use crate::follow::chain;
use crate::inventory::connections;
use crate::new_values::{NewValues, update};
use crate::{Attachment, Context, Environment, Failure, Overrides, Run, lanes};

/// Updates and tests every connection of the plan that the overrides give something or keep, and that has no outcome yet.
/// What else they mean in the target did not come with the archive, and may be live.
pub(super) async fn repoint(
    context: &Context,
    to: &Environment,
    untested: &BTreeSet<String>,
    machine: &mut Promotion,
    run: &mut Run,
) -> Result<(), Failure> {
    let connections = connections(context, to).await.map_err(Failure::open)?;
    let mut open = Vec::new();
    for connection in &connections {
        let (project, id) = (connection.project.as_deref(), connection.id.as_str());
        let given = to.overrides.stated.given(project, id);
        if machine.plans_connection(project, id)
            && !given.is_empty()
            && machine.connection(project, id).is_none()
        {
            open.push((connection, given));
        }
    }
    each(context, to, untested, open, machine, run).await
}

/// Gives these what they are given, and tests them.
pub(super) async fn each(
    context: &Context,
    to: &Environment,
    untested: &BTreeSet<String>,
    open: Vec<(&Connection, Given)>,
    machine: &mut Promotion,
    run: &mut Run,
) -> Result<(), Failure> {
    let work = async |(connection, given): (&Connection, Given)| {
        let name = named(connection.project.as_deref(), connection.id.as_str());
        let doing = if given.is_empty() {
            "testing"
        } else {
            "re-pointing"
        };
        context.step(format!("{doing} {name} on {}", to.name));
        let is_excepted = untested.contains(&name);
        let outcome = one(context, to, connection, &given, is_excepted).await?;
        Ok(without_secrets(outcome, to, &given))
    };
    let done = |outcome: ConnectionOutcome| {
        if let Some(problem) = &outcome.problem {
            let name = named(outcome.project.as_deref(), &outcome.id);
            context.warn(format!("{name}: {problem}"));
        }
        record(context, machine, run, &Event::Connection(outcome))
    };
    lanes::each(open, work, done).await
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
    let files = files(&connection, given, &to.overrides);
    let (values, files) = match (
        values.and_then(|values| update(&connection, &values)),
        files,
    ) {
        (Ok(values), Ok(files)) => (values, files),
        (values, files) => {
            let unknown = [values.err(), files.err()].into_iter().flatten().flatten();
            let unknown: Vec<String> = unknown.collect();
            outcome.problem = Some(format!("it has no property {}", unknown.join(", ")));
            return Ok(outcome);
        }
    };
    let (update, changed) = values;
    if !changed.is_empty() {
        let sent = to.instance.update_connection(&reference, &update);
        if let Err(error) = context.unless_stopped(sent).await? {
            outcome.problem = Some(refused(&error, "it cannot be updated"));
            return Ok(outcome);
        }
        outcome.changed = changed;
    }
    // A policy brings properties whose values are files, so they come behind it.
    for (name, file) in files {
        let sent = (file.name.as_str(), &file.content);
        let sent = to.instance.attach(&reference, name, sent);
        if let Err(error) = context.unless_stopped(sent).await? {
            outcome.problem = Some(refused(&error, &format!("{name} cannot be uploaded")));
            return Ok(outcome);
        }
        outcome.changed.push(name.to_owned());
    }
    match context
        .unless_stopped(to.instance.test_connection(&reference))
        .await?
    {
        Ok(test) => {
            if !test.ok && !is_excepted {
                let details = test.details.clone().unwrap_or_else(|| test.status.clone());
                let name = named(connection.project.as_deref(), connection.id.as_str());
                outcome.problem = Some(format!(
                    "its test failed: {details} (where that is to stop nothing: --untested {name})"
                ));
            }
            outcome.test = Some(test.status);
        }
        Err(_) if is_excepted => {}
        Err(error) => outcome.problem = Some(refused(&error, "it could not be tested")),
    }
    Ok(outcome)
}

/// Why a change was not taken.
fn refused(error: &ferry_oic::Error, what: &str) -> String {
    match error.kind() {
        ErrorKind::Locked => "it is locked: somebody has it open in the console".to_owned(),
        _ => format!("{what}: {}", chain(error)),
    }
}

/// The files that the overrides give a connection, by property; or the names that it does not have, and those whose
/// file was not read.
fn files<'a>(
    connection: &Connection,
    given: &'a Given,
    overrides: &'a Overrides,
) -> Result<Vec<(&'a str, &'a Attachment)>, Vec<String>> {
    let own = || {
        let open = connection.properties.iter();
        open.chain(&connection.security_properties)
    };
    let (mut files, mut missing) = (Vec::new(), Vec::new());
    for (name, stated) in &given.attachments {
        let has = own().any(|property| property.name == *name);
        if !has && given.policy.is_none() {
            if stated.entry.is_exact() {
                missing.push(name.clone());
            }
            continue;
        }
        match overrides.files.get(&stated.value) {
            Some(file) => files.push((name.as_str(), file)),
            // Whoever carries a promotion out has read them all; one that is not there must not be passed over.
            None => missing.push(name.clone()),
        }
    }
    if missing.is_empty() {
        Ok(files)
    } else {
        Err(missing)
    }
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
