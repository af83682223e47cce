//! What each grant rests on, and the token that follows from it.

use jiff::Timestamp;

use super::assertion::Assertion;
use super::form::Form;
use super::refusals::{invalid_grant, refuse};
use super::scope::Wanted;
use super::tokens::Grant;
use super::{Client, Identity, User};
use crate::body::Refused;
use crate::world::Call;
use http::StatusCode;

/// A grant, and whether a refresh token comes with it.
pub(super) struct Granted {
    pub(super) grant: Grant,
    pub(super) refresh: bool,
}

impl Identity {
    /// Grants what an authenticated client asks for.
    pub(super) fn grant(
        &self,
        client: &Client,
        call: &Call,
        form: &Form,
        real_now: Timestamp,
    ) -> Result<Granted, Refused> {
        match form.need("grant_type")? {
            "client_credentials" => {
                // No refresh token: the client has all it needs to ask again (RFC 6749, section 4.4.3).
                let Wanted { instance, .. } = self.wanted(client, form)?;
                let grant = own(client, instance);
                Ok(Granted {
                    grant,
                    refresh: false,
                })
            }
            "urn:ietf:params:oauth:grant-type:jwt-bearer" => {
                let wanted = self.wanted(client, form)?;
                let assertion = Assertion::read(form.need("assertion")?).map_err(invalid_grant)?;
                assertion
                    .check(client, &call.authority, real_now)
                    .map_err(invalid_grant)?;
                self.of_user(client, assertion.subject(), None, wanted)
            }
            "password" => {
                let wanted = self.wanted(client, form)?;
                let password = form.need("password")?;
                self.of_user(client, form.need("username")?, Some(password), wanted)
            }
            "refresh_token" => self.refreshed(client, form, real_now),
            _ => Err(refuse(
                StatusCode::BAD_REQUEST,
                "unsupported_grant_type",
                "the grant is none of client_credentials, urn:ietf:params:oauth:grant-type:jwt-bearer, password \
                 and refresh_token",
            )),
        }
    }

    fn wanted(&self, client: &Client, form: &Form) -> Result<Wanted, Refused> {
        let scope = form.get("scope").unwrap_or_default();
        Wanted::read(self, client, scope)
            .map_err(|why| refuse(StatusCode::BAD_REQUEST, "invalid_scope", why))
    }

    /// The client in a user's name, who is known by a signed assertion or by a password.
    fn of_user(
        &self,
        client: &Client,
        name: &str,
        password: Option<&str>,
        wanted: Wanted,
    ) -> Result<Granted, Refused> {
        let user = self.subject(name, &wanted.instance);
        let user = match password {
            Some(password) => user
                .filter(|user| user.password.0 == password)
                .ok_or_else(|| invalid_grant("the user name or the password is wrong"))?,
            None => user.ok_or_else(|| invalid_grant("the assertion's sub is no user"))?,
        };
        if user.disabled {
            let why = format!("the user {} is disabled", user.name);
            return Err(invalid_grant(&why));
        }
        let foreign = client.instance != wanted.instance || user.instance != wanted.instance;
        Ok(Granted {
            grant: Grant {
                client: client.id.clone(),
                user: Some(user.name.clone()),
                instance: wanted.instance,
                role: user.role.filter(|_| !foreign),
                foreign,
            },
            refresh: wanted.offline && client.refresh,
        })
    }

    /// A user of this name: of this instance, else of any.
    fn subject(&self, name: &str, instance: &str) -> Option<&User> {
        let here = self.users.get(instance).and_then(|users| users.get(name));
        here.or_else(|| self.users.values().find_map(|users| users.get(name)))
    }

    /// The same again. The refresh token goes on until its own end; earlier access tokens until theirs.
    fn refreshed(
        &self,
        client: &Client,
        form: &Form,
        real_now: Timestamp,
    ) -> Result<Granted, Refused> {
        if !client.refresh {
            let why = "the client may not refresh tokens";
            return Err(refuse(StatusCode::BAD_REQUEST, "unauthorized_client", why));
        }
        let before = self
            .refresh
            .get(form.need("refresh_token")?, real_now)
            .map_err(invalid_grant)?;
        if before.client != client.id {
            return Err(invalid_grant(
                "the refresh token was given to another client",
            ));
        }
        if form.get("scope").is_some() && self.wanted(client, form)?.instance != before.instance {
            let why = "the scope is more than what was granted before";
            return Err(refuse(StatusCode::BAD_REQUEST, "invalid_scope", why));
        }
        // The user may have been disabled since.
        let user = before.user.as_deref().unwrap_or_default();
        let wanted = Wanted {
            instance: before.instance.clone(),
            offline: false,
        };
        self.of_user(client, user, None, wanted)
    }
}

/// The client in its own name.
fn own(client: &Client, instance: String) -> Grant {
    let foreign = client.instance != instance;
    Grant {
        client: client.id.clone(),
        user: None,
        instance,
        role: client.role.filter(|_| !foreign),
        foreign,
    }
}
