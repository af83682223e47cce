//! The file of an environment, as it is written.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::near::is_place;
use super::pattern::{Pattern, fits};
use crate::model::secret_like;
use crate::reference::{SecretRef, SecretRefError};

/// What the connections, lookups and schedules of one environment get.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub struct Overrides {
    /// Hosts that source and target share: patterns.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub shared_hosts: Vec<String>,
    /// Names of what cannot be read and is accepted.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub accept: Vec<String>,
    /// By `[PROJECT/]CODE` of the connection.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub connections: BTreeMap<Pattern, ConnectionEntry>,
    /// By `[PROJECT/]NAME` of the lookup.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub lookups: BTreeMap<Pattern, LookupEntry>,
    /// By `[PROJECT/]CODE[|VERSION]` of the integration that runs by it.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub schedules: BTreeMap<Pattern, ScheduleEntry>,
}

impl Overrides {
    /// Whether a host is said to be shared.
    pub fn shares(&self, host: &str) -> bool {
        self.shared_hosts
            .iter()
            .any(|pattern| fits(&pattern.to_ascii_lowercase(), host))
    }

    /// Every reference to a secret, with the entry and the credential's name.
    pub fn secrets(&self) -> impl Iterator<Item = (&Pattern, &str, &SecretRef)> {
        self.connections.iter().flat_map(|(pattern, entry)| {
            let credentials = entry.credentials.iter();
            credentials.map(move |(name, secret)| (pattern, name.as_str(), secret))
        })
    }
}

/// What the connections of one entry get.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub struct ConnectionEntry {
    /// The security policy.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub policy: Option<String>,
    /// The agent group's id.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub agent_group: Option<String>,
    /// Property name to value.
    #[serde(skip_serializing_if = "Properties::is_empty")]
    pub properties: Properties,
    /// The security property's name to where its value is found.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub credentials: BTreeMap<String, SecretRef>,
    /// The property's name to the file that is uploaded for it.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub attachments: BTreeMap<String, FileRef>,
    /// Names of properties and credentials, or patterns of them, that are left as they are: a place that equals the
    /// source's is meant, a credential is there already.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub keep: Vec<String>,
}

impl ConnectionEntry {
    /// Whether it states a property, or keeps it.
    pub fn speaks_of(&self, name: &str) -> bool {
        self.properties.get(name).is_some() || self.keep.iter().any(|keep| fits(keep, name))
    }
}

/// Values of properties by name. One whose name is that of a secret is refused: it must go by reference.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(
    try_from = "BTreeMap<String, String>",
    into = "BTreeMap<String, String>"
)]
pub struct Properties(BTreeMap<String, String>);

impl Properties {
    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Names and values, in the order of the names.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0
            .iter()
            .map(|(name, value)| (name.as_str(), value.as_str()))
    }

    /// The value of a property.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.0.get(name).map(String::as_str)
    }

    /// Adds a value that is no secret, unless there is one.
    pub fn add(&mut self, name: String, value: String) {
        self.0.entry(name).or_insert(value);
    }
}

impl TryFrom<BTreeMap<String, String>> for Properties {
    type Error = String;

    fn try_from(values: BTreeMap<String, String>) -> Result<Self, String> {
        // The name of the place of a secret is no secret: `token_url`.
        match values
            .keys()
            .find(|name| secret_like(name) && !is_place(name))
        {
            Some(name) => Err(format!(
                "{name:?} is named like a secret: move it to `credentials`, by reference (its value is not shown here)"
            )),
            None => Ok(Self(values)),
        }
    }
}

impl From<Properties> for BTreeMap<String, String> {
    fn from(properties: Properties) -> Self {
        properties.0
    }
}

/// A file to upload: `file:PATH`, or a path that begins with `/`, `./` or `../`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct FileRef(String);

impl FileRef {
    /// The path as it is written: relative ones begin where the file of overrides lies.
    pub fn path(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for FileRef {
    type Error = &'static str;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        match text.parse() {
            Ok(SecretRef::File(path)) => Ok(Self(path)),
            Err(SecretRefError::File) => Err("file: wants a path behind it"),
            _ => Err("an attachment is a file: write file:PATH"),
        }
    }
}

impl From<FileRef> for String {
    fn from(file: FileRef) -> Self {
        format!("file:{}", file.0)
    }
}

/// What the lookups of one entry get.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub struct LookupEntry {
    /// Rows by the names of their columns. Each replaces the row with the same cell in the first column, and is added
    /// where there is none; a column that it leaves out stays as it is.
    pub rows: Vec<BTreeMap<String, String>>,
}

/// What the schedules of one entry get.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub struct ScheduleEntry {
    /// The integration's schedule parameters, name to value.
    pub parameters: BTreeMap<String, String>,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(json: &str) -> Result<Overrides, String> {
        serde_json::from_str(json).map_err(|error| error.to_string())
    }

    #[test]
    fn a_secret_is_refused_where_a_value_stands_and_never_shown() {
        for json in [
            r#"{"connections":{"A":{"properties":{"password":"hunter2-x"}}}}"#,
            r#"{"connections":{"A":{"properties":{"client_secret":"hunter2-x"}}}}"#,
            r#"{"connections":{"A":{"credentials":{"username":"hunter2-x"}}}}"#,
            r#"{"connections":{"A":{"attachments":{"WALLET":"hunter2-x"}}}}"#,
            r#"{"connections":{"A":{"attachments":{"WALLET":"env:HUNTER"}}}}"#,
        ] {
            let error = read(json).unwrap_err();
            assert!(!error.contains("hunter2"), "{error}");
        }
        assert!(
            read(r#"{"connections":{"A":{"properties":{"access_token_uri":"https://x"}}}}"#)
                .is_ok()
        );
    }

    #[test]
    fn unknown_keys_are_refused_and_the_known_read_back() {
        for json in [
            r#"{"conections":{}}"#,
            r#"{"connections":{"A":{"propertys":{}}}}"#,
            r#"{"lookups":{"A":{"row":[]}}}"#,
            r#"{"schedules":{"A":{"parameter":{}}}}"#,
            r#"{"connections":{" ":{}}}"#,
        ] {
            assert!(read(json).is_err(), "{json}");
        }
        let all = r#"{"shared-hosts":["*.shared.example"],"accept":["lookups/L"],"connections":{"A*":{"policy":"P","agent-group":"G",
            "properties":{"x":"y"},"credentials":{"username":"env:U"},"attachments":{"WALLET":"file:w.zip"},"keep":["password"]}},
            "lookups":{"L":{"rows":[{"a":"1"}]}},"schedules":{"S|01.00.0000":{"parameters":{"p":"v"}}}}"#;
        let overrides = read(all).unwrap();
        let again = serde_json::to_string(&overrides).unwrap();
        assert_eq!(read(&again).unwrap(), overrides);
        assert!(overrides.shares("ldap.shared.example"));
        assert!(!overrides.shares("shared.example.com"));
        assert_eq!(overrides.secrets().count(), 1);
    }
}
