//! From facts to a plan.

use std::collections::{BTreeMap, BTreeSet};

use sha2::{Digest as _, Sha256};

use super::facts::{Arriving, Present, Source, Target};
use super::value::{
    Fate, Lacking, LiveToday, Plan, PlannedConnection, PlannedIntegration, PlannedSchedule,
    PlannedValue, Side, Skip, Standing, Touch, TurnedOff, Unknown,
};
use crate::ids::IntegrationId;
use crate::model::{PropertyValue, hosts};
use crate::overrides::{Checked, ConnectionFacts, Finding, Missing, Overrides, check};

type Key<'a> = (Option<&'a str>, &'a IntegrationId);

impl Plan {
    /// What would happen, as far as the facts tell.
    pub fn make(source: &Source, target: &Target, overrides: &Overrides) -> Self {
        let checked = check(overrides, &source.facts);
        let integrations = integrations(source, target);
        let turned_off = turned_off(&integrations, target);
        let live = live(source, target, &integrations, &turned_off);
        let mut unknown = Vec::new();
        let lacking = lacking(source, target, overrides, &checked, &mut unknown);
        if integrations.iter().any(|one| one.there.is_some()) {
            unknown.push(Unknown::Existing);
        }
        unknown.extend(checked.not_checked.into_iter().map(Unknown::from));
        unknown.sort();
        unknown.dedup();
        Self {
            source: Side {
                name: source.name.clone(),
                from: source.from.clone(),
                origin: source.facts.origin,
                sha256: source.sha256.clone(),
            },
            target: target.name.clone(),
            schedules: schedules(source, &integrations),
            connections: connections(source, target, overrides),
            integrations,
            turned_off,
            lacking,
            live,
            not_checkable: checked.not_checkable,
            unknown,
        }
    }
}

/// SHA-256 of something's JSON, hex in lower case: fields stand in the order of their declaration.
pub(super) fn fingerprint(it: &impl serde::Serialize) -> String {
    // What is made of texts, numbers and lists of them is always JSON.
    let json = serde_json::to_vec(it).unwrap_or_default();
    let digest = Sha256::digest(&json);
    digest.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn integrations(source: &Source, target: &Target) -> Vec<PlannedIntegration> {
    let there: BTreeMap<Key<'_>, &Present> = target
        .integrations
        .iter()
        .map(|one| ((one.project.as_deref(), &one.id), one))
        .collect();
    let mut planned: Vec<PlannedIntegration> = source
        .integrations
        .iter()
        .map(|one| {
            let present = there.get(&(one.project.as_deref(), &one.id)).copied();
            let newer = newer(one, target).filter(|_| one.active);
            let is_active = present.is_some_and(Present::is_active);
            let may_be_active = newer.is_none() && !is_active;
            let fate = fate(one, present, newer);
            PlannedIntegration {
                project: one.project.clone(),
                id: one.id.clone(),
                activate: one.active && may_be_active && !matches!(fate, Fate::Skipped(_)),
                fate,
                there: present.map(|present| Standing {
                    status: present.status.clone(),
                    locked: present.locked,
                    meaning: present.meaning.clone(),
                }),
                meaning: one.meaning.clone(),
            }
        })
        .collect();
    planned.sort();
    planned
}

fn fate(one: &Arriving, present: Option<&Present>, newer: Option<IntegrationId>) -> Fate {
    let same = match (&one.meaning, present.and_then(|it| it.meaning.as_ref())) {
        // Fingerprints of different rules do not compare.
        (Some(ours), Some(theirs)) if rule(ours) == rule(theirs) => Some(ours == theirs),
        _ => None,
    };
    match (present, same, newer) {
        (Some(_), Some(true), _) => Fate::Unchanged,
        (Some(present), ..) if present.locked => Fate::Skipped(Skip::Locked),
        (Some(present), ..) if present.is_active() => Fate::Skipped(Skip::Active),
        (_, _, Some(than)) => Fate::Skipped(Skip::Older { than }),
        (None, ..) => Fate::New,
        (Some(_), Some(false), None) => Fate::Replaced,
        (Some(_), None, None) => Fate::Unknown,
    }
}

/// The rules that a fingerprint was made by: `semantic-1` of `semantic-1:…`.
fn rule(print: &str) -> Option<&str> {
    Some(print.split_once(':')?.0)
}

/// The newest active version of the same major version that is newer.
fn newer(one: &Arriving, target: &Target) -> Option<IntegrationId> {
    let active = target.integrations.iter().filter(|it| it.is_active());
    let newer = active.filter(|it| {
        it.project == one.project
            && is_same_major(&it.id, &one.id)
            && it.id.version > one.id.version
    });
    newer.map(|it| it.id.clone()).max()
}

fn is_same_major(one: &IntegrationId, other: &IntegrationId) -> bool {
    one.code == other.code && one.version.major() == other.version.major()
}

/// Activating a version turns off the others of the same major version (documented, oic-api 2.1).
fn turned_off(planned: &[PlannedIntegration], target: &Target) -> Vec<TurnedOff> {
    let mut off = BTreeSet::new();
    for one in planned.iter().filter(|one| one.activate) {
        let others = target.integrations.iter().filter(|it| {
            it.is_active()
                && it.project == one.project
                && is_same_major(&it.id, &one.id)
                && it.id != one.id
        });
        off.extend(others.map(|it| TurnedOff {
            project: it.project.clone(),
            id: it.id.clone(),
            by: one.id.clone(),
        }));
    }
    off.into_iter().collect()
}

fn connections(source: &Source, target: &Target, overrides: &Overrides) -> Vec<PlannedConnection> {
    let mut planned: Vec<PlannedConnection> = source
        .facts
        .connections
        .iter()
        .map(|one| {
            let there = find(&target.connections, one.project.as_deref(), &one.code);
            let given = overrides.given(one.project.as_deref(), &one.code);
            let stated = one.change(&given).values.into_iter();
            let mut values: Vec<PlannedValue> = stated
                .map(|value| PlannedValue {
                    today: there.and_then(|there| today(there, &value.name)),
                    name: value.name,
                    before: value.before,
                    after: value.after,
                    entry: Some(value.entry),
                })
                .collect();
            values.extend(unstated(one, there, &values));
            values.sort();
            PlannedConnection {
                project: one.project.clone(),
                code: one.code.clone(),
                there: there.map(fingerprint),
                values,
            }
        })
        .collect();
    planned.sort();
    planned
}

fn find<'a>(
    connections: &'a [ConnectionFacts],
    project: Option<&str>,
    code: &str,
) -> Option<&'a ConnectionFacts> {
    connections
        .iter()
        .find(|it| it.project.as_deref() == project && it.code == code)
}

/// Places of which the overrides say nothing.
fn unstated(
    one: &ConnectionFacts,
    there: Option<&ConnectionFacts>,
    stated: &[PlannedValue],
) -> Vec<PlannedValue> {
    let both = std::iter::once(one).chain(there);
    let names: BTreeSet<&str> = both
        .flat_map(|side| &side.values)
        .filter(|fact| !fact.credential)
        .map(|fact| fact.name.as_str())
        .filter(|name| !stated.iter().any(|value| value.name == *name))
        .collect();
    let of = |name: &str| PlannedValue {
        name: name.to_owned(),
        today: there.and_then(|there| today(there, name)),
        before: today(one, name),
        after: None,
        entry: None,
    };
    let tells = |value: &PlannedValue| {
        let mut known = value.today.iter().chain(&value.before);
        known.any(|text| !hosts(&value.name, text).is_empty())
    };
    names.into_iter().map(of).filter(tells).collect()
}

fn today(there: &ConnectionFacts, name: &str) -> Option<String> {
    match name {
        "policy" => Some(there.policy.clone()).filter(|policy| !policy.is_empty()),
        "agent-group" => there.agent_group.clone(),
        name => match &there.value(name)?.value {
            PropertyValue::Literal(value) => Some(value.clone()),
            _ => None,
        },
    }
}

fn lacking(
    source: &Source,
    target: &Target,
    overrides: &Overrides,
    checked: &Checked,
    unknown: &mut Vec<Unknown>,
) -> Vec<Lacking> {
    let mut groups: BTreeMap<String, Vec<String>> = BTreeMap::new();
    let mut certificates: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for one in &source.facts.connections {
        let given = overrides.given(one.project.as_deref(), &one.code);
        let group = given.agent_group.as_ref().map(|stated| &stated.value);
        if let Some(group) = group.or(one.agent_group.as_ref()) {
            groups.entry(group.clone()).or_default().push(one.label());
        }
        let aliases = one.values.iter().filter_map(|fact| {
            let stated = given.properties.get(&fact.name).map(|stated| &stated.value);
            let value = stated.or(match &fact.value {
                PropertyValue::Literal(value) => Some(value),
                _ => None,
            })?;
            let is_alias = fact.name.to_ascii_lowercase().ends_with("alias") && !value.is_empty();
            is_alias.then(|| value.clone())
        });
        for alias in aliases.collect::<BTreeSet<_>>() {
            certificates.entry(alias).or_default().push(one.label());
        }
    }
    certificates.retain(|name, _| !source.certificates.contains(name));
    if target.agent_groups.is_none() && !groups.is_empty() {
        unknown.push(Unknown::AgentGroups);
    }
    if target.certificates.is_none() && !certificates.is_empty() {
        unknown.push(Unknown::Certificates);
    }
    let mut lacking: Vec<Lacking> = without(groups, target.agent_groups.as_ref())
        .map(|(name, needed_by)| Lacking::AgentGroup { name, needed_by })
        .collect();
    let certificates = without(certificates, target.certificates.as_ref());
    lacking.extend(certificates.map(|(name, needed_by)| Lacking::Certificate { name, needed_by }));
    lacking.extend(checked.findings.iter().filter_map(|finding| match finding {
        Finding::NoValue {
            why,
            connection,
            property,
        } => Some(match why {
            Missing::Credential => Lacking::Credential {
                name: property.clone(),
                needed_by: connection.clone(),
            },
            Missing::Empty | Missing::Placeholder => Lacking::Value {
                name: property.clone(),
                needed_by: connection.clone(),
            },
        }),
        _ => None,
    }));
    lacking.sort();
    lacking
}

/// What is needed and known not to be there, with those that need it in order.
fn without(
    needed: BTreeMap<String, Vec<String>>,
    there: Option<&BTreeSet<String>>,
) -> impl Iterator<Item = (String, Vec<String>)> {
    let is_lacking = move |name: &String| there.is_some_and(|there| !there.contains(name));
    let needed = needed.into_iter().filter(move |(name, _)| is_lacking(name));
    needed.map(|(name, mut by)| {
        by.sort();
        (name, by)
    })
}

/// Schedules start after an activation: of what is active in the source and not left out.
fn schedules(source: &Source, planned: &[PlannedIntegration]) -> Vec<PlannedSchedule> {
    let defined: BTreeSet<(Option<&str>, String)> = source
        .facts
        .schedules
        .iter()
        .map(|it| (it.project.as_deref(), format!("{}|{}", it.code, it.version)))
        .collect();
    let skipped: BTreeSet<Key<'_>> = planned
        .iter()
        .filter(|one| matches!(one.fate, Fate::Skipped(_)))
        .map(|one| (one.project.as_deref(), &one.id))
        .collect();
    let mut schedules: Vec<PlannedSchedule> = source
        .integrations
        .iter()
        .filter(|one| one.active && one.schedule_runs != Some(false))
        .filter(|one| defined.contains(&(one.project.as_deref(), one.id.to_string())))
        .filter(|one| !skipped.contains(&(one.project.as_deref(), &one.id)))
        .map(|one| PlannedSchedule {
            project: one.project.clone(),
            id: one.id.clone(),
            runs: one.schedule_runs,
        })
        .collect();
    schedules.sort();
    schedules
}

fn live(
    source: &Source,
    target: &Target,
    planned: &[PlannedIntegration],
    turned_off: &[TurnedOff],
) -> Vec<LiveToday> {
    let changed: BTreeSet<Key<'_>> = planned
        .iter()
        .filter(|one| one.fate != Fate::Unchanged)
        .map(|one| (one.project.as_deref(), &one.id))
        .collect();
    let off: BTreeSet<Key<'_>> = turned_off
        .iter()
        .map(|one| (one.project.as_deref(), &one.id))
        .collect();
    let mut live = Vec::new();
    for one in target.integrations.iter().filter(|one| one.is_active()) {
        let key = (one.project.as_deref(), &one.id);
        let mut touched = BTreeSet::new();
        if changed.contains(&key) {
            touched.insert(Touch::Itself);
        }
        if off.contains(&key) {
            touched.insert(Touch::TurnedOff);
        }
        let mut connections = BTreeSet::new();
        for code in &one.connections {
            // The project's own, else the instance's.
            let own = find(&target.connections, one.project.as_deref(), code);
            let project = own.and_then(|it| it.project.as_deref());
            let label = own
                .or_else(|| find(&target.connections, None, code))
                .map_or_else(|| code.clone(), ConnectionFacts::label);
            if find(&source.facts.connections, project, code).is_some() {
                touched.insert(Touch::Connection(label.clone()));
            }
            connections.insert(label);
        }
        if !touched.is_empty() {
            live.push(LiveToday {
                project: one.project.clone(),
                id: one.id.clone(),
                touched: touched.into_iter().collect(),
                connections: connections.into_iter().collect(),
                schedule: one.schedule.clone(),
            });
        }
    }
    live.sort();
    live
}

#[cfg(test)]
#[path = "make_tests.rs"]
mod tests;
