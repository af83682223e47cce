//! Cards of the environments: all that a client needs to use one.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::identity::{Role, User};
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
    /// A client with the role `ServiceUser` alone, which may look and change nothing.
    pub user_client_id: String,
    /// Its secret.
    pub user_client_secret: String,
    /// A client with the role `ServiceInvoker` alone, to which the Developer APIs are forbidden.
    pub invoker_client_id: String,
    /// Its secret.
    pub invoker_client_secret: String,
    /// A user with the role `ServiceAdministrator`, for Basic authentication, which only Gen2 takes.
    pub user: String,
    /// Its password.
    pub password: String,
    /// A user of each role, by the role's name: for Basic authentication, or as the subject of an assertion.
    pub users: BTreeMap<String, UserCard>,
    /// A user with the role `ServiceAdministrator` who may not sign in any more.
    pub disabled_user: String,
    /// The password, which no longer helps.
    pub disabled_password: String,
    /// The Swift URL of the environment's bucket.
    pub storage_url: String,
    /// The bucket's user.
    pub storage_user: String,
    /// The auth token of that user.
    pub storage_password: String,
    /// The other auth token of that user, which was revoked.
    pub storage_revoked_password: String,
    /// Whether the environment is to be treated as protected.
    pub protected: bool,
    /// Values for this environment's connections once something was imported into it, by connection id.
    pub connections: BTreeMap<String, ConnectionCard>,
}

/// A user's sign-in.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct UserCard {
    /// The user's name.
    pub name: String,
    /// The password.
    pub password: String,
}

/// Values for one connection.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ConnectionCard {
    /// Values of connection properties, by name.
    pub properties: BTreeMap<String, String>,
}

impl std::fmt::Debug for UserCard {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("UserCard")
            .field("name", &self.name)
            .finish_non_exhaustive()
    }
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
    let (user_client_id, user_client_secret) = client(Role::ServiceUser);
    let (invoker_client_id, invoker_client_secret) = client(Role::ServiceInvoker);
    let pair = |user: Option<&User>| {
        user.map(|u| (u.name.clone(), u.password.0.clone()))
            .unwrap_or_default()
    };
    let (user, password) = pair(world.identity.user(name, Role::ServiceAdministrator));
    let (disabled_user, disabled_password) = pair(world.identity.disabled_user(name));
    let users = Role::ALL.into_iter().map(|role| {
        let (name, password) = pair(world.identity.user(name, role));
        (format!("{role:?}"), UserCard { name, password })
    });
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
        user_client_id,
        user_client_secret,
        invoker_client_id,
        invoker_client_secret,
        user,
        password,
        users: users.collect(),
        disabled_user,
        disabled_password,
        storage_url: format!(
            "{scheme}://{authority}/v1/{}/{}",
            storage.namespace, storage.bucket
        ),
        storage_user: storage.user.clone(),
        storage_password: storage.token.0.clone(),
        storage_revoked_password: storage.revoked_token.0.clone(),
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
