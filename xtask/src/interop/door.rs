//! The ways into a store.

use anyhow::{Context, Result};

use crate::emulator::{Card, Running};

/// A way in, with the credentials for it.
pub(super) enum Door {
    /// `TempAuth` gives a token for them.
    Token {
        auth: String,
        user: String,
        key: String,
    },
    /// OCI's: HTTP Basic on every request, below the address of the account.
    Basic {
        account: String,
        user: String,
        key: String,
    },
}

impl Door {
    /// Of a server with the users of Swift's own tests.
    pub(super) fn token(authority: &str) -> Self {
        Self::Token {
            auth: format!("http://{authority}/auth/v1.0"),
            user: "test:tester".to_owned(),
            key: "testing".to_owned(),
        }
    }

    /// Of a genuine Swift with our filter in front.
    pub(super) fn basic(authority: &str) -> Self {
        Self::Basic {
            account: format!("http://{authority}/v1/test"),
            user: "tester".to_owned(),
            key: "testing".to_owned(),
        }
    }

    /// Of the emulator as it is by default: as the user of an environment, beside the environment's bucket.
    pub(super) fn of_emulator(emulator: &Running) -> Result<Self> {
        let card = emulator.first_card()?;
        let text = |field| Card(&card).text(field).map(str::to_owned);
        let bucket = text("storage_url")?;
        let (account, _) = bucket.rsplit_once('/').context("no bucket")?;
        Ok(Self::Basic {
            account: account.to_owned(),
            user: text("storage_user")?,
            key: text("storage_password")?,
        })
    }
}

/// The address with the credentials inside, from which clients of Swift that know tokens only send Basic all the same.
pub(super) fn with_credentials(url: &str, user: &str, key: &str) -> String {
    let inside = format!("://{}:{}@", encoded(user), encoded(key));
    url.replacen("://", &inside, 1)
}

/// Text as it may stand anywhere in an address.
pub(super) fn encoded(text: &str) -> String {
    let mut encoded = String::new();
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            encoded.push(char::from(byte));
        } else {
            encoded.push_str(&format!("%{byte:02X}"));
        }
    }
    encoded
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn credentials_stand_in_the_address() {
        assert_eq!(
            with_credentials(
                "http://127.0.0.1:1/v1/acme",
                "domain/jane@example.com",
                "a:b ä"
            ),
            "http://domain%2Fjane%40example.com:a%3Ab%20%C3%A4@127.0.0.1:1/v1/acme"
        );
    }
}
