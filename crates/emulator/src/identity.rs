//! The identity domain: clients, users and tokens.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use http::{Method, StatusCode};
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::body::{Reply, json as json_reply, refused};
use crate::oic::Hidden;
use crate::world::{Call, World};

/// A role of an instance. Clone calls need the first (documented); the rest of the design-time API takes either.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Role {
    ServiceAdministrator,
    ServiceDeveloper,
}

/// Who calls.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Caller {
    pub(crate) role: Role,
}

/// The parts of the scopes that stand behind an instance's own address.
const SCOPE_ENDS: [&str; 2] = ["urn:opc:resource:consumer::all", "/ic/api/"];

/// The identity domain of every instance.
#[derive(Debug, Default, Serialize, Deserialize)]
pub(crate) struct Identity {
    clients: Vec<Client>,
    users: Vec<User>,
    audiences: Vec<Audience>,
    tokens: Vec<Token>,
}

/// A confidential application, with a role in one instance.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Client {
    pub(crate) id: String,
    pub(crate) secret: Hidden,
    pub(crate) instance: String,
    pub(crate) role: Role,
}

/// A user who signs in by name and password (Gen2).
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct User {
    pub(crate) name: String,
    pub(crate) password: Hidden,
    pub(crate) instance: String,
    pub(crate) role: Role,
}

/// The address that an instance's scopes begin with.
#[derive(Debug, Clone, Serialize, Deserialize)]
struct Audience {
    instance: String,
    address: String,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
struct Token {
    value: Hidden,
    instance: String,
    /// None when the client has no role in the instance that the scope names.
    role: Option<Role>,
    /// Real time.
    expires: Timestamp,
}

impl Identity {
    pub(crate) fn add_client(&mut self, client: Client) {
        self.clients.push(client);
    }

    pub(crate) fn add_user(&mut self, user: User) {
        self.users.push(user);
    }

    pub(crate) fn add_audience(&mut self, instance: &str, address: String) {
        self.audiences.push(Audience {
            instance: instance.to_owned(),
            address,
        });
    }

    /// The scope that names every API of an instance.
    pub(crate) fn scope(&self, instance: &str) -> String {
        let audience = self.audiences.iter().find(|a| a.instance == instance);
        let address = audience.map(|a| a.address.as_str()).unwrap_or_default();
        format!("{address}urn:opc:resource:consumer::all")
    }

    /// The client of an instance that has this role.
    pub(crate) fn client(&self, instance: &str, role: Role) -> Option<&Client> {
        self.clients
            .iter()
            .find(|c| c.instance == instance && c.role == role)
    }

    /// The user of an instance who has this role.
    pub(crate) fn user(&self, instance: &str, role: Role) -> Option<&User> {
        self.users
            .iter()
            .find(|u| u.instance == instance && u.role == role)
    }

    /// Makes every token that was given out invalid.
    pub(crate) fn expire_tokens(&mut self) {
        self.tokens.clear();
    }

    /// Who an `Authorization` header names in an instance, or why nobody.
    pub(crate) fn caller(
        &self,
        header: &str,
        instance: &str,
        real_now: Timestamp,
    ) -> Result<Caller, String> {
        if let Some(token) = header.strip_prefix("Bearer ") {
            let token = self
                .tokens
                .iter()
                .find(|t| t.value.0 == token.trim())
                .ok_or("the token is not known here")?;
            if token.expires <= real_now {
                return Err("the token has expired".to_owned());
            }
            if token.instance != instance {
                return Err(format!("the token's scope is that of {}", token.instance));
            }
            let role = token
                .role
                .ok_or("the client has no role in this instance")?;
            return Ok(Caller { role });
        }
        let (name, password) = basic(header).ok_or("the Authorization header cannot be read")?;
        self.users
            .iter()
            .find(|u| u.instance == instance && u.name == name && u.password.0 == password)
            .map(|u| Caller { role: u.role })
            .ok_or_else(|| "the user name or the password is wrong".to_owned())
    }
}

/// Answers `/oauth2/`.
pub(crate) fn answer(world: &mut World, call: &Call) -> Reply {
    if call.path != "/oauth2/v1/token" {
        return oauth_error(
            StatusCode::NOT_FOUND,
            "invalid_request",
            "there is only /oauth2/v1/token",
        );
    }
    if call.method != Method::POST {
        let why = "a token is asked for by POST";
        return oauth_error(StatusCode::METHOD_NOT_ALLOWED, "invalid_request", why);
    }
    let form = form(&call.body);
    let field = |name: &str| {
        form.iter()
            .find(|(k, _)| k == name)
            .map(|(_, v)| v.as_str())
    };
    match field("grant_type") {
        Some("client_credentials") => {}
        Some(other) => {
            let why = format!("the grant {other} is not emulated");
            return oauth_error(StatusCode::BAD_REQUEST, "unsupported_grant_type", &why);
        }
        None => {
            let why = "grant_type is missing; the body must be a form";
            return oauth_error(StatusCode::BAD_REQUEST, "invalid_request", why);
        }
    }
    let sent = match call.header("authorization") {
        Some(header) => basic(header),
        None => field("client_id")
            .zip(field("client_secret"))
            .map(|(id, secret)| (id.to_owned(), secret.to_owned())),
    };
    let client = sent.and_then(|(id, secret)| {
        let mut clients = world.identity.clients.iter();
        clients
            .find(|c| c.id == id && c.secret.0 == secret)
            .cloned()
    });
    let Some(client) = client else {
        let why = "Client authentication failed.";
        return oauth_error(StatusCode::UNAUTHORIZED, "invalid_client", why);
    };
    let audience = field("scope").and_then(|scope| {
        world.identity.audiences.iter().find(|a| {
            scope
                .strip_prefix(&a.address)
                .is_some_and(|end| SCOPE_ENDS.contains(&end))
        })
    });
    let Some(audience) = audience else {
        let why = "The scope names no instance; copy it from the confidential application.";
        return oauth_error(StatusCode::BAD_REQUEST, "invalid_scope", why);
    };
    let instance = audience.instance.clone();
    let lifetime = i64::try_from(world.switches.token_seconds).unwrap_or(i64::MAX);
    let now = world.clock.real_now();
    let value = format!("{:032x}{:032x}", world.rng.u128(..), world.rng.u128(..));
    world.identity.tokens.retain(|t| t.expires > now);
    world.identity.tokens.push(Token {
        value: Hidden(value.clone()),
        role: (client.instance == instance).then_some(client.role),
        instance,
        expires: now
            .saturating_add(SignedDuration::from_secs(lifetime))
            .unwrap_or(Timestamp::MAX),
    });
    let body = json!({"access_token": value, "token_type": "Bearer", "expires_in": lifetime});
    json_reply(StatusCode::OK, &body)
}

fn oauth_error(status: StatusCode, code: &str, why: &str) -> Reply {
    let body = json!({"error": code, "error_description": why});
    refused(json_reply(status, &body), why)
}

fn basic(header: &str) -> Option<(String, String)> {
    let bytes = STANDARD
        .decode(header.strip_prefix("Basic ")?.trim())
        .ok()?;
    let text = String::from_utf8(bytes).ok()?;
    let (name, password) = text.split_once(':')?;
    Some((name.to_owned(), password.to_owned()))
}

/// The pairs of an `application/x-www-form-urlencoded` body.
fn form(body: &[u8]) -> Vec<(String, String)> {
    let decode = |text: &str| {
        percent_encoding::percent_decode_str(&text.replace('+', " "))
            .decode_utf8_lossy()
            .into_owned()
    };
    String::from_utf8_lossy(body)
        .trim()
        .split('&')
        .filter_map(|pair| pair.split_once('='))
        .map(|(k, v)| (decode(k), decode(v)))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn forms_are_decoded() {
        let read = form(b"grant_type=client_credentials&scope=https%3A%2F%2Fx%3A443urn+a");
        assert_eq!(
            read[1],
            ("scope".to_owned(), "https://x:443urn a".to_owned())
        );
    }

    #[test]
    fn secrets_show_in_no_debug_output() {
        let mut identity = Identity::default();
        identity.add_client(Client {
            id: "app".to_owned(),
            secret: Hidden("hush-hush".to_owned()),
            instance: "test".to_owned(),
            role: Role::ServiceDeveloper,
        });
        assert!(!format!("{identity:?}").contains("hush"));
    }
}
