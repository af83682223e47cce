//! The identity domain: clients, users, tokens, and who calls.
//!
//! Documented: the token endpoint, its grants, Basic or form credentials, the scopes, the roles and what they allow,
//! and that an access token lives an hour. Everything that expires here does so in real time, as it does for clients
//! that read `expires_in`: a virtual clock that stands still or leaps must neither keep a token alive nor end it.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::authorization::Authorization;
use crate::oic::Hidden;
use certificate::Certificate;
use tokens::Tokens;

mod assertion;
mod certificate;
mod client_auth;
mod endpoint;
mod form;
mod grants;
mod refusals;
mod registration;
mod scope;
mod tokens;

pub(crate) use endpoint::answer;
pub(crate) use registration::register;

/// A role of an instance; each may do what those before it may (documented, the order is assumed).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[expect(
    clippy::enum_variant_names,
    reason = "the names that the roles have in the service"
)]
pub(crate) enum Role {
    ServiceInvoker,
    ServiceUser,
    ServiceDeveloper,
    ServiceAdministrator,
}

impl Role {
    /// Every role.
    pub(crate) const ALL: [Self; 4] = [
        Self::ServiceInvoker,
        Self::ServiceUser,
        Self::ServiceDeveloper,
        Self::ServiceAdministrator,
    ];
}

/// Who calls an instance.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Caller {
    /// None: signed in, and allowed nothing.
    pub(crate) role: Option<Role>,
}

/// The identity domain of every instance.
#[derive(Debug, Default, Serialize, Deserialize)]
pub(crate) struct Identity {
    /// By id.
    clients: BTreeMap<String, Client>,
    /// By instance, then by name.
    users: BTreeMap<String, BTreeMap<String, User>>,
    /// The address that an instance's scopes begin with, by instance.
    audiences: BTreeMap<String, String>,
    access: Tokens,
    refresh: Tokens,
}

/// A confidential application.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Client {
    pub(crate) id: String,
    pub(crate) secret: Hidden,
    /// The instance whose scopes it was given.
    pub(crate) instance: String,
    /// Its role in that instance; a new application has none.
    pub(crate) role: Option<Role>,
    /// Whether it may ask for refresh tokens.
    pub(crate) refresh: bool,
    /// What its assertions are checked against.
    pub(crate) certificates: Vec<Certificate>,
}

/// A user of an instance: signs in by name and password (Gen2), or is the subject of a token (either generation).
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct User {
    pub(crate) name: String,
    pub(crate) password: Hidden,
    pub(crate) instance: String,
    pub(crate) role: Option<Role>,
    pub(crate) disabled: bool,
}

/// Why a client, a user or a certificate cannot be added.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Misfit {
    #[error("two clients are called {0}")]
    SameClient(String),
    #[error("two users of {instance} are called {name}")]
    SameUser { instance: String, name: String },
    #[error(
        "a name of a client or user must not be empty or hold a colon, which Basic authentication divides by"
    )]
    Name,
    #[error("there is no client {0}")]
    NoClient(String),
    #[error(transparent)]
    Certificate(#[from] certificate::Unusable),
}

impl Identity {
    /// Adds a client.
    pub(crate) fn add_client(&mut self, client: Client) -> Result<(), Misfit> {
        let id = valid(&client.id)?;
        if self.clients.contains_key(&id) {
            return Err(Misfit::SameClient(id));
        }
        self.clients.insert(id, client);
        Ok(())
    }

    /// Adds a user. One name may be a user of several instances, with a password and a role in each.
    pub(crate) fn add_user(&mut self, user: User) -> Result<(), Misfit> {
        let name = valid(&user.name)?;
        let users = self.users.entry(user.instance.clone()).or_default();
        if users.contains_key(&name) {
            let instance = user.instance;
            return Err(Misfit::SameUser { instance, name });
        }
        users.insert(name, user);
        Ok(())
    }

    /// Registers a certificate or public key for a client's assertions, in place of that with the same alias.
    /// Without an alias it fits assertions of any `kid`.
    pub(crate) fn register_certificate(
        &mut self,
        client: &str,
        alias: Option<&str>,
        pem: &[u8],
    ) -> Result<Certificate, Misfit> {
        let client = self
            .clients
            .get_mut(client)
            .ok_or_else(|| Misfit::NoClient(client.to_owned()))?;
        let certificate = Certificate::read(alias, pem)?;
        client
            .certificates
            .retain(|it| it.alias != certificate.alias);
        client.certificates.push(certificate.clone());
        Ok(certificate)
    }

    /// Sets the address that an instance's scopes begin with.
    pub(crate) fn add_audience(&mut self, instance: &str, address: String) {
        self.audiences.insert(instance.to_owned(), address);
    }

    /// The scope that names every API of an instance.
    pub(crate) fn scope(&self, instance: &str) -> String {
        let address = self.audiences.get(instance).map_or("", String::as_str);
        format!("{address}{}", scope::ALL)
    }

    /// A client of an instance that has this role.
    pub(crate) fn client(&self, instance: &str, role: Role) -> Option<&Client> {
        self.clients
            .values()
            .find(|c| c.instance == instance && c.role == Some(role))
    }

    /// A user of an instance who has this role.
    pub(crate) fn user(&self, instance: &str, role: Role) -> Option<&User> {
        self.users_of(instance)
            .find(|u| u.role == Some(role) && !u.disabled)
    }

    /// A user of an instance who may not sign in any more.
    pub(crate) fn disabled_user(&self, instance: &str) -> Option<&User> {
        self.users_of(instance).find(|u| u.disabled)
    }

    fn users_of(&self, instance: &str) -> impl Iterator<Item = &User> {
        self.users
            .get(instance)
            .into_iter()
            .flat_map(BTreeMap::values)
    }

    /// Ends every access token that was given out. Refresh tokens stay: they are there for this.
    pub(crate) fn expire_tokens(&mut self) {
        self.access.clear();
    }

    /// Whom credentials name in an instance, or why nobody.
    pub(crate) fn caller(
        &self,
        authorization: &Authorization<'_>,
        instance: &str,
        real_now: Timestamp,
    ) -> Result<Caller, String> {
        match authorization {
            Authorization::Bearer(token) => {
                let grant = self.access.get(token.0, real_now)?;
                if grant.instance != instance {
                    return Err(format!("the token's scope is that of {}", grant.instance));
                }
                if grant.foreign {
                    return Err("the token's client or user is none of this instance".to_owned());
                }
                Ok(Caller { role: grant.role })
            }
            Authorization::Basic { name, secret } => {
                let user = self.users.get(instance).and_then(|users| users.get(name));
                let user = user
                    .filter(|user| user.password == *secret)
                    .ok_or("the user name or the password is wrong")?;
                if user.disabled {
                    return Err(format!("the user {} is disabled", user.name));
                }
                Ok(Caller { role: user.role })
            }
        }
    }
}

fn valid(name: &str) -> Result<String, Misfit> {
    if name.is_empty() || name.contains(':') {
        return Err(Misfit::Name);
    }
    Ok(name.to_owned())
}

#[cfg(test)]
mod tests;
