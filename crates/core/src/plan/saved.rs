//! A plan in a file.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::earlier::EarlierImports;
use super::make::fingerprint;
use super::value::Plan;

/// The form of the file. Another form has another name.
const SCHEMA: &str = "ferry-plan/1";

/// A plan as it is kept, with what an approval names.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Saved {
    schema: String,
    /// When it was made.
    pub made: Timestamp,
    /// Of all the rest: an approval of it is one of these facts at this time.
    pub fingerprint: String,
    /// How long it may take; `None`: nobody can know.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub earlier_imports: Option<EarlierImports>,
    /// The plan.
    pub plan: Plan,
}

/// Why a file is no plan to be carried out.
#[derive(Debug, thiserror::Error)]
pub enum Refused {
    /// Nothing that a plan could be.
    #[error("it is no saved plan")]
    NoPlan(#[source] serde_json::Error),
    /// Of another version.
    #[error("it is a plan of the form {0:?}, and this is {SCHEMA:?}: make it anew")]
    Schema(String),
    /// Somebody has changed it.
    #[error("it was changed after it was made: its fingerprint is not the one that it states")]
    Changed,
}

impl Saved {
    /// A plan that was made at this time.
    pub fn new(plan: Plan, made: Timestamp, earlier_imports: Option<EarlierImports>) -> Self {
        let mut saved = Self {
            schema: SCHEMA.to_owned(),
            made,
            fingerprint: String::new(),
            earlier_imports,
            plan,
        };
        saved.fingerprint = saved.fingerprinted();
        saved
    }

    fn fingerprinted(&self) -> String {
        fingerprint(&(&self.schema, self.made, &self.earlier_imports, &self.plan))
    }

    /// The text of the file.
    pub fn text(&self) -> String {
        // What is made of texts, numbers and lists of them is always JSON.
        let text = serde_json::to_string_pretty(self).unwrap_or_default();
        text + "\n"
    }

    /// Reads a file.
    pub fn read(text: &str) -> Result<Self, Refused> {
        let value: Value = serde_json::from_str(text).map_err(Refused::NoPlan)?;
        match value.get("schema").and_then(Value::as_str) {
            Some(schema) if schema.starts_with("ferry-plan/") && schema != SCHEMA => {
                return Err(Refused::Schema(schema.to_owned()));
            }
            _ => {}
        }
        let saved: Self = serde_json::from_value(value).map_err(Refused::NoPlan)?;
        if saved.schema != SCHEMA {
            return Err(Refused::Schema(saved.schema));
        }
        if saved.fingerprinted() != saved.fingerprint {
            return Err(Refused::Changed);
        }
        Ok(saved)
    }
}
