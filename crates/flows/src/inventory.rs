//! What an instance holds, by REST.

use std::collections::{BTreeMap, HashMap, HashSet};

use ferry_core::model::hosts as hosts_of;
use ferry_oic::{Connection, Integration};

use crate::{ConnectionRow, Context, Environment, Failure, IntegrationRow, TargetReport};

/// The live inventory of one instance.
#[derive(Debug, Clone)]
pub(crate) struct Inventory {
    pub(crate) integrations: Vec<Integration>,
    pub(crate) connections: Vec<Connection>,
    /// Where those of one id stand, one a project.
    places: [HashMap<String, Vec<usize>>; 2],
    /// The hosts that its connections name.
    hosts: HashSet<String>,
}

impl Inventory {
    fn new(integrations: Vec<Integration>, connections: Vec<Connection>) -> Self {
        let places = [
            places(integrations.iter().map(|one| one.id.to_string())),
            places(connections.iter().map(|one| one.id.to_string())),
        ];
        let hosts = connections.iter().flat_map(values);
        let hosts = hosts.flat_map(|(name, value)| hosts_of(&name, &value));
        Self {
            hosts: hosts.collect(),
            integrations,
            connections,
            places,
        }
    }

    pub(crate) async fn read(
        context: &Context,
        environment: &Environment,
    ) -> Result<Self, Failure> {
        let integrations = context
            .unless_stopped(environment.instance.integrations())
            .await?
            .map_err(|error| unread(environment, error))?;
        let connections = connections(context, environment).await?;
        Ok(Self::new(integrations, connections))
    }

    /// Whether a connection names this host.
    pub(crate) fn names_host(&self, host: &str) -> bool {
        self.hosts.contains(host)
    }

    pub(crate) fn report(&self) -> TargetReport {
        TargetReport {
            integrations: self
                .integrations
                .iter()
                .map(|one| IntegrationRow {
                    id: one.id.to_string(),
                    project: one.project.clone(),
                    status: one.status.clone(),
                })
                .collect(),
            connections: self
                .connections
                .iter()
                .map(|one| ConnectionRow {
                    id: one.id.to_string(),
                    project: one.project.clone(),
                    adapter: one.adapter.clone(),
                    status: one.status.clone(),
                })
                .collect(),
        }
    }

    pub(crate) fn integration(&self, project: Option<&str>, id: &str) -> Option<&Integration> {
        self.integrations_named(id)
            .find(|one| one.project.as_deref() == project)
    }

    /// Those of one id, whatever their projects.
    pub(crate) fn integrations_named(&self, id: &str) -> impl Iterator<Item = &Integration> {
        let [places, _] = &self.places;
        let at = places.get(id).into_iter().flatten();
        at.filter_map(|&at| self.integrations.get(at))
    }

    /// The connection that an integration of this project means: the project's own, else the instance's.
    pub(crate) fn connection(&self, project: Option<&str>, id: &str) -> Option<&Connection> {
        let [_, places] = &self.places;
        let at = places.get(id)?.iter();
        let mut named = at.filter_map(|&at| self.connections.get(at));
        let own = named.clone().find(|one| one.project.as_deref() == project);
        own.or_else(|| named.find(|one| one.project.is_none()))
    }
}

fn places(ids: impl Iterator<Item = String>) -> HashMap<String, Vec<usize>> {
    let mut places: HashMap<String, Vec<usize>> = HashMap::new();
    for (at, id) in ids.enumerate() {
        places.entry(id).or_default().push(at);
    }
    places
}

/// The connections alone.
pub(crate) async fn connections(
    context: &Context,
    environment: &Environment,
) -> Result<Vec<Connection>, Failure> {
    let listed = environment.instance.connections();
    context
        .unless_stopped(listed)
        .await?
        .map_err(|error| unread(environment, error))
}

fn unread(environment: &Environment, error: ferry_oic::Error) -> Failure {
    let what = format!("cannot read what {} holds", environment.name);
    Failure::instance(error, what)
}

/// The values of a connection's properties, by name.
pub(crate) fn values(connection: &Connection) -> BTreeMap<String, String> {
    connection
        .properties
        .iter()
        .filter_map(|property| Some((property.name.clone(), property.value.clone()?)))
        .collect()
}
