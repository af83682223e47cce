//! Putting artifacts into an instance: at loading, where conflicts are errors, and at importing, where policies rule.

use std::collections::BTreeSet;

use jiff::Timestamp;

use super::activation;
use super::archive::{self, Choice, Content, Known, Record, State};
use super::model::{Artifact, Generation, Instance, Kind, Status};
use crate::blobs::{BlobId, Blobs};
use crate::options::{ConnectionValues, OnImport, Switches};

mod place;
mod plan;

pub(super) use place::take_out;
pub(crate) use plan::{Plan, Read};

/// How artifacts come in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Rules {
    /// A load: integrations are as active as their artifacts say, the first carrier of a shared object wins.
    Load,
    /// An import: nothing is active, the archive's objects replace what is there.
    Import,
}

/// How an import goes.
pub(super) struct Settings<'a> {
    pub(super) switches: &'a Switches,
    pub(super) choice: Choice,
    /// The archive's object name.
    pub(super) archive: &'a str,
    pub(super) now: Timestamp,
}

/// Puts one artifact that was read into the instance, over everything of the same identity.
pub(crate) fn install(
    instance: &mut Instance,
    blobs: &mut Blobs,
    read: &Read,
    rules: Rules,
    now: Timestamp,
) -> std::io::Result<()> {
    place::place(instance, blobs, read, rules, now)
}

/// Installs what an archive holds.
///
/// # Errors
///
/// A policy or a damaged part fails the job; nothing is installed then.
pub(super) fn archive(
    instance: &mut Instance,
    blobs: &mut Blobs,
    bytes: &[u8],
    settings: &Settings<'_>,
) -> Result<(), String> {
    match archive::read(bytes).map_err(|e| e.to_string())? {
        Content::Known(known) => known_archive(instance, blobs, *known, settings),
        Content::Foreign => {
            let name = settings
                .archive
                .rsplit('/')
                .next()
                .unwrap_or(settings.archive);
            let path = format!("{}/{name}", Kind::Other.folder());
            let blob = blobs.put(bytes).map_err(|e| e.to_string())?;
            keep_opaque(
                instance,
                Artifact {
                    path,
                    kind: Kind::Other,
                    blob,
                    project: None,
                    integrations: BTreeSet::new(),
                },
            );
            instance.notes.push(format!(
                "nothing in {name} was recognised; it is kept as it is"
            ));
            Ok(())
        }
    }
}

fn known_archive(
    instance: &mut Instance,
    blobs: &mut Blobs,
    known: Known,
    settings: &Settings<'_>,
) -> Result<(), String> {
    let mut chosen = Vec::new();
    for (path, kind, bytes) in known.artifacts {
        if !settings.choice.takes(kind) {
            instance.notes.push(format!("{path} was not asked for"));
            continue;
        }
        let blob = blobs.put(&bytes).map_err(|e| e.to_string())?;
        let read = Read::new(path, kind, blob, &bytes).map_err(|e| e.to_string())?;
        if instance.generation == Generation::Gen2 && read.is_project() {
            instance
                .notes
                .push(format!("{} was left out: Gen2 has no projects", read.path));
            continue;
        }
        chosen.push(read);
    }
    // All policies are asked before anything changes.
    let mut wanted = Vec::new();
    for read in chosen {
        match Plan::of(instance, &read) {
            Plan::Same => {}
            Plan::New => wanted.push(read),
            Plan::Existing(what) => match settings.switches.import_existing {
                OnImport::Replace => wanted.push(read),
                OnImport::Skip => {
                    instance
                        .notes
                        .push(format!("{} was skipped: {what} exists", read.path));
                }
                OnImport::Fail => return Err(format!("{}: {what} exists", read.path)),
            },
            Plan::Active(what) => match settings.switches.import_active {
                OnImport::Replace => wanted.push(read),
                OnImport::Skip => {
                    instance
                        .notes
                        .push(format!("{} was skipped: {what} is active", read.path));
                }
                OnImport::Fail => return Err(format!("{}: {what} is active", read.path)),
            },
        }
    }
    let before: BTreeSet<(Option<String>, String)> = instance
        .connections
        .iter()
        .map(|(project, it)| (project.map(str::to_owned), it.id.clone()))
        .collect();
    for read in wanted {
        place::place(instance, blobs, &read, Rules::Import, settings.now)
            .map_err(|e| e.to_string())?;
    }
    for record in known.connections {
        let there = before.contains(&(record.project.clone(), record.id.clone()));
        connection(instance, &record, there, settings);
    }
    Ok(())
}

/// Brings the values of one connection in.
fn connection(instance: &mut Instance, record: &Record, there: bool, settings: &Settings<'_>) {
    if instance.generation == Generation::Gen2 && record.project.is_some() {
        return;
    }
    let came = record.connection(settings.choice.security, settings.now);
    let project = record.project.as_deref();
    let draft = settings.switches.import_connection_values == ConnectionValues::Draft;
    if there && settings.switches.import_connection_values == ConnectionValues::Keep {
        return;
    }
    if instance.connection(project, &record.id).is_none() {
        instance.connections.put(project, came.clone());
    }
    let Some(target) = instance.connection_mut(project, &record.id) else {
        return;
    };
    // Credentials that the target has stay, unless the archive brings others.
    let mut credentials = came.credentials.clone();
    for credential in credentials.iter_mut().filter(|c| c.value.is_none()) {
        let own = target
            .credentials
            .iter()
            .find(|c| c.name == credential.name);
        credential.value = own.and_then(|c| c.value.clone());
    }
    *target = came;
    target.credentials = credentials;
    if draft {
        for property in target.properties.iter_mut().filter(|p| p.required) {
            property.value = Some(format!("%%{}_{}", target.id, property.name));
        }
    }
}

/// Activates what was active where the archive was made; a failure shows in the integration's own state.
pub(super) fn activate(
    instance: &mut Instance,
    states: &[State],
    start_schedules: bool,
    now: Timestamp,
) {
    for state in states.iter().filter(|s| s.status == Status::Activated) {
        let project = state.project.as_deref();
        let idle = instance
            .integration(project, &state.id)
            .is_some_and(|i| i.status != Status::Activated);
        if idle {
            activation::finish(instance, project, &state.id, now);
        }
        if let Some(integration) = instance.integration_mut(project, &state.id) {
            let active = integration.status == Status::Activated;
            if active && start_schedules && state.schedule_running {
                integration.schedule_running = true;
            }
        }
    }
}

/// Keeps bytes of which nothing is known, under their path.
fn keep_opaque(instance: &mut Instance, artifact: Artifact) {
    instance.artifacts.insert(artifact.path.clone(), artifact);
}

/// A path that no other artifact has.
fn free_path(instance: &Instance, path: &str, blob: &BlobId) -> String {
    let taken = |path: &str| {
        instance
            .artifacts
            .get(path)
            .is_some_and(|a| a.blob != *blob)
    };
    if !taken(path) {
        return path.to_owned();
    }
    let (folder, name) = path.split_once('/').unwrap_or(("other", path));
    // The digest tells it from every artifact of that name.
    let short = blob.sha256.get(..8).unwrap_or_default();
    format!("{folder}/{short}-{name}")
}
