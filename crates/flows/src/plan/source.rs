//! What is to come: an archive, and the instance that it comes from.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use ferry_archive::{Archive, Limits, Listing, Record, SEMANTIC_RULE};
use ferry_core::exit::Exit;
use ferry_core::ids::IntegrationId;
use ferry_core::model::{Address, ArtifactKind, Identity, Origin};
use ferry_core::overrides::{Facts, LookupFacts};
use ferry_core::plan::{Arriving, Source, schedule_runs};
use ferry_oic::{Integration, IntegrationRef, Lookup, LookupRef};
use futures_util::future::try_join;
use futures_util::stream::{self, StreamExt as _, TryStreamExt as _};
use tempfile::TempPath;

use super::target::told;
use crate::activation::ACTIVE;
use crate::archive::Input;
use crate::inventory::Inventory;
use crate::lanes::LANES;
use crate::place::{whole, whole_file};
use crate::{ArchiveSource, Context, Environment, Failure, Storage};

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
            // A plan of what is no archive would be approved, and carried out by nobody.
            whole_file(context, path).await?;
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

/// What an archive brings, but for its meanings. Where its inside cannot be read the instance that it comes from tells
/// all.
pub(super) async fn read(
    context: &Context,
    archived: &Archived,
    from: Option<&Environment>,
    limits: Limits,
) -> Result<Source, Failure> {
    let name = archived.name.clone();
    let input = archived.input.clone();
    let listing = super::aside(move || Archive::new(|| input.open(), limits).listing());
    let listing = async { listing.await?.map_err(|error| unread(&name, error)) };
    let live = async {
        Ok(match from {
            Some(from) => Some((from, Inventory::read(context, from).await?)),
            None => None,
        })
    };
    let (listing, live) = try_join(listing, live).await?;
    let (integrations, facts) = match (is_opaque(&listing), &live) {
        (false, _) => (of_listing(&listing), Facts::of_archive(&listing.inventory)),
        (true, Some((from, inventory))) => {
            let mut facts = crate::facts::of_inventory(context, from, inventory).await?;
            facts.lookups = lookups(context, from).await?;
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
        from: from
            .map(|from| from.name.to_string())
            .or_else(|| archived.from.clone()),
        sha256: Some(archived.sha256.clone()),
        integrations,
        facts,
        certificates: listing
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
            one.schedule_runs = Some(status.is_some_and(|status| schedule_runs(status)));
        }
    }
    Ok(source)
}

/// Tells what those mean that the target has as well. A new one is new whatever it means, and a meaning costs four times
/// what all the rest does.
pub(super) async fn compare(
    archived: Archived,
    source: &mut Source,
    there: &Inventory,
    limits: Limits,
) -> Result<(), Failure> {
    let is_there = |one: &Arriving| {
        let project = one.project.as_deref();
        there.integration(project, &one.id.to_string()).is_some()
    };
    if source.facts.origin != Origin::Archive || !source.integrations.iter().any(is_there) {
        return Ok(());
    }
    let Archived {
        name,
        input,
        fetched,
        ..
    } = archived;
    let survey = super::aside(move || {
        let survey = Archive::new(|| input.open(), limits).survey();
        drop(fetched);
        survey
    });
    let survey = survey.await?.map_err(|error| unread(&name, error))?;
    let integrations = survey.records.iter();
    let integrations = integrations.filter(|record| record.id.kind == ArtifactKind::Integration);
    let mut meanings: BTreeMap<_, String> = integrations
        .filter_map(|record| Some(((record.project.clone(), id(&record.id)?), meaning(record))))
        .collect();
    for one in source.integrations.iter_mut().filter(|one| is_there(one)) {
        one.meaning = meanings.remove(&(one.project.clone(), one.id.clone()));
    }
    Ok(())
}

fn unread(name: &str, error: ferry_archive::Error) -> Failure {
    let exit = if error.is_limit() {
        Exit::Rail
    } else {
        Exit::No
    };
    Failure::new(exit, format!("{name} was not read to its end")).because(error)
}

/// The lookups of an instance; `None` where they cannot all be read.
async fn lookups(
    context: &Context,
    from: &Environment,
) -> Result<Option<Vec<LookupFacts>>, Failure> {
    let Some(listed) = told(context, from.instance.lookup_pages()).await? else {
        return Ok(None);
    };
    let read = async |one: &Lookup| {
        let which = LookupRef {
            name: one.name.clone(),
            project: one.project.clone(),
        };
        let read = context.unless_stopped(from.instance.lookup(&which)).await?;
        Ok::<_, Failure>(read.ok().and_then(lookup))
    };
    let all: Vec<Option<LookupFacts>> = stream::iter(&listed)
        .map(read)
        .buffered(LANES)
        .try_collect()
        .await?;
    Ok(all.into_iter().collect())
}

fn lookup(read: Lookup) -> Option<LookupFacts> {
    let rows = read.rows?;
    let addresses = rows.iter().flat_map(|row| {
        let cells = row.iter().map(String::as_str);
        Address::of_row(&read.columns, cells)
    });
    Some(LookupFacts {
        addresses: addresses.collect(),
        project: read.project,
        name: read.name,
        columns: read.columns,
    })
}

/// Whether nothing in it was recognised that a plan is about.
fn is_opaque(listing: &Listing) -> bool {
    let inventory = &listing.inventory;
    inventory.integrations.is_empty()
        && inventory.connections.is_empty()
        && inventory.lookups.is_empty()
}

fn of_listing(listing: &Listing) -> Vec<Arriving> {
    let active = listing.inventory.integrations.iter();
    let active: BTreeSet<_> = active
        .filter(|one| one.state == ACTIVE)
        .map(|one| (&one.project, &one.code, Some(&one.version)))
        .collect();
    let integrations = listing.artifacts.iter();
    integrations
        .filter(|one| one.id.kind == ArtifactKind::Integration)
        .filter_map(|one| {
            Some(Arriving {
                project: one.project.clone(),
                id: id(&one.id)?,
                active: active.contains(&(&one.project, &one.id.name, one.id.version.as_ref())),
                meaning: None,
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

fn id(id: &Identity) -> Option<IntegrationId> {
    let version = id.version.as_deref()?;
    IntegrationId::parse(&format!("{}|{version}", id.name)).ok()
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
