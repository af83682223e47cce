//! A source or a target: what the scripts are told of it, and a call of it.

use anyhow::{Context, Result};
use serde_json::Value;

use crate::emulator::Card;
use crate::interop::curl::Curl;

const DESIGN: &str = "https://design.integration.eu-frankfurt-1.ocp.oraclecloud.com";
const IDENTITY: &str = "https://idcs-0123456789abcdef0123456789abcdef.identity.oraclecloud.com";

/// An instance under the names of the real services.
pub(super) struct Side<'a> {
    card: Card<'a>,
    gen3: bool,
    url: String,
}

impl<'a> Side<'a> {
    pub(super) fn of(card: Card<'a>) -> Result<Self> {
        let gen3 = card.text("generation")? == "gen3";
        let url = if gen3 {
            DESIGN.to_owned()
        } else {
            format!(
                "https://{}-acme-fr.integration.ocp.oraclecloud.com",
                card.text("name")?
            )
        };
        Ok(Self { card, gen3, url })
    }

    /// The variables that a script reads of this side.
    pub(super) fn variables(&self, side: &str) -> Result<Vec<(String, String)>> {
        let fields: &[(&str, &str)] = if self.gen3 {
            &[
                ("INSTANCE", "service_instance"),
                ("CLIENT_ID", "client_id"),
                ("CLIENT_SECRET", "client_secret"),
                ("SCOPE", "scope"),
            ]
        } else {
            &[("USER", "user"), ("PASSWORD", "password")]
        };
        let mut variables = vec![(format!("{side}_URL"), self.url.clone())];
        if self.gen3 {
            variables.push((format!("{side}_IDENTITY_URL"), IDENTITY.to_owned()));
        }
        for (name, field) in fields {
            variables.push((format!("{side}_{name}"), self.card.text(field)?.to_owned()));
        }
        Ok(variables)
    }

    /// What a path below `/ic/api` answers.
    pub(super) fn get(&self, curl: &Curl, path: &str) -> Result<Vec<u8>> {
        let url = format!("{}/ic/api{path}", self.url);
        if !self.gen3 {
            let user = self.card.user("user", "password")?;
            return curl.ask(&[("url", &url), ("user", &user)]);
        }
        let token = curl.json(&[
            ("url", &format!("{IDENTITY}/oauth2/v1/token")),
            ("user", &self.card.user("client_id", "client_secret")?),
            ("data", "grant_type=client_credentials"),
            (
                "data-urlencode",
                &format!("scope={}", self.card.text("scope")?),
            ),
        ])?;
        let token = token
            .get("access_token")
            .and_then(Value::as_str)
            .context("no token")?;
        let instance = self.card.text("service_instance")?;
        curl.ask(&[
            ("url", &format!("{url}?integrationInstance={instance}")),
            ("header", &format!("Authorization: Bearer {token}")),
        ])
    }
}
