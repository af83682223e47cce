//! Putting artifacts into an instance: at loading, where conflicts are errors, and at importing, where policies rule.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;

use super::archive::{self, Choice, Content, Known, Record};
use super::model::{Artifact, Generation, Instance, Kind};
use super::report::{Line, Outcome, Report};
use crate::artifact::Unreadable;
use crate::blobs::{BlobId, Blobs};
use crate::options::{ConnectionValues, OnImport, Switches};

mod place;
mod plan;
mod policy;
mod revive;

use place::Untouched;
pub(super) use place::{remove, take_out};
pub(crate) use plan::Read;
pub(super) use revive::revive;

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
    /// Whether the parameters of schedules come in.
    pub(super) schedule_params: bool,
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
    place::place(instance, blobs, read, &Untouched::default(), rules, now)
}

/// Installs what an archive holds, and reports it line by line.
///
/// # Errors
///
/// A policy or a damaged part fails the job; nothing is installed then.
pub(super) fn archive(
    instance: &mut Instance,
    blobs: &mut Blobs,
    content: &BlobId,
    settings: &Settings<'_>,
    report: &mut Report,
) -> Result<(), String> {
    let opened = blobs.open(content).map_err(|e| e.to_string())?;
    match archive::open(opened).map_err(|e| e.to_string())? {
        Content::Known(known) => known_archive(instance, blobs, known, settings, report),
        Content::Foreign => {
            let name = settings
                .archive
                .rsplit('/')
                .next()
                .unwrap_or(settings.archive);
            let path = format!("{}/{name}", Kind::Other.folder());
            let line = Line::new(Kind::Other.name(), None, &path, Outcome::Imported);
            report.add(line.because("nothing in it was recognised; it is kept as it is"));
            keep_opaque(
                instance,
                Artifact {
                    path,
                    kind: Kind::Other,
                    blob: content.clone(),
                    project: None,
                    package: None,
                    integrations: BTreeSet::new(),
                },
            );
            Ok(())
        }
    }
}

fn known_archive(
    instance: &mut Instance,
    blobs: &mut Blobs,
    mut known: Box<Known>,
    settings: &Settings<'_>,
    report: &mut Report,
) -> Result<(), String> {
    let chosen = chosen(instance, blobs, &mut known, settings, report)?;
    let connections = known.connections().map_err(|e| e.to_string())?;
    // All policies are asked before anything changes.
    let mut wanted = Vec::new();
    let mut failure = None;
    for read in chosen {
        let decision = policy::decide(instance, &read, settings.switches);
        report.lines.extend(decision.lines);
        failure = failure.or(decision.failure);
        if decision.comes {
            wanted.push((read, decision.keep));
        }
    }
    if settings.switches.import_locked == OnImport::Fail {
        for record in &connections {
            let there = instance.connection(record.project.as_deref(), &record.id);
            if let Some(who) = there.and_then(|it| it.locked.as_deref()) {
                let why = format!("connection {} is locked here by {who}", record.id);
                failure.get_or_insert(why);
            }
        }
    }
    if let Some(why) = failure {
        report.nothing_done();
        return Err(why);
    }
    let before: BTreeSet<(Option<String>, String)> = instance
        .connections
        .iter()
        .map(|(project, it)| (project.map(str::to_owned), it.id.clone()))
        .collect();
    let mut came: BTreeMap<Option<String>, BTreeSet<String>> = BTreeMap::new();
    for (read, keep) in wanted {
        let all = came.entry(read.project().map(str::to_owned)).or_default();
        let own: BTreeSet<String> = read.integrations().iter().map(|facts| facts.id()).collect();
        let untouched = Untouched {
            came: own.intersection(all).cloned().collect(),
            keep,
        };
        place::place(
            instance,
            blobs,
            &read,
            &untouched,
            Rules::Import,
            settings.now,
        )
        .map_err(|e| e.to_string())?;
        for id in own.difference(&untouched.keep) {
            if let Some(it) = instance.integration_mut(read.project(), id) {
                it.imported = true;
            }
        }
        all.extend(own);
    }
    let states = known.states.iter().filter(|_| settings.schedule_params);
    for state in states.filter(|state| !state.schedule_parameters.is_empty()) {
        let project = state.project.as_deref();
        if let Some(it) = instance.integration_mut(project, &state.id) {
            it.schedule_parameters
                .clone_from(&state.schedule_parameters);
            let line = Line::new("schedule", project, &state.id, Outcome::Replaced);
            report.add(line.because("its parameters came in"));
        }
    }
    for record in connections {
        let there = before.contains(&(record.project.clone(), record.id.clone()));
        connection(instance, &record, there, settings, report);
    }
    Ok(())
}

/// Reads the artifacts that are asked for and that the instance can hold.
fn chosen(
    instance: &Instance,
    blobs: &mut Blobs,
    known: &mut Known,
    settings: &Settings<'_>,
    report: &mut Report,
) -> Result<Vec<Read>, String> {
    let mut chosen = Vec::new();
    let choice = settings.choice;
    known
        .artifacts(
            |kind| choice.takes(kind),
            |path, kind, bytes| {
                let skipped = |kind: Kind| Line::new(kind.name(), None, path, Outcome::Skipped);
                let Some(bytes) = bytes else {
                    report.add(skipped(kind).because("it was not asked for"));
                    return Ok(());
                };
                let blob = blobs
                    .put(bytes)
                    .map_err(|e| Unreadable::from_error(path, &e))?;
                let read = Read::new(path.to_owned(), kind, blob, bytes)?;
                if instance.generation == Generation::Gen2 && read.is_project() {
                    report.add(skipped(kind).because("Gen2 has no projects"));
                } else {
                    chosen.push(read);
                }
                Ok(())
            },
        )
        .map_err(|e: Unreadable| e.to_string())?;
    // Lookups of their own go over the copies that integrations carry.
    chosen.sort_by_key(|read| read.kind == Kind::Lookup);
    Ok(chosen)
}

/// Brings the values of one connection in.
fn connection(
    instance: &mut Instance,
    record: &Record,
    there: bool,
    settings: &Settings<'_>,
    report: &mut Report,
) {
    let line = |outcome| Line::new("connection", record.project.as_deref(), &record.id, outcome);
    if instance.generation == Generation::Gen2 && record.project.is_some() {
        report.add(line(Outcome::Skipped).because("Gen2 has no projects"));
        return;
    }
    let came = record.connection(settings.choice.security, settings.now);
    let project = record.project.as_deref();
    let held = instance.connection(project, &record.id);
    let holder = held.and_then(|it| it.locked.as_deref()).filter(|_| there);
    // What fails the job was asked before.
    if let Some(who) = holder
        && settings.switches.import_locked != OnImport::Replace
    {
        report.add(line(Outcome::Skipped).because(format!("it is locked here by {who}")));
        return;
    }
    let draft = settings.switches.import_connection_values == ConnectionValues::Draft;
    if there && settings.switches.import_connection_values == ConnectionValues::Keep {
        report.add(line(Outcome::Skipped).because("it keeps its own values"));
        return;
    }
    report.add(line(if there {
        Outcome::Replaced
    } else {
        Outcome::Imported
    }));
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
    let (locked, created) = (target.locked.take(), target.created);
    *target = came;
    target.created = created;
    target.credentials = credentials;
    target.locked = locked;
    if draft {
        for property in target.properties.iter_mut().filter(|p| p.required) {
            property.value = Some(format!("%%{}_{}", target.id, property.name));
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

#[cfg(test)]
mod tests;
