//! Gives the target's connections their values, and tests them.

use ferry_core::flow::{ConnectionOutcome, Event, Promotion};
use ferry_oic::{Connection, ConnectionRef, ConnectionUpdate, ErrorKind, Property, SecretProperty};
use secrecy::ExposeSecret;

use crate::follow::chain;
use crate::inventory::Inventory;
use crate::{ConnectionOverride, Context, Environment, Failure, Run};

/// Updates and tests every connection that an override matches and that has no outcome yet.
pub(super) async fn repoint(
    context: &Context,
    to: &Environment,
    machine: &mut Promotion,
    run: &mut Run,
) -> Result<(), Failure> {
    let inventory = Inventory::read(context, to).await.map_err(Failure::open)?;
    for connection in &inventory.connections {
        let Some(values) = to.overrides.connections.get(&connection.id) else {
            continue;
        };
        let (project, id) = (connection.project.as_deref(), connection.id.as_str());
        if machine.connection(project, id).is_some() {
            continue;
        }
        let place = project
            .map(|project| format!(" of {project}"))
            .unwrap_or_default();
        context.step(format!("re-pointing {id}{place} on {}", to.name));
        let outcome = without_secrets(one(context, to, connection, values).await?, values);
        if let Some(problem) = &outcome.problem {
            context.warn(format!("{id}: {problem}"));
        }
        let event = Event::Connection(outcome);
        run.append(context.now(), &event)?;
        machine.apply(&event);
    }
    Ok(())
}

/// What a connection was given may come back in what the service says of it, in a test's details above all.
fn without_secrets(
    mut outcome: ConnectionOutcome,
    values: &ConnectionOverride,
) -> ConnectionOutcome {
    for said in [&mut outcome.test, &mut outcome.problem]
        .into_iter()
        .flatten()
    {
        for secret in values.security.values().map(ExposeSecret::expose_secret) {
            if !secret.is_empty() {
                *said = said.replace(secret, "[hidden]");
            }
        }
    }
    outcome
}

async fn one(
    context: &Context,
    to: &Environment,
    listed: &Connection,
    values: &ConnectionOverride,
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
    match update(&connection, values) {
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
            if !test.ok {
                let details = test.details.clone().unwrap_or_else(|| test.status.clone());
                outcome.problem = Some(format!("its test failed: {details}"));
            }
            outcome.test = Some(test.status);
        }
        Err(error) => outcome.problem = Some(format!("it could not be tested: {}", chain(&error))),
    }
    Ok(outcome)
}

/// What to send, and the names of what gets a new value; or the names that the connection does not have.
pub(crate) fn update(
    connection: &Connection,
    values: &ConnectionOverride,
) -> Result<(ConnectionUpdate, Vec<String>), Vec<String>> {
    let mut changed = Vec::new();
    let mut unknown = Vec::new();
    let mut properties = Vec::new();
    for (name, value) in &values.properties {
        match connection
            .properties
            .iter()
            .find(|property| property.name == *name)
        {
            Some(property) if property.value.as_ref() == Some(value) => {}
            Some(property) => {
                changed.push(name.clone());
                properties.push(Property {
                    value: Some(value.clone()),
                    ..property.clone()
                });
            }
            None => unknown.push(name.clone()),
        }
    }
    let mut security_properties = Vec::new();
    for (name, value) in &values.security {
        let known = connection
            .security_properties
            .iter()
            .find(|property| property.name == *name);
        // A policy that is about to change brings properties that the connection does not show yet.
        if known.is_none() && values.security_policy.is_none() {
            unknown.push(name.clone());
            continue;
        }
        changed.push(name.clone());
        security_properties.push(SecretProperty {
            name: name.clone(),
            group: known.and_then(|property| property.group.clone()),
            kind: known.and_then(|property| property.kind.clone()),
            value: value.expose_secret().into(),
        });
    }
    if !unknown.is_empty() {
        return Err(unknown);
    }
    let security_policy = values
        .security_policy
        .clone()
        .filter(|policy| connection.security_policy.as_ref() != Some(policy));
    if security_policy.is_some() {
        changed.push("security policy".to_owned());
    }
    let agent_group = values
        .agent_group
        .clone()
        .filter(|group| connection.agent_group.as_ref() != Some(group));
    if agent_group.is_some() {
        changed.push("agent group".to_owned());
    }
    Ok((
        ConnectionUpdate {
            properties,
            security_policy,
            security_properties,
            agent_group,
        },
        changed,
    ))
}
