//! What is to come: an archive, and the instance that it comes from.

use std::collections::BTreeMap;
use std::path::Path;

use ferry_archive::{Archive, Limits, Record, SEMANTIC_RULE, Survey};
use ferry_core::exit::Exit;
use ferry_core::ids::IntegrationId;
use ferry_core::model::ArtifactKind;
use ferry_core::overrides::Facts;
use ferry_core::plan::{Arriving, Source};
use ferry_oic::{Integration, IntegrationRef};
use futures_util::stream::{self, StreamExt as _, TryStreamExt as _};
use tempfile::TempPath;

use crate::activation::ACTIVE;
use crate::archive::Input;
use crate::inventory::Inventory;
use crate::place::whole;
use crate::{ArchiveSource, Context, Environment, Failure, Storage};

/// Requests that are under way at once.
pub(crate) const LANES: usize = 8;

/// An archive that was read whole.
pub(crate) struct Archived {
    /// The reference that it is named by.
    pub(crate) name: String,
    /// The environment whose bucket it lies in, where that is not the target's own.
    pub(crate) from: Option<String>,
    pub(crate) input: Input,
    pub(crate) sha256: String,
    /// Gone with this value, where it was fetched.
    pub(crate) fetched: Option<TempPath>,
}

/// Brings an archive to this machine, whole.
pub(crate) async fn fetched(
    context: &Context,
    to: &Environment,
    archive: &ArchiveSource,
    holder: Option<&Storage>,
    folder: &Path,
) -> Result<Archived, Failure> {
    let name = archive.shown(&to.name);
    match archive {
        ArchiveSource::File(path) => {
            let input = Input::at(path)?;
            if matches!(input, Input::Folder(_)) {
                let what = format!("{} is a folder, and no archive", path.display());
                return Err(Failure::new(Exit::Usage, what));
            }
            let opened = fs_err::File::open(path);
            let digests = opened.and_then(ferry_swift::Digests::of);
            let digests = digests
                .map_err(|error| Failure::disk(error, format!("cannot read {}", path.display())))?;
            Ok(Archived {
                name,
                from: None,
                input,
                sha256: digests.sha256,
                fetched: None,
            })
        }
        ArchiveSource::Object {
            environment,
            name: object,
        } => {
            let bucket = &holder.unwrap_or(&to.storage).bucket;
            let whole = whole(context, bucket, object, folder).await?;
            let path = whole.file.into_temp_path();
            let from = environment.as_ref().filter(|from| **from != to.name);
            Ok(Archived {
                name,
                from: from.map(ToString::to_string),
                input: Input::at(&path)?,
                sha256: whole.digests.sha256,
                fetched: Some(path),
            })
        }
    }
}

/// What an archive brings. Where its inside cannot be read the instance that it comes from tells all.
pub(super) async fn read(
    context: &Context,
    archived: Archived,
    from: Option<&Environment>,
    limits: Limits,
) -> Result<Source, Failure> {
    let Archived {
        name,
        from: lies_in,
        input,
        sha256,
        fetched,
    } = archived;
    let called = name.clone();
    let survey = super::aside(move || {
        let archive = Archive::new(|| input.open(), limits);
        let survey = archive.survey();
        drop(fetched);
        survey
    });
    let survey = survey.await?.map_err(|error| {
        let exit = if error.is_limit() {
            Exit::Rail
        } else {
            Exit::No
        };
        Failure::new(exit, format!("{called} was not read to its end")).because(error)
    })?;
    let live = match from {
        Some(from) => Some((from, Inventory::read(context, from).await?)),
        None => None,
    };
    let (integrations, facts) = match (is_opaque(&survey), &live) {
        (false, _) => (of_survey(&survey), Facts::of_archive(&survey.inventory)),
        (true, Some((from, inventory))) => {
            let facts = crate::facts::of_inventory(context, from, inventory).await?;
            (of_instance(inventory), facts)
        }
        (true, None) => {
            let what = format!("{name} holds no integration and no connection that can be read");
            return Err(Failure::new(Exit::No, what).next(
                "name the environment that it comes from, and the plan is made from its instance: --from ENV",
            ));
        }
    };
    let mut source = Source {
        name,
        from: from.map(|from| from.name.to_string()).or(lies_in),
        sha256: Some(sha256),
        integrations,
        facts,
        certificates: survey
            .inventory
            .certificates
            .iter()
            .map(|certificate| certificate.name.clone())
            .collect(),
    };
    if let Some((from, inventory)) = &live {
        let running = schedules(context, from, &inventory.integrations).await?;
        for one in &mut source.integrations {
            let status = running.get(&(one.project.clone(), one.id.clone()));
            one.schedule_runs = Some(status.is_some_and(|status| runs(status)));
        }
    }
    Ok(source)
}

/// Whether nothing in it was recognised that a plan is about.
fn is_opaque(survey: &Survey) -> bool {
    let inventory = &survey.inventory;
    inventory.integrations.is_empty()
        && inventory.connections.is_empty()
        && inventory.lookups.is_empty()
}

fn of_survey(survey: &Survey) -> Vec<Arriving> {
    let integrations = survey.records.iter();
    let integrations = integrations.filter(|record| record.id.kind == ArtifactKind::Integration);
    let active = |record: &Record| {
        survey.inventory.integrations.iter().any(|one| {
            one.project == record.project
                && one.code == record.id.name
                && Some(&one.version) == record.id.version.as_ref()
                && one.state == ACTIVE
        })
    };
    integrations
        .filter_map(|record| {
            Some(Arriving {
                project: record.project.clone(),
                id: id(record)?,
                active: active(record),
                meaning: Some(meaning(record)),
                schedule_runs: None,
            })
        })
        .collect()
}

fn of_instance(inventory: &Inventory) -> Vec<Arriving> {
    let integrations = inventory.integrations.iter();
    integrations
        .map(|one| Arriving {
            project: one.project.clone(),
            id: one.id.clone(),
            active: one.status == ACTIVE,
            meaning: None,
            schedule_runs: None,
        })
        .collect()
}

fn id(record: &Record) -> Option<IntegrationId> {
    let version = record.id.version.as_deref()?;
    IntegrationId::parse(&format!("{}|{version}", record.id.name)).ok()
}

/// What an integration does, by the rules that tell it: whether it is active is another matter.
pub(super) fn meaning(record: &Record) -> String {
    format!("{SEMANTIC_RULE}-design:{}", record.design)
}

/// The status of the schedules of those that are active, as they came.
pub(super) async fn schedules(
    context: &Context,
    environment: &Environment,
    integrations: &[Integration],
) -> Result<BTreeMap<(Option<String>, IntegrationId), String>, Failure> {
    let scheduled = integrations
        .iter()
        .filter(|one| one.scheduled && one.schedule_defined && one.status == ACTIVE);
    let read = async |one: &Integration| {
        let which = IntegrationRef {
            id: one.id.clone(),
            project: one.project.clone(),
        };
        let asked = environment.instance.schedule(&which);
        let status = match context.unless_stopped(asked).await? {
            Ok(schedule) => schedule.status,
            Err(error) if error.is_not_found() => None,
            Err(error) => {
                let what = format!("cannot read the schedule of {}", one.id);
                return Err(Failure::instance(error, what));
            }
        };
        Ok(status.map(|status| ((one.project.clone(), one.id.clone()), status)))
    };
    let all: Vec<Option<_>> = stream::iter(scheduled)
        .map(read)
        .buffered(LANES)
        .try_collect()
        .await?;
    Ok(all.into_iter().flatten().collect())
}

/// Only `ICS_SCHEDULE_ACTIVE` was seen; a word that is not known is not taken for it.
pub(crate) fn runs(status: &str) -> bool {
    status.ends_with("_ACTIVE")
}
