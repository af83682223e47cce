//! What there is, as the target tells.

use std::collections::{BTreeMap, BTreeSet};
use std::io::Cursor;
use std::num::NonZeroUsize;
use std::sync::Arc;

use ferry_archive::{Archive, Limits};
use ferry_core::exit::Exit;
use ferry_core::ids::IntegrationId;
use ferry_core::model::ArtifactKind;
use ferry_core::plan::{Present, Source, Target};
use ferry_oic::{Integration, IntegrationRef, Pages};
use futures_util::stream::{self, StreamExt as _, TryStreamExt as _};

use super::source::{meaning, schedules};
use crate::inventory::Inventory;
use crate::lanes::LANES;
use crate::{Context, Environment, Failure};

/// What one integration is read of at most; a larger one is not compared.
const LARGEST: usize = 32 << 20;

type Key = (Option<String>, IntegrationId);

pub(super) async fn read(
    context: &Context,
    to: &Environment,
    inventory: &Inventory,
    source: &Source,
    limits: &Limits,
) -> Result<Target, Failure> {
    let connections = crate::facts::of_inventory(context, to, inventory)
        .await?
        .connections;
    let groups = told(context, to.instance.agent_group_pages()).await?;
    let certificates = told(context, to.instance.certificate_pages()).await?;
    let mut schedules = schedules(context, to, &inventory.integrations).await?;
    let arriving: BTreeSet<Key> = source
        .integrations
        .iter()
        .filter(|one| one.meaning.is_some())
        .map(|one| (one.project.clone(), one.id.clone()))
        .collect();
    let mut meanings = meanings(context, to, &arriving, inventory, limits).await?;
    let integrations = inventory.integrations.iter().map(|one| {
        let key = (one.project.clone(), one.id.clone());
        let connections = one.connections.iter();
        Present {
            schedule: schedules.remove(&key),
            meaning: meanings.remove(&key),
            project: key.0,
            id: key.1,
            status: one.status.clone(),
            locked: one.locked,
            connections: connections.map(ToString::to_string).collect(),
        }
    });
    Ok(Target {
        name: to.name.to_string(),
        integrations: integrations.collect(),
        connections,
        agent_groups: groups.map(|all| all.into_iter().map(|group| group.id).collect()),
        certificates: certificates.map(|all| all.into_iter().map(|one| one.name).collect()),
    })
}

/// A list that not every instance tells, nor to everybody.
pub(super) async fn told<T>(context: &Context, pages: Pages<T>) -> Result<Option<Vec<T>>, Failure> {
    match context.unless_stopped(pages.all()).await? {
        Ok(all) => Ok(Some(all)),
        Err(error) => match crate::failure::instance_exit(&error) {
            Exit::Unavailable => Err(Failure::instance(
                error,
                "a list of the target cannot be read",
            )),
            _ => Ok(None),
        },
    }
}

/// The meaning of these of the target: each is exported by itself. What cannot be is unknown.
async fn meanings(
    context: &Context,
    to: &Environment,
    wanted: &BTreeSet<Key>,
    inventory: &Inventory,
    limits: &Limits,
) -> Result<BTreeMap<Key, String>, Failure> {
    let wanted = inventory
        .integrations
        .iter()
        .filter(|one| !one.locked && wanted.contains(&(one.project.clone(), one.id.clone())));
    let read = async |one: &Integration| {
        let meant = meaning_of(context, to, one, limits).await?;
        Ok(meant.map(|meant| ((one.project.clone(), one.id.clone()), meant)))
    };
    let all: Vec<Option<_>> = stream::iter(wanted)
        .map(read)
        .buffered(LANES)
        .try_collect()
        .await?;
    Ok(all.into_iter().flatten().collect())
}

/// What an integration means, exported by itself; `None` where it cannot be.
pub(crate) async fn meaning_of(
    context: &Context,
    side: &Environment,
    one: &Integration,
    limits: &Limits,
) -> Result<Option<String>, Failure> {
    let which = IntegrationRef {
        id: one.id.clone(),
        project: one.project.clone(),
    };
    match context.unless_stopped(exported(side, &which)).await? {
        Some(bytes) => meant(bytes, one, limits.clone()).await,
        None => Ok(None),
    }
}

/// One integration's archive, unless it cannot be had.
async fn exported(to: &Environment, which: &IntegrationRef) -> Option<Vec<u8>> {
    let mut content = to.instance.export_integration(which).await.ok()?;
    let mut bytes = Vec::new();
    while let Some(piece) = content.chunk().await.ok()? {
        bytes.extend_from_slice(&piece);
        if bytes.len() > LARGEST {
            return None;
        }
    }
    Some(bytes)
}

async fn meant(
    bytes: Vec<u8>,
    one: &Integration,
    limits: Limits,
) -> Result<Option<String>, Failure> {
    let bytes: Arc<[u8]> = bytes.into();
    let survey = super::aside(move || {
        let open = move || Ok(Cursor::new(Arc::clone(&bytes)));
        let archive = Archive::new(open, limits).with_threads(NonZeroUsize::MIN);
        archive.survey()
    });
    let Ok(survey) = survey.await? else {
        return Ok(None);
    };
    let is_it = |id: &ferry_core::model::Identity| {
        id.kind == ArtifactKind::Integration
            && id.name == one.id.code.as_str()
            && id.version.as_deref() == Some(one.id.version.as_str())
    };
    let found = survey.records.iter().find(|record| is_it(&record.id));
    Ok(found.map(meaning))
}
