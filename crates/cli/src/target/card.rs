//! What an emulator says of its environments, read from its JSON: the same for an embedded and a running one.

use std::collections::BTreeMap;

use ferry_core::exit::Exit;
use ferry_core::ids::{ConnectionId, EnvironmentName};
use ferry_core::job::Generation;
use ferry_core::storage::{StorageUrl, SwiftUser};
use ferry_oic::SignIn;
use secrecy::SecretString;
use serde::Deserialize;

use crate::failure::Failure;

/// One environment of an emulator.
#[derive(Clone, Deserialize)]
pub(crate) struct Card {
    pub name: EnvironmentName,
    pub generation: String,
    pub url: String,
    #[serde(default)]
    pub service_instance: Option<String>,
    pub token_url: String,
    #[serde(default)]
    pub scope: Option<String>,
    pub client_id: String,
    pub client_secret: String,
    pub user: String,
    pub password: String,
    pub storage_url: String,
    pub storage_user: String,
    pub storage_password: String,
    #[serde(default)]
    pub protected: bool,
    #[serde(default)]
    pub connections: BTreeMap<ConnectionId, CardConnection>,
}

/// What a connection of this environment should get in a promotion.
#[derive(Clone, Debug, Default, Deserialize)]
pub(crate) struct CardConnection {
    #[serde(default)]
    pub properties: BTreeMap<String, String>,
}

impl std::fmt::Debug for Card {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Card")
            .field("name", &self.name)
            .finish_non_exhaustive()
    }
}

impl Card {
    /// The cards in an emulator's answer.
    pub(crate) fn read(answer: serde_json::Value) -> Result<Vec<Self>, Failure> {
        serde_json::from_value(answer).map_err(|error| {
            Failure::new(
                Exit::Unavailable,
                "the emulator's list of environments cannot be read",
            )
            .because(&error)
            .hint("use an emulator of the same version of ferry")
        })
    }

    pub(super) fn generation(&self) -> Result<Generation, Failure> {
        self.generation.parse().map_err(|_| self.odd("generation"))
    }

    pub(super) fn storage(&self) -> Result<(StorageUrl, SwiftUser, SecretString), Failure> {
        let url = StorageUrl::parse(&self.storage_url)
            .map_err(|error| self.odd("storage URL").because(&error))?;
        let user = self
            .storage_user
            .parse()
            .map_err(|_| self.odd("storage user"))?;
        Ok((url, user, SecretString::from(self.storage_password.clone())))
    }

    /// Generation 3 takes OAuth only; generation 2 gets the Basic sign-in that its documentation shows.
    pub(super) fn sign_in(&self, generation: Generation) -> SignIn {
        match generation {
            Generation::Gen2 => SignIn::Basic {
                user: self.user.clone(),
                password: SecretString::from(self.password.clone()),
            },
            Generation::Gen3 => SignIn::ClientCredentials {
                token_url: self.token_url.clone(),
                client_id: self.client_id.clone(),
                client_secret: SecretString::from(self.client_secret.clone()),
                scope: self.scope.clone(),
            },
        }
    }

    fn odd(&self, what: &str) -> Failure {
        Failure::new(
            Exit::Unavailable,
            format!(
                "the emulator's {what} of {} cannot be understood",
                self.name
            ),
        )
    }
}
