//! From single artifacts to the whole: projects, packages, one artifact in several places, references.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::mem;

use ferry_core::model::{ArtifactKind, Inventory, Package};

use super::{Digested, Record};
use crate::entry_names::shown;
use crate::facts::Facts;
use crate::facts::integration::IntegrationFacts;
use crate::findings::Findings;
use crate::formats::project_yaml::Manifest;
use crate::graph::Needs;
use crate::invariants;

pub(super) struct Assembled {
    pub(super) inventory: Inventory,
    pub(super) needs: Vec<Needs>,
    pub(super) records: Vec<Record>,
    pub(super) findings: Findings,
}

/// Everything is known by its project, its kind and its name.
type Key = (Option<String>, ferry_core::model::Identity);

pub(super) fn assemble(all: Vec<Digested>) -> Assembled {
    let mut findings = Findings::default();
    let projects = projects(&all);
    let mut once: BTreeMap<Key, Digested> = BTreeMap::new();
    let mut differing: BTreeSet<Key> = BTreeSet::new();
    let mut members: BTreeMap<Key, String> = BTreeMap::new();
    let packages = packages(&all);
    for mut digested in all {
        let place = digested.record.places.first().cloned().unwrap_or_default();
        let project = above(&place, &projects).map(|(_, code)| code.clone());
        digested.record.project.clone_from(&project);
        let id = digested.record.id.clone();
        // What nobody recognised is known by its place alone.
        let key = (project, id);
        if key.1.kind == ArtifactKind::Integration
            && let Some((folder, package)) = above(&place, &packages)
        {
            let inside = place.strip_prefix(folder).unwrap_or_default();
            invariants::member_name::check(inside, &place, &mut findings);
            if let Facts::Integration(facts) = &digested.facts {
                let told = facts.integration.package.as_deref();
                invariants::member_package::check(told, package, &place, &mut findings);
            }
            members.insert(key.clone(), package.clone());
        }
        match once.get_mut(&key) {
            None => drop(once.insert(key, digested)),
            Some(first) => {
                if first.record.semantic != digested.record.semantic {
                    differing.insert(key);
                }
                first.record.places.append(&mut digested.record.places);
            }
        }
    }
    for key in differing {
        if let Some(first) = once.get(&key) {
            let places = first.record.places.len();
            let what = format!(
                "{}: its {places} copies in the archive differ",
                shown(key.1.to_string().as_bytes())
            );
            let place = first
                .record
                .places
                .first()
                .map(String::as_str)
                .unwrap_or_default();
            findings.entry_warning(&shown(place.as_bytes()), what);
        }
    }
    assets(&once, &mut findings);
    let mut whole = Whole::default();
    for ((project, _), digested) in once {
        whole.take(project, digested, &members);
    }
    whole.finish(findings)
}

/// `CODE|VERSION`, as the service writes it.
fn label(id: &ferry_core::model::Identity) -> String {
    match &id.version {
        Some(version) => format!("{}|{version}", id.name),
        None => id.name.clone(),
    }
}

/// Where each project begins, and its code.
fn projects(all: &[Digested]) -> HashMap<String, String> {
    let of = |kind| all.iter().filter(move |d| d.record.id.kind == kind);
    of(ArtifactKind::Project)
        .filter_map(|d| {
            Some((
                format!("{}/", d.record.places.first()?),
                d.record.id.name.clone(),
            ))
        })
        .collect()
}

/// Where each package begins, and its name.
fn packages(all: &[Digested]) -> HashMap<String, String> {
    let packages = all
        .iter()
        .filter(|d| d.record.id.kind == ArtifactKind::Package);
    packages
        .filter_map(|d| {
            let place = d.record.places.first()?;
            let folder = place
                .rfind(['/', '!'])
                .map_or("", |at| place.get(..=at).unwrap_or_default());
            Some((folder.to_owned(), d.record.id.name.clone()))
        })
        .collect()
}

/// The innermost of some folders above a place, and what it is of.
fn above<'a>(
    place: &str,
    folders: &'a HashMap<String, String>,
) -> Option<(&'a String, &'a String)> {
    if folders.is_empty() {
        return None;
    }
    let ends = place.rmatch_indices(['/', '!']).map(|(at, _)| at + 1);
    ends.chain([0])
        .find_map(|end| folders.get_key_value(place.get(..end)?))
}

/// The lists of each project against what lies in it.
fn assets(once: &BTreeMap<Key, Digested>, findings: &mut Findings) {
    let mut held: BTreeMap<&str, BTreeMap<ArtifactKind, BTreeSet<String>>> = BTreeMap::new();
    for (project, id) in once.keys() {
        if let Some(project) = project {
            let kinds = held.entry(project).or_default();
            kinds.entry(id.kind).or_default().insert(label(id));
        }
    }
    let nothing = BTreeMap::new();
    for digested in once.values() {
        if let Facts::Project(manifest) = &digested.facts {
            let held = held
                .get(digested.record.id.name.as_str())
                .unwrap_or(&nothing);
            let place = digested
                .record
                .places
                .first()
                .map(String::as_str)
                .unwrap_or_default();
            invariants::project_assets::check(manifest, held, place, findings);
        }
    }
}

#[derive(Default)]
struct Whole {
    inventory: Inventory,
    records: Vec<Record>,
    needs: Vec<Needs>,
    manifests: BTreeMap<String, Manifest>,
    deployments: Vec<(Option<String>, ferry_core::model::Deployment)>,
    /// Names of schedules, by project and integration.
    schedules: HashMap<(Option<String>, String, String), String>,
    unknown: u64,
}

impl Whole {
    fn take(
        &mut self,
        project: Option<String>,
        digested: Digested,
        members: &BTreeMap<Key, String>,
    ) {
        let Digested { record, facts } = digested;
        let places = record.places.clone();
        match facts {
            Facts::Integration(facts) => {
                let IntegrationFacts {
                    mut integration,
                    connections,
                    lookups,
                    libraries,
                    children,
                } = *facts;
                let package = members.get(&(project.clone(), record.id.clone()));
                integration.package = integration.package.or_else(|| package.cloned());
                integration.project.clone_from(&project);
                integration.places = places;
                self.needs.push(Needs::Integration {
                    of: (project, record.id.clone()),
                    connections,
                    lookups,
                    libraries,
                    children,
                });
                self.inventory.integrations.push(integration);
            }
            Facts::Connection(mut connection) => {
                self.needs.push(Needs::Connection {
                    of: (project.clone(), record.id.clone()),
                    certificates: connection.certificates.iter().cloned().collect(),
                    agent_group: connection.agent_group.clone(),
                });
                connection.project = project;
                connection.places = places;
                self.inventory.connections.push(*connection);
            }
            Facts::Lookup(mut lookup) => {
                lookup.project = project;
                lookup.places = places;
                self.inventory.lookups.push(lookup);
            }
            Facts::Library(mut library) => {
                library.project = project;
                library.places = places;
                self.inventory.libraries.push(library);
            }
            Facts::Schedule(mut schedule) => {
                if let Some((code, version)) = schedule.integration.clone() {
                    self.schedules
                        .insert((project.clone(), code, version), schedule.name.clone());
                }
                schedule.project = project;
                schedule.places = places;
                self.inventory.schedules.push(schedule);
            }
            Facts::Package(package) => {
                let integrations: BTreeSet<String> = members
                    .iter()
                    .filter(|(_, name)| **name == package.name)
                    .map(|((_, id), _)| label(id))
                    .collect();
                self.inventory.packages.push(Package {
                    integrations: integrations.into_iter().collect(),
                    places,
                    ..package
                });
            }
            Facts::Project(mut manifest) => {
                manifest.project.places = places;
                self.manifests.insert(record.id.name.clone(), *manifest);
            }
            Facts::Deployment(deployment) => self.deployments.push((project, deployment)),
            Facts::Certificate(mut certificate) => {
                certificate.places = places;
                self.inventory.certificates.push(certificate);
            }
            Facts::Part(part) if part.kind == ArtifactKind::Unknown => {
                self.unknown += 1;
                self.inventory.unknown.push(part);
            }
            Facts::Part(part) => match part.kind {
                ArtifactKind::EventType | ArtifactKind::B2b | ArtifactKind::Settings => {
                    self.inventory.others.push(part);
                }
                _ => self.inventory.applications.push(part),
            },
        }
        self.records.push(record);
    }

    fn finish(mut self, mut findings: Findings) -> Assembled {
        for (project, deployment) in mem::take(&mut self.deployments) {
            self.deployed(project.as_deref(), &deployment, &mut findings);
            if let Some(manifest) = project.and_then(|project| self.manifests.get_mut(&project)) {
                manifest.project.deployments.push(deployment);
            }
        }
        self.inventory.projects = self
            .manifests
            .into_values()
            .map(|manifest| manifest.project)
            .collect();
        for integration in &mut self.inventory.integrations {
            let key = (
                integration.project.clone(),
                integration.code.clone(),
                integration.version.clone(),
            );
            integration.schedule = self.schedules.get(&key).cloned();
            invariants::scheduled::check(integration, &mut findings);
        }
        if self.unknown > 0 {
            let first = self
                .inventory
                .unknown
                .first()
                .map(|part| shown(part.place.as_bytes()));
            let count = self.unknown;
            let first = first
                .filter(|first| !first.is_empty())
                .map(|first| format!(", the first is {first}"));
            let entries = if count == 1 {
                "entry was"
            } else {
                "entries were"
            };
            findings.warning(format!(
                "{count} {entries} not recognised{}",
                first.unwrap_or_default()
            ));
        }
        Assembled {
            inventory: self.inventory,
            needs: self.needs,
            records: self.records,
            findings,
        }
    }

    /// A deployment names integrations of its project.
    fn deployed(
        &self,
        project: Option<&str>,
        deployment: &ferry_core::model::Deployment,
        findings: &mut Findings,
    ) {
        for wanted in &deployment.integrations {
            let there = self.inventory.integrations.iter().any(|integration| {
                integration.project.as_deref() == project
                    && wanted.split_once('|') == Some((&integration.code, &integration.version))
            });
            if !there {
                let (code, wanted) = (shown(deployment.code.as_bytes()), shown(wanted.as_bytes()));
                findings.warning(format!(
                    "the deployment {code} names the integration {wanted}, which is not there"
                ));
            }
        }
    }
}
