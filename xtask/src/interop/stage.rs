//! An emulator that bears the names of the real services, and what a client needs to meet it there.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use serde_json::Value;

use super::curl::Curl;
use crate::emulator::{Card, Running};

/// The bucket's host. The emulator takes any region; its own scopes name this one.
pub(super) const STORE: &str = "https://swiftobjectstorage.eu-frankfurt-1.oraclecloud.com";

/// An emulator over TLS, whose jobs take no time worth speaking of, and curl that is sent to it.
pub(super) struct Stage {
    pub(super) emulator: Running,
    pub(super) curl: Curl,
    /// The certificate to trust.
    pub(super) authority: PathBuf,
    cards: Vec<Value>,
}

impl Stage {
    /// Starts the emulator in a folder, with further arguments.
    pub(super) fn set(ferry: &Path, folder: &Path, arguments: &[&str]) -> Result<Self> {
        fs::create_dir_all(folder).with_context(|| folder.display().to_string())?;
        let always = ["--ca-out", "ca.pem", "--speed", "10000", "--seed", "1"];
        let emulator = Running::start_in(folder, ferry, &[&always, arguments].concat())?;
        let authority = folder.join("ca.pem");
        let curl = Curl::to(&emulator, &authority, folder.to_owned())?;
        let cards = curl.json(&[("url", "https://localhost/_ferry/environments")])?;
        let cards = cards.as_array().context("no list of environments")?;
        Ok(Self {
            cards: cards.clone(),
            emulator,
            curl,
            authority,
        })
    }

    /// How to reach an environment.
    pub(super) fn card(&self, environment: &str) -> Result<Card<'_>> {
        let named = |card: &&Value| card.get("name").is_some_and(|name| name == environment);
        let card = self.cards.iter().find(named);
        card.map(Card)
            .with_context(|| format!("the emulator has no {environment}"))
    }
}

impl Card<'_> {
    /// The bucket under the name of the real service.
    pub(super) fn bucket(self) -> Result<String> {
        let url = self.text("storage_url")?;
        let path = url.find("/v1/").and_then(|at| url.get(at..));
        let path = path.context("no Swift URL in the environment")?;
        Ok(format!("{STORE}{path}"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn cards_are_read() {
        let card = json!({
            "name": "test",
            "storage_url": "https://127.0.0.1:1/v1/acme/ferry-test",
            "storage_user": "u",
            "storage_password": "p",
            "service_instance": null,
        });
        let card = Card(&card);
        assert_eq!(
            card.user("storage_user", "storage_password").unwrap(),
            "u:p"
        );
        assert_eq!(
            card.bucket().unwrap(),
            format!("{STORE}/v1/acme/ferry-test")
        );
        let error = card.text("service_instance").unwrap_err();
        assert_eq!(error.to_string(), "the environment has no service_instance");
    }
}
