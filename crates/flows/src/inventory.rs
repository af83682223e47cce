//! What an instance holds, by REST.

use std::collections::BTreeMap;

use ferry_oic::{Connection, Integration};

use crate::{ConnectionRow, Context, Environment, Failure, IntegrationRow, TargetReport};

/// The live inventory of one instance.
#[derive(Debug, Clone)]
pub(crate) struct Inventory {
    pub(crate) integrations: Vec<Integration>,
    pub(crate) connections: Vec<Connection>,
}

impl Inventory {
    pub(crate) async fn read(
        context: &Context,
        environment: &Environment,
    ) -> Result<Self, Failure> {
        let failed = |error| {
            Failure::instance(
                error,
                format!("cannot read what {} holds", environment.name),
            )
        };
        let integrations = context
            .unless_stopped(environment.instance.integrations())
            .await?
            .map_err(failed)?;
        let connections = context
            .unless_stopped(environment.instance.connections())
            .await?
            .map_err(failed)?;
        Ok(Self {
            integrations,
            connections,
        })
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
        self.integrations
            .iter()
            .find(|one| one.project.as_deref() == project && one.id.to_string() == id)
    }

    /// The connection that an integration of this project means: the project's own, else the instance's.
    pub(crate) fn connection(&self, project: Option<&str>, id: &str) -> Option<&Connection> {
        let named = || self.connections.iter().filter(|one| one.id.as_str() == id);
        named()
            .find(|one| one.project.as_deref() == project)
            .or_else(|| named().find(|one| one.project.is_none()))
    }
}

/// The values of a connection's properties, by name.
pub(crate) fn values(connection: &Connection) -> BTreeMap<String, String> {
    connection
        .properties
        .iter()
        .filter_map(|property| Some((property.name.clone(), property.value.clone()?)))
        .collect()
}
