//! Cards of the environments: all that a client needs to use one.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::identity::Role;
use crate::oic::{Generation, Instance};
use crate::world::World;

/// How to reach an environment. Its secrets are made up by the emulator and open nothing else.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct EnvironmentCard {
    /// The name of the instance.
    pub name: String,
    /// `gen2` or `gen3`.
    pub generation: String,
    /// The design-time address: the emulator's own for Gen3, `<name>.localhost` on its port for Gen2.
    pub url: String,
    /// What Gen3 wants as `integrationInstance` on every call.
    pub service_instance: Option<String>,
    /// Where tokens are asked for.
    pub token_url: String,
    /// The scope to ask for.
    pub scope: String,
    /// A client with the role `ServiceAdministrator`.
    pub client_id: String,
    /// Its secret.
    pub client_secret: String,
    /// A client with the role `ServiceDeveloper` alone, to which clone calls are forbidden.
    pub developer_client_id: String,
    /// Its secret.
    pub developer_client_secret: String,
    /// A user with the role `ServiceAdministrator`, for Basic authentication, which only Gen2 takes.
    pub user: String,
    /// Its password.
    pub password: String,
    /// The Swift URL of the environment's bucket.
    pub storage_url: String,
    /// The bucket's user.
    pub storage_user: String,
    /// The auth token of that user.
    pub storage_password: String,
    /// Whether the environment is to be treated as protected.
    pub protected: bool,
    /// Values for this environment's connections once something was imported into it, by connection id.
    pub connections: BTreeMap<String, ConnectionCard>,
}

/// Values for one connection.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ConnectionCard {
    /// Values of connection properties, by name.
    pub properties: BTreeMap<String, String>,
}

impl std::fmt::Debug for EnvironmentCard {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("EnvironmentCard")
            .field("name", &self.name)
            .field("generation", &self.generation)
            .field("url", &self.url)
            .field("protected", &self.protected)
            .finish_non_exhaustive()
    }
}

/// The cards of every instance, for an emulator at this origin; without a scheme it is plain.
pub(crate) fn cards(world: &World, origin: &str) -> Vec<EnvironmentCard> {
    let (scheme, authority) = origin.split_once("://").unwrap_or(("http", origin));
    world
        .oic
        .instances
        .iter()
        .map(|instance| card(world, instance, scheme, authority))
        .collect()
}

fn card(world: &World, instance: &Instance, scheme: &str, authority: &str) -> EnvironmentCard {
    let name = &instance.name;
    let gen3 = instance.generation == Generation::Gen3;
    let client = |role| {
        let client = world.identity.client(name, role);
        client
            .map(|c| (c.id.clone(), c.secret.0.clone()))
            .unwrap_or_default()
    };
    let (client_id, client_secret) = client(Role::ServiceAdministrator);
    let (developer_client_id, developer_client_secret) = client(Role::ServiceDeveloper);
    let user = world.identity.user(name, Role::ServiceAdministrator);
    let (user, password) = user
        .map(|u| (u.name.clone(), u.password.0.clone()))
        .unwrap_or_default();
    let port = authority
        .rsplit_once(':')
        .filter(|(_, port)| port.parse::<u16>().is_ok())
        .map(|(_, port)| format!(":{port}"))
        .unwrap_or_default();
    let storage = &instance.storage;
    EnvironmentCard {
        generation: instance.generation.as_str().to_owned(),
        url: if gen3 {
            format!("{scheme}://{authority}")
        } else {
            format!("{scheme}://{}.localhost{port}", name.to_lowercase())
        },
        service_instance: gen3.then(|| name.clone()),
        token_url: format!("{scheme}://{authority}/oauth2/v1/token"),
        scope: world.identity.scope(name),
        client_id,
        client_secret,
        developer_client_id,
        developer_client_secret,
        user,
        password,
        storage_url: format!(
            "{scheme}://{authority}/v1/{}/{}",
            storage.namespace, storage.bucket
        ),
        storage_user: storage.user.clone(),
        storage_password: storage.token.0.clone(),
        protected: instance.protected,
        connections: instance
            .overrides
            .iter()
            .map(|(id, properties)| {
                let properties = properties.clone();
                (id.clone(), ConnectionCard { properties })
            })
            .collect(),
        name: name.clone(),
    }
}
