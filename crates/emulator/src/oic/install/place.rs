//! Putting the objects of one artifact into an instance.

use std::io;

use jiff::Timestamp;

use super::super::model::{
    Artifact, Connection, Credential, Instance, Integration, Library, Lookup, Package, Project,
    Property, Scoped, Status,
};
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
            ground.instance.packages.push(Package {
                name: name.clone(),
                blob: read.blob.clone(),
                carrier: ground.carrier.clone(),
            });
            for member in members {
                let iar = ground.blobs.put(&member.bytes)?;
                ground.carried(&member.carried, Some(&iar))?;
            }
            Ok(())
        }
        Recognised::Project { head, carried } => {
            ground.instance.projects.push(Project {
                code: head.code.clone(),
                name: head.name.clone(),
                description: head.description.clone(),
                status: head.status.clone(),
                blob: read.blob.clone(),
                carrier: ground.carrier.clone(),
                updated: now,
            });
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
    let coming: Vec<String> = read.integrations().iter().map(|facts| facts.id()).collect();
    let meets = |s: &Scoped<Integration>| {
        s.project.as_deref() == read.project() && coming.contains(&s.it.id())
    };
    let moved: Vec<String> = instance
        .integrations
        .iter()
        .filter(|s| meets(s))
        .map(|s| s.it.carrier.clone())
        .collect();
    instance.integrations.retain(|s| !meets(s));
    for path in moved {
        // A carrier that lost its last integration is gone with it.
        if instance.integrations.iter().all(|s| s.it.carrier != path) {
            remove(instance, &path);
        }
    }
}

/// Removes an artifact and what it defines; connections stay.
fn remove(instance: &mut Instance, path: &str) {
    instance.artifacts.retain(|a| a.path != path);
    instance.integrations.retain(|s| s.it.carrier != path);
    instance.packages.retain(|p| p.carrier != path);
    instance.projects.retain(|p| p.carrier != path);
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
            let same = self.instance.libraries.iter().any(|s| {
                s.project == self.project
                    && s.it.code == facts.code
                    && s.it.version == facts.version
            });
            if !same {
                self.instance.libraries.push(Scoped {
                    project: self.project.clone(),
                    it: Library {
                        code: facts.code.clone(),
                        version: facts.version.clone(),
                        name: facts.name.clone(),
                    },
                });
            }
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
        self.instance.integrations.push(Scoped {
            project: self.project.clone(),
            it: Integration {
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
                status: if active {
                    Status::Activated
                } else {
                    Status::Configured
                },
                activation_due: None,
                errors: None,
                carrier: self.carrier.clone(),
                iar: iar.cloned(),
                digest: facts.digest.clone(),
                updated: self.now,
            },
        });
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
        });
        self.instance.connections.push(Scoped {
            project: self.project.clone(),
            it: Connection {
                id: facts.id.clone(),
                name: facts.name.clone(),
                description: facts.description.clone(),
                adapter: facts.adapter.clone(),
                role: facts.role.clone(),
                policy: facts.policy.clone(),
                agent_group: facts.agent_group.clone(),
                properties: properties.collect(),
                credentials: credentials.collect(),
                updated: self.now,
            },
        });
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
        let there = self
            .instance
            .lookups
            .iter_mut()
            .find(|s| s.project == self.project && s.it.name == facts.name);
        match there {
            None => self.instance.lookups.push(Scoped {
                project: self.project.clone(),
                it: lookup,
            }),
            Some(there) if self.rules == Rules::Import => there.it = lookup,
            Some(_) => {
                let note = format!("{}: lookup {} is there already", self.carrier, facts.name);
                self.instance.notes.push(note);
            }
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
