//! A `ferry.toml` for an emulator's environments, as if they were real: with mistakes where a test wants them.

use std::fmt::Write as _;

use ferry_testkit::cli::{Call, Ferry};
use serde_json::Value;

/// The poll figures of a workspace file on an emulator: real time is short there.
const POLLING: &str =
    "[polling]\nfirst = \"20ms\"\nmin = \"20ms\"\nmax = \"100ms\"\nsettle = \"30ms\"\n";

/// A workspace file in the making. Every secret goes by a variable.
#[derive(Debug, Clone)]
pub struct Workspace {
    cards: Vec<Value>,
}

impl Workspace {
    /// The environments of these cards.
    pub fn of(cards: Vec<Value>) -> Self {
        Self { cards }
    }

    /// Another value in one environment's card.
    ///
    /// # Panics
    /// There is no such environment.
    #[must_use]
    pub fn but(mut self, environment: &str, key: &str, value: &str) -> Self {
        let card = self
            .cards
            .iter_mut()
            .find(|card| text(card, "name") == environment)
            .and_then(Value::as_object_mut)
            .unwrap_or_else(|| panic!("no environment {environment}"));
        card.insert(key.to_owned(), Value::from(value));
        self
    }

    /// Writes `ferry.toml` into the working directory of these commands.
    pub fn write(&self, ferry: &Ferry) {
        ferry.write("ferry.toml", self.toml());
    }

    /// A command that finds every secret in its variable, and no emulator.
    pub fn call<'a>(&self, ferry: &Ferry, args: impl IntoIterator<Item = &'a str>) -> Call {
        let mut call = ferry.args(args);
        for card in &self.cards {
            let name = variable(&text(card, "name"));
            call = call
                .env(format!("CLIENT_SECRET_{name}"), text(card, "client_secret"))
                .env(format!("PASSWORD_{name}"), text(card, "password"))
                .env(format!("AUTH_TOKEN_{name}"), text(card, "storage_password"));
        }
        call
    }

    fn toml(&self) -> String {
        let mut out = POLLING.to_owned();
        for card in &self.cards {
            let name = text(card, "name");
            let variable = variable(&name);
            let generation = text(card, "generation");
            let protected = card.get("protected") == Some(&Value::Bool(true));
            let sign_in = if generation.contains('2') {
                format!(
                    "{{ method = \"basic\", user = {:?}, password = \"env:PASSWORD_{variable}\" }}",
                    text(card, "user")
                )
            } else {
                format!(
                    "{{ method = \"client-credentials\", token-url = {:?}, scope = {:?}, client-id = {:?}, \
                     client-secret = \"env:CLIENT_SECRET_{variable}\" }}",
                    text(card, "token_url"),
                    text(card, "scope"),
                    text(card, "client_id"),
                )
            };
            let instance = match text(card, "service_instance") {
                instance if instance.is_empty() => String::new(),
                instance => format!("instance = {instance:?}\n"),
            };
            // Writing to a string does not fail.
            let _ = write!(
                out,
                "\n[environments.{name}]\ngeneration = {generation:?}\nurl = {:?}\n{instance}protected = {protected}\n\
                 storage = \"{name}\"\nsign-in = {sign_in}\n\n[storages.{name}]\nurl = {:?}\nuser = {:?}\n\
                 password = \"env:AUTH_TOKEN_{variable}\"\n",
                text(card, "url"),
                text(card, "storage_url"),
                text(card, "storage_user"),
            );
        }
        out
    }
}

/// A text of a card; empty where it has none.
fn text(card: &Value, key: &str) -> String {
    card.get(key)
        .and_then(Value::as_str)
        .unwrap_or_default()
        .to_owned()
}

fn variable(name: &str) -> String {
    name.to_uppercase().replace('-', "_")
}
