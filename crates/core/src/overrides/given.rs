//! What one connection gets, and which entry gave it.

use std::collections::{BTreeMap, BTreeSet};

use super::file::{ConnectionEntry, FileRef, Overrides};
use super::pattern::{Pattern, fits};
use crate::model::secret_like;
use crate::reference::SecretRef;

/// A value and the entry that states it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stated<T> {
    /// The value.
    pub value: T,
    /// The entry.
    pub entry: Pattern,
}

/// What one connection gets: of each value the one that the strongest entry states.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Given {
    /// Every entry that fits, the strongest first.
    pub entries: Vec<Pattern>,
    /// Property name to value.
    pub properties: BTreeMap<String, Stated<String>>,
    /// The security policy.
    pub policy: Option<Stated<String>>,
    /// The agent group's id.
    pub agent_group: Option<Stated<String>>,
    /// The credential's name to where it is found.
    pub credentials: BTreeMap<String, Stated<SecretRef>>,
    /// The property's name to the file.
    pub attachments: BTreeMap<String, Stated<FileRef>>,
    /// What two entries that are equally strong state differently: it, and the entries. The first of them counts.
    pub contradictions: BTreeSet<(String, Pattern, Pattern)>,
    /// Patterns of names that are left as they are.
    kept: Vec<Stated<String>>,
}

impl Overrides {
    /// What a connection gets. Nothing is taken together but whole values: each comes from one entry.
    pub fn given(&self, project: Option<&str>, code: &str) -> Given {
        let mut entries: Vec<(&Pattern, &ConnectionEntry)> = self
            .connections
            .iter()
            .filter(|(pattern, _)| pattern.fits(project, code))
            .collect();
        // Sorting is stable: entries that are equally strong stay in the order of their names.
        entries.sort_by(|(a, _), (b, _)| b.strength(a));
        let mut given = Given::default();
        for (pattern, entry) in entries {
            given.take(pattern, entry);
        }
        given
    }
}

impl Given {
    /// What of this a connection does not have: the name, what is stated, and what there is. `values` are all its
    /// properties; what may be a secret is not looked at, and what is stated for many counts for those that have it.
    pub fn unkept<'a>(
        &'a self,
        values: &BTreeMap<&str, Option<&'a str>>,
        policy: Option<&'a str>,
        agent_group: Option<&'a str>,
    ) -> Vec<(&'a str, &'a str, Option<&'a str>)> {
        let open = self.properties.iter().filter(|(name, stated)| {
            let is_meant = stated.entry.is_exact() || values.contains_key(name.as_str());
            is_meant && !secret_like(name)
        });
        let properties = open.map(|(name, stated)| {
            let value = values.get(name.as_str()).copied().flatten();
            (name.as_str(), stated, value)
        });
        let singles = [
            ("policy", &self.policy, policy),
            ("agent group", &self.agent_group, agent_group),
        ];
        let singles = singles
            .into_iter()
            .filter_map(|(name, stated, value)| Some((name, stated.as_ref()?, value)));
        properties
            .chain(singles)
            .map(|(name, stated, value)| (name, stated.value.as_str(), value))
            .filter(|(_, stated, value)| *value != Some(stated))
            .collect()
    }

    /// Adds what an entry states that is no stronger than those before.
    fn take(&mut self, pattern: &Pattern, entry: &ConnectionEntry) {
        self.entries.push(pattern.clone());
        let stated = |value: &String| Stated {
            value: value.clone(),
            entry: pattern.clone(),
        };
        // What this entry keeps is less than what it states by name, and must not hide that.
        let kept = self.kept.clone();
        let is_open = |name: &str| !kept.iter().any(|keep| fits(&keep.value, name));
        for (name, value) in entry.properties.iter().filter(|(name, _)| is_open(name)) {
            let value = stated(&value.to_owned());
            put(&mut self.properties, &mut self.contradictions, name, value);
        }
        for (name, secret) in entry.credentials.iter().filter(|(name, _)| is_open(name)) {
            let value = Stated {
                value: secret.clone(),
                entry: pattern.clone(),
            };
            put(&mut self.credentials, &mut self.contradictions, name, value);
        }
        for (name, file) in entry.attachments.iter().filter(|(name, _)| is_open(name)) {
            let value = Stated {
                value: file.clone(),
                entry: pattern.clone(),
            };
            put(&mut self.attachments, &mut self.contradictions, name, value);
        }
        let singles = [
            ("policy", &entry.policy, &mut self.policy),
            ("agent-group", &entry.agent_group, &mut self.agent_group),
        ];
        for (what, value, slot) in singles {
            let Some(value) = value else { continue };
            match slot {
                None => *slot = Some(stated(value)),
                Some(before) => {
                    if let Some(entries) = contradiction(before, value, pattern) {
                        self.contradictions
                            .insert((what.to_owned(), entries.0, entries.1));
                    }
                }
            }
        }
        self.kept.extend(entry.keep.iter().map(stated));
    }

    /// The entry by which a property or a credential is left as it is.
    pub fn keeps(&self, name: &str) -> Option<&Pattern> {
        let stated = self.properties.contains_key(name)
            || self.credentials.contains_key(name)
            || self.attachments.contains_key(name);
        if stated {
            return None;
        }
        let kept = self.kept.iter().find(|keep| fits(&keep.value, name))?;
        Some(&kept.entry)
    }

    /// Patterns of names that are left as they are, with their entries, the strongest first.
    pub fn kept(&self) -> &[Stated<String>] {
        &self.kept
    }

    /// Whether nothing is given and nothing kept.
    pub fn is_empty(&self) -> bool {
        self.properties.is_empty()
            && self.policy.is_none()
            && self.agent_group.is_none()
            && self.credentials.is_empty()
            && self.attachments.is_empty()
            && self.kept.is_empty()
    }

    /// Whether the operator has spoken of this property: a value or a file is given, or it is to be kept.
    pub fn speaks_of(&self, name: &str) -> bool {
        self.properties.contains_key(name)
            || self.attachments.contains_key(name)
            || self.keeps(name).is_some()
    }
}

fn put<T: PartialEq>(
    into: &mut BTreeMap<String, Stated<T>>,
    contradictions: &mut BTreeSet<(String, Pattern, Pattern)>,
    name: &str,
    stated: Stated<T>,
) {
    match into.get(name) {
        None => {
            into.insert(name.to_owned(), stated);
        }
        Some(before) => {
            if let Some((one, other)) = contradiction(before, &stated.value, &stated.entry) {
                contradictions.insert((name.to_owned(), one, other));
            }
        }
    }
}

/// Two entries that are equally strong and state different values.
fn contradiction<T: PartialEq>(
    before: &Stated<T>,
    value: &T,
    entry: &Pattern,
) -> Option<(Pattern, Pattern)> {
    let equal = before.entry.strength(entry).is_eq();
    (equal && before.value != *value).then(|| (before.entry.clone(), entry.clone()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn overrides(json: &str) -> Overrides {
        serde_json::from_str(json).unwrap()
    }

    #[test]
    fn the_strongest_entry_wins_value_by_value() {
        let overrides = overrides(
            r#"{"connections":{
                "*": {"agent-group":"ALL","properties":{"a":"all","b":"all","c":"all"},"keep":["d"]},
                "ORD*": {"properties":{"a":"some","b":"some"}},
                "ORDERS": {"properties":{"a":"one"},"credentials":{"password":"env:P"}},
                "HR/ORDERS": {"properties":{"a":"project"}}}}"#,
        );
        let given = overrides.given(None, "ORDERS");
        let of = |name: &str| {
            let stated = &given.properties[name];
            (stated.value.as_str(), stated.entry.as_str())
        };
        assert_eq!(of("a"), ("one", "ORDERS"));
        assert_eq!(of("b"), ("some", "ORD*"));
        assert_eq!(of("c"), ("all", "*"));
        assert_eq!(given.entries.len(), 3);
        assert_eq!(given.keeps("d").unwrap().as_str(), "*");
        assert!(given.contradictions.is_empty());
        assert_eq!(
            overrides.given(Some("HR"), "ORDERS").properties["a"].value,
            "project"
        );
        let silent = self::overrides(r#"{"connections":{"ORDERS":{}}}"#).given(None, "ORDERS");
        assert!(silent.is_empty() && silent.entries.len() == 1);
        assert!(!given.is_empty());
    }

    #[test]
    fn a_value_that_did_not_come_is_told() {
        let overrides = overrides(
            r#"{"connections":{"*": {"properties":{"url":"https://a.example.com"},"keep":["host"],
                "agent-group":"ALL"}, "ORDERS": {"properties":{"gone":"x"}}}}"#,
        );
        let given = overrides.given(None, "ORDERS");
        let now = BTreeMap::from([("url", Some("https://b.example.com"))]);
        let url = (
            "url",
            "https://a.example.com",
            Some("https://b.example.com"),
        );
        // What only some have is not missed where it is not; what one is to have is.
        let other = overrides.given(None, "OTHER");
        assert_eq!(other.unkept(&now, None, Some("ALL")), [url]);
        assert_eq!(
            given.unkept(&now, None, None),
            [("gone", "x", None), url, ("agent group", "ALL", None)]
        );
    }

    #[test]
    fn to_keep_is_as_strong_as_its_entry() {
        let strong = overrides(
            r#"{"connections":{"*":{"properties":{"url":"x"},"credentials":{"password":"env:P"}},"A":{"keep":["*"]}}}"#,
        );
        let given = strong.given(None, "A");
        assert!(given.properties.is_empty() && given.credentials.is_empty());
        assert_eq!(given.keeps("url").unwrap().as_str(), "A");
        let weak =
            overrides(r#"{"connections":{"A":{"properties":{"url":"x"}},"*":{"keep":["*"]}}}"#);
        let given = weak.given(None, "A");
        assert_eq!(given.properties["url"].value, "x");
        assert_eq!(given.keeps("url"), None);
        assert_eq!(given.keeps("other").unwrap().as_str(), "*");
        // In one entry a name wins over the rest.
        let own = overrides(r#"{"connections":{"A":{"properties":{"url":"x"},"keep":["*"]}}}"#);
        assert_eq!(own.given(None, "A").properties["url"].value, "x");
    }

    #[test]
    fn equally_strong_entries_must_not_differ() {
        let overrides = overrides(
            r#"{"connections":{"A*":{"policy":"X","properties":{"p":"1","q":"1"}},"*B":{"policy":"Y","properties":{"p":"2","q":"1"}}}}"#,
        );
        let given = overrides.given(None, "AB");
        let what: Vec<&str> = given
            .contradictions
            .iter()
            .map(|(what, ..)| what.as_str())
            .collect();
        assert_eq!(what, ["p", "policy"]);
        assert_eq!(given.properties["p"].entry.as_str(), "*B");
    }
}
