//! Putting the objects of one artifact into an instance.

use std::collections::BTreeSet;
use std::io;

use jiff::Timestamp;

use super::super::activation;
use super::super::model::{
    Artifact, Connection, Credential, Desk, Instance, Integration, Kind, Library, Lookup, Package,
    Project, Property, Status,
};
use super::super::schedules::Definition;
use super::plan::{Read, replaced};
use super::{Rules, free_path, keep_opaque};
use crate::artifact::{Carried, ConnectionFacts, IntegrationFacts, LookupFacts, Recognised};
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

pub(super) fn place(
    instance: &mut Instance,
    blobs: &mut Blobs,
    read: &Read,
    rules: Rules,
    now: Timestamp,
) -> io::Result<()> {
    if rules == Rules::Import {
        make_room(instance, read);
    }
    let path = free_path(instance, &read.path, &read.blob);
    keep_opaque(
        instance,
        Artifact {
            path: path.clone(),
            kind: read.kind,
            blob: read.blob.clone(),
            project: read.project().map(str::to_owned),
            integrations: BTreeSet::new(),
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
        Recognised::Integration(carried) => ground.carried(carried, Some(&read.blob)),
        Recognised::Package { name, members } => {
            let package = Package {
                name: name.clone(),
                blob: read.blob.clone(),
                carrier: ground.carrier.clone(),
            };
            ground.instance.packages.insert(name.clone(), package);
            for member in members {
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
                blob: read.blob.clone(),
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

/// Removes everything of the same identity.
fn make_room(instance: &mut Instance, read: &Read) {
    for path in replaced(instance, read) {
        remove(instance, &path);
    }
    let project = read.project();
    for facts in read.integrations() {
        take_out(instance, project, &facts.id());
    }
}

/// Removes one integration; a carrier that loses its last one goes with it, unless it is a project.
pub(in crate::oic) fn take_out(instance: &mut Instance, project: Option<&str>, id: &str) {
    let Some(gone) = instance.integrations.remove(project, id) else {
        return;
    };
    activation::forget(instance, project, id);
    let Some(carrier) = instance.artifacts.get_mut(&gone.carrier) else {
        return;
    };
    carrier.integrations.remove(id);
    if carrier.integrations.is_empty() && carrier.kind != Kind::Project {
        remove(instance, &gone.carrier);
    }
}

/// Removes an artifact and what it defines; connections stay.
fn remove(instance: &mut Instance, path: &str) {
    let Some(artifact) = instance.artifacts.remove(path) else {
        return;
    };
    let project = artifact.project.as_deref();
    for id in &artifact.integrations {
        instance.integrations.remove(project, id);
        activation::forget(instance, project, id);
    }
    instance.packages.retain(|_, p| p.carrier != path);
    instance.projects.retain(|_, p| p.carrier != path);
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
            // In a load the first carrier wins; their contents were found equal.
            let note = format!(
                "{}: integration {} is there already",
                self.carrier,
                facts.id()
            );
            self.instance.notes.push(note);
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
                schedule: facts.definition.clone().map(Definition::from),
                origin: facts.origin.clone(),
                locked: None,
                locked_at: None,
                status: if active {
                    Status::Activated
                } else {
                    Status::Configured
                },
                errors: None,
                carrier: self.carrier.clone(),
                iar: iar.cloned(),
                digest: facts.digest.clone(),
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
            if self.rules == Rules::Load {
                let note = format!("{}: connection {} is there already", self.carrier, facts.id);
                self.instance.notes.push(note);
            }
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
        if there && self.rules == Rules::Load {
            let note = format!("{}: lookup {} is there already", self.carrier, facts.name);
            self.instance.notes.push(note);
        } else {
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
