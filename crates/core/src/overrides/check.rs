//! Which entry meets what, and what is wrong or missing.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use serde::{Deserialize, Serialize};

use super::facts::{ConnectionFacts, Fact, Facts, LookupFacts, label};
use super::file::Overrides;
use super::finding::{Finding, Missing};
use super::given::Given;
use super::near::nearest;
use super::needs::{is_credential, needed_credentials};
use super::not_checkable::{NotCheckable, not_checkable};
use super::pattern::Pattern;
use crate::flow::names_a_database;
use crate::model::{PropertyValue, hosts, is_host, without_user};

/// What a check answers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct Checked {
    /// Every entry and what it meets, in the order of the file's tables and of the names.
    pub entries: Vec<Met>,
    /// Every connection that gets something, with what it gets.
    pub connections: Vec<ConnectionChange>,
    /// What is to be corrected, in order.
    pub findings: Vec<Finding>,
    /// What comes with the source and cannot be read: a promotion wants it accepted by name.
    pub not_checkable: Vec<NotCheckable>,
    /// What could not be looked at, and why.
    pub not_checked: Vec<NotChecked>,
}

/// What could not be looked at. In JSON it is its text.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum NotChecked {
    /// Entries of lookups, where an instance was read.
    Lookups,
    /// Credentials that nobody gives, and may be needed.
    Credentials(Unsure),
}

/// Credentials that nobody gives, of a security policy whose needs nobody has told.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Unsure {
    /// The connection, `[PROJECT/]CODE`.
    pub needed_by: String,
    /// Their names; none where the connection does not show them yet.
    pub names: Vec<String>,
    /// The policy.
    pub policy: String,
}

impl fmt::Display for NotChecked {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Lookups => f.write_str(
                "the entries of lookups: those of an instance are not read; an archive tells",
            ),
            Self::Credentials(unsure) => unsure.fmt(f),
        }
    }
}

impl fmt::Display for Unsure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (of, policy) = (&self.needed_by, &self.policy);
        match self.names.as_slice() {
            [] => write!(f, "which credentials {of} must have ({policy})"),
            names => write!(
                f,
                "whether {} of {of} must have a value ({policy})",
                names.join(", ")
            ),
        }
    }
}

impl Serialize for NotChecked {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

/// An entry and what it meets.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct Met {
    /// `connections`, `lookups` or `schedules`.
    pub table: &'static str,
    /// Its name.
    pub entry: Pattern,
    /// What it meets, `[PROJECT/]CODE`, sorted.
    pub meets: Vec<String>,
}

/// What one connection gets.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct ConnectionChange {
    /// The project it lives in, where it does.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub project: Option<String>,
    /// The code.
    pub code: String,
    /// The values, in the order of their names.
    pub values: Vec<ValueChange>,
}

impl ConnectionChange {
    /// `CODE`, or `PROJECT/CODE`.
    pub fn label(&self) -> String {
        label(self.project.as_deref(), &self.code)
    }
}

/// A value before and after.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct ValueChange {
    /// The property, the credential, `policy` or `agent-group`.
    pub name: String,
    /// Before, where it is known and may be shown.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub before: Option<String>,
    /// After: the value, of a credential or a file the reference; `None`: it is kept.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub after: Option<String>,
    /// The entry that states it.
    pub entry: Pattern,
}

/// Compares a file of overrides with what an archive or an instance brings.
pub fn check(overrides: &Overrides, facts: &Facts) -> Checked {
    let mut checked = Checked {
        entries: Vec::new(),
        connections: Vec::new(),
        findings: Vec::new(),
        not_checkable: Vec::new(),
        not_checked: Vec::new(),
    };
    entries(overrides, facts, &mut checked);
    let sources = places(overrides, &facts.connections);
    for connection in &facts.connections {
        let given = overrides.given(connection.project.as_deref(), &connection.code);
        contradictions(connection, &given, &mut checked.findings);
        values(connection, &given, &mut checked);
        places_of(connection, &given, &sources, &mut checked.findings);
        let change = connection.change(&given);
        if !change.values.is_empty() {
            checked.connections.push(change);
        }
    }
    properties(overrides, facts, &mut checked.findings);
    rows(overrides, facts, &mut checked.findings);
    checked.not_checkable = not_checkable(overrides, facts, &sources);
    checked
        .connections
        .sort_by(|a, b| (&a.project, &a.code).cmp(&(&b.project, &b.code)));
    checked.findings.sort();
    checked.findings.dedup();
    checked.not_checked.sort();
    checked.not_checked.dedup();
    checked
}

/// Every entry must mean something.
fn entries(overrides: &Overrides, facts: &Facts, checked: &mut Checked) {
    let connections: Vec<Named<'_>> = facts
        .connections
        .iter()
        .map(|it| (it.project.as_deref(), vec![it.code.clone()], it.label()))
        .collect();
    for entry in overrides.connections.keys() {
        meet("connections", entry, &connections, checked);
    }
    if let Some(lookups) = &facts.lookups {
        let lookups: Vec<Named<'_>> = lookups
            .iter()
            .map(|it| (it.project.as_deref(), vec![it.name.clone()], it.label()))
            .collect();
        for entry in overrides.lookups.keys() {
            meet("lookups", entry, &lookups, checked);
        }
    } else if !overrides.lookups.is_empty() {
        checked.not_checked.push(NotChecked::Lookups);
    }
    let schedules: Vec<Named<'_>> = facts
        .schedules
        .iter()
        .map(|it| {
            let names = vec![it.code.clone(), format!("{}|{}", it.code, it.version)];
            (it.project.as_deref(), names, it.label())
        })
        .collect();
    for entry in overrides.schedules.keys() {
        meet("schedules", entry, &schedules, checked);
    }
}

/// Project, the names that a pattern may mean it by, and what it is called.
type Named<'a> = (Option<&'a str>, Vec<String>, String);

fn meet(table: &'static str, entry: &Pattern, known: &[Named<'_>], checked: &mut Checked) {
    let fitting = known
        .iter()
        .filter(|(project, names, _)| names.iter().any(|name| entry.fits(*project, name)));
    let mut meets: Vec<String> = fitting.map(|(.., label)| label.clone()).collect();
    meets.sort();
    if meets.is_empty() {
        let names = known
            .iter()
            .flat_map(|(_, names, label)| names.iter().chain([label]).map(String::as_str));
        checked.findings.push(Finding::MatchesNothing {
            table,
            entry: entry.clone(),
            near: nearest(entry.as_str(), names),
        });
    }
    checked.entries.push(Met {
        table,
        entry: entry.clone(),
        meets,
    });
}

fn contradictions(connection: &ConnectionFacts, given: &Given, findings: &mut Vec<Finding>) {
    let found = given.contradictions.iter();
    findings.extend(
        found.map(|(property, entry, other)| Finding::Contradiction {
            connection: connection.label(),
            property: property.clone(),
            entry: entry.clone(),
            other: other.clone(),
        }),
    );
}

/// What is needed must have a value.
fn values(connection: &ConnectionFacts, given: &Given, checked: &mut Checked) {
    let policy = given
        .policy
        .as_ref()
        .map_or(connection.policy.as_str(), |it| &it.value);
    let is_new_policy = policy != connection.policy;
    let needed = needed_credentials(policy);
    let is_given = |name: &str| {
        let same = |given: &String| given.eq_ignore_ascii_case(name);
        given.credentials.keys().any(same)
            || given.attachments.keys().any(same)
            || given.speaks_of(name)
    };
    let mut no_value = |property: &str, why| {
        checked.findings.push(Finding::NoValue {
            connection: connection.label(),
            property: property.to_owned(),
            why,
        });
    };
    let mut unsure = Vec::new();
    for fact in connection
        .values
        .iter()
        .filter(|fact| !is_given(&fact.name))
    {
        let is_listed = needed.map(|names| {
            names
                .iter()
                .any(|name| fact.name.eq_ignore_ascii_case(name))
        });
        match (fact.credential, &fact.value) {
            // Another policy has other credentials; those of the old one do not matter any more.
            (true, _) if is_new_policy => {}
            (true, value) => match (is_listed, fact.required, value) {
                (Some(true), ..) | (_, Some(true), _) | (None, _, PropertyValue::Hidden) => {
                    no_value(&fact.name, Missing::Credential);
                }
                (None, None, _) => unsure.push(fact.name.clone()),
                _ => {}
            },
            (false, PropertyValue::Placeholder) => no_value(&fact.name, Missing::Placeholder),
            (false, PropertyValue::Empty) if fact.required == Some(true) => {
                no_value(&fact.name, Missing::Empty);
            }
            (false, _) => {}
        }
    }
    // What the connection does not show yet.
    let known = |name: &str| {
        connection
            .values
            .iter()
            .any(|fact| fact.name.eq_ignore_ascii_case(name))
    };
    let unseen = needed
        .into_iter()
        .flatten()
        .filter(|name| is_new_policy || !known(name));
    for name in unseen.filter(|name| !is_given(name)) {
        no_value(name, Missing::Credential);
    }
    // What another policy wants is not shown yet; whoever states any of it knows.
    let is_unseen = is_new_policy
        && needed.is_none()
        && given.credentials.is_empty()
        && !["username", "password"].iter().any(|name| is_given(name));
    if is_unseen || !unsure.is_empty() {
        checked.not_checked.push(NotChecked::Credentials(Unsure {
            needed_by: connection.label(),
            names: unsure,
            policy: policy.to_owned(),
        }));
    }
}

/// The hosts that connections of the source name, and that are not shared.
fn places(overrides: &Overrides, connections: &[ConnectionFacts]) -> BTreeSet<String> {
    connections
        .iter()
        .flat_map(ConnectionFacts::hosts)
        .map(|(_, host)| host)
        .filter(|host| !overrides.shares(host))
        .collect()
}

/// No value may name a place of the source, unless that is meant.
fn places_of(
    connection: &ConnectionFacts,
    given: &Given,
    sources: &BTreeSet<String>,
    findings: &mut Vec<Finding>,
) {
    let mut found = |property: &str, place: String, entry: Option<&Pattern>| {
        findings.push(Finding::AtSource {
            connection: connection.label(),
            property: property.to_owned(),
            place,
            entry: entry.cloned(),
        });
    };
    let is_source = |host: &String| sources.contains(host);
    for (name, stated) in &given.properties {
        for host in hosts(name, &stated.value).into_iter().filter(is_source) {
            found(name, host, Some(&stated.entry));
        }
    }
    let silent = |name: &str| !given.speaks_of(name);
    for (name, host) in connection.hosts().filter(|(name, _)| silent(name)) {
        if is_source(&host) {
            found(name, host, None);
        }
    }
    let mut stated = given.properties.iter();
    let is_given_one = stated.any(|(name, stated)| !hosts(name, &stated.value).is_empty());
    if !connection.has_a_place() && !is_given_one {
        for fact in connection.values.iter().filter(|fact| silent(&fact.name)) {
            if let PropertyValue::Literal(value) = &fact.value
                && names_a_database(&fact.name, value)
            {
                found(&fact.name, value.clone(), None);
            }
        }
    }
}

impl ConnectionFacts {
    /// The hosts that its values name, with the properties.
    pub(super) fn hosts(&self) -> impl Iterator<Item = (&str, String)> {
        self.values.iter().flat_map(|fact| {
            let named = match &fact.value {
                PropertyValue::Literal(value) => hosts(&fact.name, value),
                _ => Vec::new(),
            };
            named.into_iter().map(|host| (fact.name.as_str(), host))
        })
    }

    /// Whether a host says where it leads: the name of a database is none beside it. That of an archive may be left out.
    pub(super) fn has_a_place(&self) -> bool {
        let left_out =
            |fact: &Fact| matches!(fact.value, PropertyValue::Placeholder) && is_host(&fact.name);
        self.hosts().next().is_some() || self.values.iter().any(left_out)
    }

    /// What it gets by the overrides, each value with the one before.
    pub fn change(&self, given: &Given) -> ConnectionChange {
        let before = |name: &str| match &self.value(name)?.value {
            PropertyValue::Literal(value) => Some(value.clone()),
            _ => None,
        };
        let mut values = Vec::new();
        let mut value =
            |name: &str, before: Option<String>, after: Option<String>, entry: &Pattern| {
                values.push(ValueChange {
                    name: name.to_owned(),
                    before,
                    after,
                    entry: entry.clone(),
                });
            };
        for (name, it) in &given.properties {
            // By a pattern, a connection gets the properties that it has.
            if self.has(name) || it.entry.is_exact() {
                value(name, before(name), Some(without_user(&it.value)), &it.entry);
            }
        }
        for (name, it) in &given.credentials {
            value(name, None, Some(it.value.to_string()), &it.entry);
        }
        for (name, it) in &given.attachments {
            value(name, None, Some(String::from(it.value.clone())), &it.entry);
        }
        if let Some(it) = &given.policy {
            let before = Some(self.policy.clone()).filter(|policy| !policy.is_empty());
            value("policy", before, Some(it.value.clone()), &it.entry);
        }
        if let Some(it) = &given.agent_group {
            value(
                "agent-group",
                self.agent_group.clone(),
                Some(it.value.clone()),
                &it.entry,
            );
        }
        let kept = self
            .values
            .iter()
            .filter_map(|fact| Some((fact, given.keeps(&fact.name)?)));
        for (fact, entry) in kept {
            value(&fact.name, before(&fact.name), None, entry);
        }
        values.sort();
        values.dedup();
        ConnectionChange {
            project: self.project.clone(),
            code: self.code.clone(),
            values,
        }
    }

    fn has(&self, name: &str) -> bool {
        self.value(name).is_some()
    }
}

/// A property that an entry states must be one of a connection that it meets.
fn properties(overrides: &Overrides, facts: &Facts, findings: &mut Vec<Finding>) {
    for (entry, stated) in &overrides.connections {
        // A connection of which no property is known says nothing.
        let met: Vec<&ConnectionFacts> = facts
            .connections
            .iter()
            .filter(|it| entry.fits(it.project.as_deref(), &it.code))
            .collect();
        if met.is_empty() || met.iter().any(|it| it.values.is_empty()) {
            continue;
        }
        let has = |it: &&ConnectionFacts, name: &str| it.has(name);
        let names = |credential: bool| {
            let facts = met.iter().flat_map(|it| &it.values);
            facts
                .filter(move |fact| !credential || fact.credential)
                .map(|fact| fact.name.as_str())
        };
        let mut missing: BTreeMap<&str, Option<String>> = BTreeMap::new();
        for (name, _) in stated.properties.iter() {
            let there = if entry.is_exact() {
                met.iter().all(|it| has(it, name))
            } else {
                met.iter().any(|it| has(it, name))
            };
            if !there {
                missing.insert(name, nearest(name, names(false)));
            }
        }
        // Credentials of another policy are not shown yet.
        if stated.policy.is_none() {
            for name in stated.credentials.keys() {
                let other = |it: &&&ConnectionFacts| {
                    let given = overrides.given(it.project.as_deref(), &it.code);
                    given.policy.is_some()
                };
                let there = met.iter().any(|it| has(it, name)) || met.iter().any(|it| other(&it));
                if !there {
                    missing.insert(name, nearest(name, names(true)));
                }
            }
        }
        findings.extend(
            missing
                .into_iter()
                .map(|(property, near)| Finding::NoSuchProperty {
                    entry: entry.clone(),
                    property: property.to_owned(),
                    near,
                }),
        );
    }
}

/// Rows must fit the columns of their lookups.
fn rows(overrides: &Overrides, facts: &Facts, findings: &mut Vec<Finding>) {
    for lookup in facts.lookups.iter().flatten() {
        for (entry, stated) in &overrides.lookups {
            if entry.fits(lookup.project.as_deref(), &lookup.name) {
                rows_of(lookup, entry, &stated.rows, findings);
            }
        }
    }
}

fn rows_of(
    lookup: &LookupFacts,
    entry: &Pattern,
    rows: &[BTreeMap<String, String>],
    findings: &mut Vec<Finding>,
) {
    for (nth, row) in rows.iter().enumerate() {
        for column in row.keys().filter(|column| !lookup.columns.contains(column)) {
            findings.push(Finding::NoSuchColumn {
                entry: entry.clone(),
                lookup: lookup.label(),
                column: column.clone(),
            });
        }
        if let Some(first) = lookup
            .columns
            .first()
            .filter(|first| !row.contains_key(*first))
        {
            findings.push(Finding::NoKey {
                entry: entry.clone(),
                lookup: lookup.label(),
                row: nth + 1,
                column: first.clone(),
            });
        }
    }
}

/// The credentials of a connection that nobody has told to be needed or not.
pub(super) fn credentials(connection: &ConnectionFacts) -> impl Iterator<Item = &Fact> {
    connection
        .values
        .iter()
        .filter(|fact| fact.credential || is_credential(&fact.name))
}

#[cfg(test)]
#[path = "check_tests.rs"]
mod tests;
