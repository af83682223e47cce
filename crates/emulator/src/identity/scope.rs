//! What a scope asks for.

use super::{Client, Identity};

/// Behind an instance's address: integration endpoints and Developer APIs (documented).
pub(super) const ALL: &str = "urn:opc:resource:consumer::all";

/// Behind an instance's address: Developer APIs alone (documented).
const DEVELOPER_APIS: &str = "/ic/api/";

/// Everything that the client was given: here its own instance. Seen in scripts of Gen2's days.
const MINE: &str = "urn:opc:idm:__myscopes__";

/// Asks for a refresh token, too.
const OFFLINE: &str = "offline_access";

/// What is asked for.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Wanted {
    /// The instance.
    pub(super) instance: String,
    /// Whether a refresh token is asked for.
    pub(super) offline: bool,
}

impl Wanted {
    /// Reads scopes, of which several are divided by blanks. A token is for one instance.
    pub(super) fn read(
        identity: &Identity,
        client: &Client,
        scopes: &str,
    ) -> Result<Self, &'static str> {
        let mut instance = None;
        let mut offline = false;
        for scope in scopes.split_ascii_whitespace() {
            if scope == OFFLINE {
                offline = true;
                continue;
            }
            let named = identity.named(client, scope).ok_or(
                "the scope names no API of an instance; copy it from the confidential application",
            )?;
            if instance.is_some_and(|other| other != named) {
                return Err("the scopes name two instances, and a token is for one");
            }
            instance = Some(named);
        }
        let instance = instance.ok_or("the scope is missing; it names an instance")?;
        Ok(Self {
            instance: instance.to_owned(),
            offline,
        })
    }
}

impl Identity {
    /// The instance that one scope names.
    fn named<'a>(&'a self, client: &'a Client, scope: &str) -> Option<&'a str> {
        if scope == MINE {
            return Some(&client.instance);
        }
        let mut audiences = self.audiences.iter();
        let (instance, _) = audiences.find(|(_, address)| {
            scope
                .strip_prefix(address.as_str())
                .is_some_and(|end| [ALL, DEVELOPER_APIS].contains(&end))
        })?;
        Some(instance)
    }
}
