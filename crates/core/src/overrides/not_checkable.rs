//! What comes with the source and cannot be read, so that nobody can say where it leads.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::facts::{ConnectionFacts, Facts, LookupFacts};
use super::file::Overrides;
use crate::model::PropertyValue;

/// Something that a person has to look at, and accepts by its name.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct NotCheckable {
    /// `connections/[PROJECT/]CODE/PROPERTY` of a file, `lookups/[PROJECT/]NAME`, or `lookups` where none was read.
    pub name: String,
    /// The connection, `[PROJECT/]CODE`, where it is a file of one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub connection: Option<String>,
    /// Whether the overrides accept it.
    pub accepted: bool,
}

/// Files that nobody gives and nobody keeps, and lookups that name places after the overrides too. `places` are the hosts
/// of the source that are not shared.
pub(super) fn not_checkable(
    overrides: &Overrides,
    facts: &Facts,
    places: &BTreeSet<String>,
) -> Vec<NotCheckable> {
    let named = |name: String, connection: Option<String>| NotCheckable {
        accepted: overrides.accept.contains(&name),
        name,
        connection,
    };
    let mut all = BTreeSet::new();
    for connection in &facts.connections {
        let given = overrides.given(connection.project.as_deref(), &connection.code);
        let label = connection.label();
        for file in files(connection).filter(|file| !given.speaks_of(file)) {
            let name = format!("connections/{label}/{file}");
            all.insert(named(name, Some(label.clone())));
        }
    }
    match &facts.lookups {
        None => {
            all.insert(named("lookups".to_owned(), None));
        }
        Some(lookups) => {
            let leading = lookups.iter().filter(|it| leads(it, overrides, places));
            all.extend(leading.map(|it| named(format!("lookups/{}", it.label()), None)));
        }
    }
    all.into_iter().collect()
}

/// Uploaded files, and wallets that are there whether an archive has their file or not.
fn files(connection: &ConnectionFacts) -> impl Iterator<Item = &str> {
    let uploaded = connection.attachments.iter().map(String::as_str);
    let wallets = connection.values.iter().filter(|fact| {
        let is_there = matches!(
            fact.value,
            PropertyValue::Literal(_) | PropertyValue::Hidden
        );
        is_there && fact.name.eq_ignore_ascii_case("wallet")
    });
    uploaded.chain(wallets.map(|fact| fact.name.as_str()))
}

/// Whether a cell names a place that no row of the overrides states: a URL, or a host of the source.
fn leads(lookup: &LookupFacts, overrides: &Overrides, places: &BTreeSet<String>) -> bool {
    let rows = overrides.rows(lookup.project.as_deref(), &lookup.name);
    let key = lookup.columns.first();
    lookup.addresses.iter().any(|cell| {
        let is_place = cell.is_url || cell.hosts.iter().any(|host| places.contains(host));
        let is_shared = cell.hosts.iter().all(|host| overrides.shares(host));
        let is_stated = rows.iter().any(|row| {
            key.and_then(|key| row.get(key)) == Some(&cell.row) && row.contains_key(&cell.column)
        });
        is_place && !is_shared && !is_stated
    })
}
