//! Putting the objects of one artifact into an instance.

use std::collections::{BTreeMap, BTreeSet};
use std::io;

use jiff::Timestamp;

use super::super::activation;
use super::super::model::{
    Artifact, Connection, Credential, Desk, Instance, Integration, Kind, Library, Lookup, Package,
    Project, Property, Status, Tracing,
};
use super::super::schedules::Definition;
use super::plan::{Read, replaced};
use super::{Rules, free_path, keep_opaque};
use crate::artifact::{self, Carried, ConnectionFacts, IntegrationFacts, LookupFacts, Recognised};
use crate::blobs::{BlobId, Blobs};

/// Where objects go.
struct Ground<'a> {
    instance: &'a mut Instance,
    blobs: &'a mut Blobs,
    rules: Rules,
    now: Timestamp,
    /// The path of the artifact that carries them.
    carrier: String,
    project: Option<String>,
}

/// Which integrations an artifact does not touch, as `CODE|VERSION`.
#[derive(Debug, Default)]
pub(super) struct Untouched {
    /// They stay as they are: the artifact's bytes are made anew, to carry them on or to leave them out.
    pub(super) keep: BTreeSet<String>,
    /// Another artifact of the same import brought them: the first carrier wins, and the bytes stay as they came.
    pub(super) came: BTreeSet<String>,
}

/// Puts the objects of an artifact into the instance, over everything of the same identity that is not untouched.
pub(super) fn place(
    instance: &mut Instance,
    blobs: &mut Blobs,
    read: &Read,
    untouched: &Untouched,
    rules: Rules,
    now: Timestamp,
) -> io::Result<()> {
    let keep = &untouched.keep;
    let (blob, kept) = mixture(instance, blobs, read, keep, now)?;
    if rules == Rules::Import {
        make_room(instance, blobs, read, untouched, now)?;
    }
    let path = free_path(instance, &read.path, &blob);
    for id in &kept {
        if let Some(it) = instance.integration_mut(read.project(), id) {
            path.clone_into(&mut it.carrier);
        }
    }
    keep_opaque(
        instance,
        Artifact {
            path: path.clone(),
            kind: read.kind,
            blob: blob.clone(),
            project: read.project().map(str::to_owned),
            package: read.package().map(str::to_owned),
            integrations: kept,
        },
    );
    let mut ground = Ground {
        project: read.project().map(str::to_owned),
        carrier: path,
        instance,
        blobs,
        rules,
        now,
    };
    match &read.what {
        Recognised::Integration(carried) => ground.carried(carried, Some(&blob)),
        Recognised::Package { name, members } => {
            let package = Package {
                name: name.clone(),
                blob,
                carrier: ground.carrier.clone(),
            };
            ground.instance.packages.insert(name.clone(), package);
            let kept = |facts: &IntegrationFacts| keep.contains(&facts.id());
            for member in members {
                if member.carried.integrations.iter().any(kept) {
                    continue;
                }
                let iar = ground.blobs.put(&member.bytes)?;
                ground.carried(&member.carried, Some(&iar))?;
            }
            Ok(())
        }
        Recognised::Project { head, carried } => {
            let project = Project {
                code: head.code.clone(),
                name: head.name.clone(),
                description: head.description.clone(),
                status: head.status.clone(),
                deployments: head.deployments.clone(),
                blob,
                carrier: ground.carrier.clone(),
                updated: now,
            };
            let projects = &mut ground.instance.projects;
            projects.insert(head.code.clone(), project);
            ground.carried(carried, None)
        }
        Recognised::Lookup(lookup) => ground.lookup(lookup),
        Recognised::Opaque => Ok(()),
    }
}

/// The bytes that the artifact is to have, and the integrations that it carries on from what it replaces.
fn mixture(
    instance: &Instance,
    blobs: &mut Blobs,
    read: &Read,
    keep: &BTreeSet<String>,
    now: Timestamp,
) -> io::Result<(BlobId, BTreeSet<String>)> {
    if keep.is_empty() {
        return Ok((read.blob.clone(), BTreeSet::new()));
    }
    let own = replaced(instance, read)
        .into_iter()
        .find_map(|path| instance.artifacts.get(&path));
    let from = own.map(|own| blobs.bytes(&own.blob)).transpose()?;
    let base = blobs.bytes(&read.blob)?;
    let bytes = artifact::merged(&base, from.as_deref(), keep, now).map_err(io::Error::other)?;
    let carried = own.map(|own| own.integrations.intersection(keep).cloned().collect());
    Ok((blobs.put(&bytes)?, carried.unwrap_or_default()))
}

/// Removes everything of the same identity, but what is kept.
fn make_room(
    instance: &mut Instance,
    blobs: &mut Blobs,
    read: &Read,
    Untouched { keep, came }: &Untouched,
    now: Timestamp,
) -> io::Result<()> {
    for path in replaced(instance, read) {
        remove_but(instance, &path, keep);
    }
    let project = read.project();
    let coming = read.integrations();
    for id in coming.iter().map(|facts| facts.id()) {
        if !keep.contains(&id) && !came.contains(&id) {
            take_out(instance, blobs, project, &id, keep, now)?;
        }
    }
    Ok(())
}

/// Removes one integration. A carrier that loses its last one goes with it, unless it is a project; another goes on
/// without.
pub(in crate::oic) fn take_out(
    instance: &mut Instance,
    blobs: &mut Blobs,
    project: Option<&str>,
    id: &str,
    keep: &BTreeSet<String>,
    now: Timestamp,
) -> io::Result<()> {
    let Some(gone) = instance.integrations.remove(project, id) else {
        return Ok(());
    };
    activation::forget(instance, project, id);
    let Some(carrier) = instance.artifacts.get_mut(&gone.carrier) else {
        return Ok(());
    };
    carrier.integrations.remove(id);
    if carrier.integrations.is_empty() && carrier.kind != Kind::Project {
        remove_but(instance, &gone.carrier, keep);
        return Ok(());
    }
    let whole = blobs.bytes(&carrier.blob)?;
    let without = BTreeSet::from([id.to_owned()]);
    let rest = artifact::merged(&whole, None, &without, now).map_err(io::Error::other)?;
    carrier.blob = blobs.put(&rest)?;
    let (blob, package) = (carrier.blob.clone(), carrier.package.clone());
    let home = carrier
        .project
        .clone()
        .filter(|_| carrier.kind == Kind::Project);
    if let Some(package) = package.and_then(|name| instance.packages.get_mut(&name)) {
        package.blob = blob.clone();
    }
    if let Some(home) = home.and_then(|code| instance.projects.get_mut(&code)) {
        home.blob = blob;
    }
    Ok(())
}

/// Removes an artifact and what it defines; connections stay.
pub(in crate::oic) fn remove(instance: &mut Instance, path: &str) {
    remove_but(instance, path, &BTreeSet::new());
}

/// The same, without what is kept.
fn remove_but(instance: &mut Instance, path: &str, keep: &BTreeSet<String>) {
    let Some(artifact) = instance.artifacts.remove(path) else {
        return;
    };
    let project = artifact.project.as_deref();
    for id in artifact.integrations.difference(keep) {
        instance.integrations.remove(project, id);
        activation::forget(instance, project, id);
    }
    if let Some(name) = &artifact.package {
        instance.packages.remove(name);
    }
    if let Some(code) = project.filter(|_| artifact.kind == Kind::Project) {
        instance.projects.remove(code);
    }
}

impl Ground<'_> {
    fn carried(&mut self, carried: &Carried, iar: Option<&BlobId>) -> io::Result<()> {
        for facts in &carried.integrations {
            self.integration(facts, iar);
        }
        for facts in &carried.connections {
            self.connection(facts);
        }
        for facts in &carried.lookups {
            self.lookup(facts)?;
        }
        for facts in &carried.libraries {
            let library = Library {
                code: facts.code.clone(),
                version: facts.version.clone(),
                name: facts.name.clone(),
            };
            let project = self.project.as_deref();
            self.instance.libraries.put(project, library);
        }
        Ok(())
    }

    fn integration(&mut self, facts: &IntegrationFacts, iar: Option<&BlobId>) {
        if self
            .instance
            .integration(self.project.as_deref(), &facts.id())
            .is_some()
        {
            // It is kept, or the first carrier wins: the contents of a load's were found equal.
            return;
        }
        let active = self.rules == Rules::Load && facts.active;
        if let Some(carrier) = self.instance.artifacts.get_mut(&self.carrier) {
            carrier.integrations.insert(facts.id());
        }
        self.instance.integrations.put(
            self.project.as_deref(),
            Integration {
                code: facts.code.clone(),
                version: facts.version.clone(),
                name: facts.name.clone(),
                description: facts.description.clone(),
                mep: facts.mep.clone(),
                package: facts.package.clone(),
                tags: facts.tags.clone(),
                keywords: facts.keywords.clone(),
                connections: facts.connections.clone(),
                lookups: facts.lookups.clone(),
                libraries: facts.libraries.clone(),
                calls: facts.calls.clone(),
                schedule_defined: facts.schedule,
                schedule_running: active && facts.schedule && facts.mep == "MEP07",
                schedule_paused: false,
                schedule_parameters: BTreeMap::new(),
                schedule: facts.definition.clone().map(Definition::from),
                origin: facts.origin.clone(),
                locked: None,
                locked_at: None,
                status: if active {
                    Status::Activated
                } else {
                    Status::Configured
                },
                tracing: Tracing::default(),
                imported: false,
                errors: None,
                carrier: self.carrier.clone(),
                iar: iar.cloned(),
                digest: facts.digest.clone(),
                created: self.now,
                updated: self.now,
            },
        );
    }

    /// The first carrier of a connection gives it its shape; its values come from elsewhere.
    fn connection(&mut self, facts: &ConnectionFacts) {
        if self
            .instance
            .connection(self.project.as_deref(), &facts.id)
            .is_some()
        {
            return;
        }
        let properties = facts.properties.iter().map(|p| Property {
            group: "CONNECTION_PROPS".to_owned(),
            kind: property_type(&p.name).to_owned(),
            // What the product replaces by a placeholder is what every instance must set anew.
            required: p.value.as_deref().is_some_and(|v| v.starts_with("%%")),
            name: p.name.clone(),
            value: p.value.clone(),
        });
        let credentials = facts.credentials.iter().map(|p| Credential {
            name: p.name.clone(),
            value: None,
            required: false,
        });
        self.instance.connections.put(
            self.project.as_deref(),
            Connection {
                id: facts.id.clone(),
                name: facts.name.clone(),
                description: facts.description.clone(),
                adapter: facts.adapter.clone(),
                role: facts.role.clone(),
                policy: facts.policy.clone(),
                agent_group: facts.agent_group.clone(),
                properties: properties.collect(),
                credentials: credentials.collect(),
                locked: None,
                desk: Desk::default(),
                created: self.now,
                updated: self.now,
            },
        );
    }

    fn lookup(&mut self, facts: &LookupFacts) -> io::Result<()> {
        let blob = self.blobs.put(&facts.bytes)?;
        let lookup = Lookup {
            name: facts.name.clone(),
            description: facts.description.clone(),
            columns: facts.columns.clone(),
            rows: facts.rows.clone(),
            blob,
            carrier: self.carrier.clone(),
        };
        let project = self.project.as_deref();
        let there = self.instance.lookups.get(project, &facts.name).is_some();
        if !there || self.rules == Rules::Import {
            self.instance.lookups.put(project, lookup);
        }
        Ok(())
    }
}

/// The `propertyType` of REST, by the property's name (two are known, the rest is assumed).
fn property_type(name: &str) -> &'static str {
    let lower = name.to_lowercase();
    if lower == "connectiontype" {
        "CHOICE"
    } else if lower.contains("wsdl") {
        "URL_OR_FILE"
    } else if lower.contains("url") {
        "URL"
    } else {
        "STRING"
    }
}
