//! Integrations: which is meant, and what can be done with one.

mod carry;
mod switch;

pub use carry::{export, import};
pub use switch::{activate, deactivate};

use ferry_core::ids::IntegrationId;
use ferry_oic::{Integration, IntegrationRef};
use futures_util::stream::{self, StreamExt as _, TryStreamExt as _};
use serde::Serialize;

use super::list::{all, unlisted};
use super::named::{Named, meant};
use crate::lanes::LANES;
use crate::{Context, Environment, Failure};

/// An integration as it is listed and shown.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct IntegrationFacts {
    /// `CODE|VERSION`.
    pub id: String,
    /// The project it lives in.
    pub project: Option<String>,
    /// The name that people see.
    pub name: String,
    /// As it came.
    pub status: String,
    /// As it came.
    pub style: Option<String>,
    /// Somebody has it open.
    pub locked: bool,
    /// Who.
    pub locked_by: Option<String>,
    /// It can run by a schedule.
    pub scheduled: bool,
    /// A schedule is defined for it.
    pub schedule_defined: bool,
    /// The package it belongs to.
    pub package: Option<String>,
    /// The connections it uses.
    pub connections: Vec<String>,
    /// The integrations it calls.
    pub calls: Vec<String>,
    /// When it was changed last.
    pub updated: Option<jiff::Timestamp>,
}

impl From<&Integration> for IntegrationFacts {
    fn from(one: &Integration) -> Self {
        Self {
            id: one.id.to_string(),
            project: one.project.clone(),
            name: one.name.clone(),
            status: one.status.clone(),
            style: one.style.clone(),
            locked: one.locked,
            locked_by: one.locked_by.clone(),
            scheduled: one.scheduled,
            schedule_defined: one.schedule_defined,
            package: one.package.clone(),
            connections: one.connections.iter().map(ToString::to_string).collect(),
            calls: one.calls.clone(),
            updated: one.updated,
        }
    }
}

/// The integration that is meant: `[PROJECT/]CODE|VERSION`, or without the version where there is one alone.
pub async fn show(
    context: &Context,
    environment: &Environment,
    named: &Named,
) -> Result<IntegrationFacts, Failure> {
    let found = find_one(context, environment, named).await?;
    Ok((&found).into())
}

pub(super) async fn find_one(
    context: &Context,
    environment: &Environment,
    named: &Named,
) -> Result<Integration, Failure> {
    if let Some(found) = ask(context, environment, named).await? {
        return Ok(found);
    }
    let all = all(
        context,
        environment,
        environment.instance.integration_pages(),
    )
    .await?;
    among(environment, named, &all).cloned()
}

/// The integrations that are meant, each once. What is named in full is asked for by itself; the rest is looked up in
/// one listing.
pub(super) async fn find(
    context: &Context,
    environment: &Environment,
    named: &[Named],
) -> Result<Vec<Integration>, Failure> {
    let asked: Vec<Option<Integration>> = stream::iter(named)
        .map(|one| ask(context, environment, one))
        .buffered(LANES)
        .try_collect()
        .await?;
    let listed = if asked.iter().any(Option::is_none) {
        all(
            context,
            environment,
            environment.instance.integration_pages(),
        )
        .await?
    } else {
        Vec::new()
    };
    let mut found: Vec<Integration> = Vec::new();
    for (named, asked) in named.iter().zip(asked) {
        let one = match asked {
            Some(one) => one,
            None => among(environment, named, &listed)?.clone(),
        };
        let is_there = |it: &Integration| it.id == one.id && it.project == one.project;
        if !found.iter().any(is_there) {
            found.push(one);
        }
    }
    Ok(found)
}

/// Asks for what is named in full; `None` where only a listing can tell.
async fn ask(
    context: &Context,
    environment: &Environment,
    named: &Named,
) -> Result<Option<Integration>, Failure> {
    let Ok(id) = IntegrationId::parse(&named.name) else {
        return Ok(None);
    };
    let which = IntegrationRef {
        id,
        project: named.project.clone(),
    };
    match context
        .unless_stopped(environment.instance.integration(&which))
        .await?
    {
        Ok(found) => Ok(Some(found)),
        Err(error) if error.is_not_found() => Ok(None),
        Err(error) => Err(unlisted(environment, error)),
    }
}

fn among<'a>(
    environment: &Environment,
    named: &Named,
    all: &'a [Integration],
) -> Result<&'a Integration, Failure> {
    meant(
        environment,
        "integration",
        named,
        all,
        |one| (one.project.as_deref(), one.id.to_string()),
        |one| one.id.to_string() == named.name || one.id.code.as_str() == named.name,
    )
}

pub(super) fn reference(one: &Integration) -> IntegrationRef {
    IntegrationRef {
        id: one.id.clone(),
        project: one.project.clone(),
    }
}
