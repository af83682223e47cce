//! Whether a target's connection still points at the source.

use std::collections::BTreeMap;

use crate::model::hosts;

/// What a connection of the target points at, compared with the connection of the same id in the source.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Pointing {
    /// No value that names a place is the source's, or the operator said that it is meant so.
    Elsewhere,
    /// These properties name the same place as in the source and nobody said that it is meant so.
    AtSource(Vec<String>),
}

/// Compares the values of one connection, property name to value, in source and target.
///
/// `meant` is the operator's word on a property and its value: the overrides give it, or say that it is to be kept.
pub fn pointing(
    source: &BTreeMap<String, String>,
    target: &BTreeMap<String, String>,
    meant: impl Fn(&str, &str) -> bool,
) -> Pointing {
    let hosts: Vec<_> = target
        .iter()
        .filter(|(name, value)| names_a_host(name, value))
        .collect();
    let places = if hosts.is_empty() {
        target
            .iter()
            .filter(|(name, value)| names_a_database(name, value))
            .collect()
    } else {
        hosts
    };
    let same: Vec<String> = places
        .into_iter()
        .filter(|(name, value)| source.get(*name) == Some(value) && !meant(name, value))
        .map(|(name, _)| name.clone())
        .collect();
    if same.is_empty() {
        Pointing::Elsewhere
    } else {
        Pointing::AtSource(same)
    }
}

/// Whether a property names a host: a URL by its value, or a host by the property's name (archive-format 3).
fn names_a_host(name: &str, value: &str) -> bool {
    value.contains("://") || !hosts(name, value).is_empty()
}

/// A database that is reached through a wallet has no host of its own: its service name is the place.
pub(crate) fn names_a_database(name: &str, value: &str) -> bool {
    let name = name.to_ascii_lowercase();
    !value.trim().is_empty() && matches!(name.as_str(), "servicename" | "sid")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn map(pairs: &[(&str, &str)]) -> BTreeMap<String, String> {
        pairs
            .iter()
            .map(|&(name, value)| (name.to_owned(), value.to_owned()))
            .collect()
    }

    #[test]
    fn the_sources_host_is_seen_and_other_equal_values_are_not() {
        let source = map(&[
            ("connectionUrl", "https://orders.test.example.com"),
            ("tlsVersion", "1.2"),
        ]);
        assert_eq!(
            pointing(&source, &source, |_, _| false),
            Pointing::AtSource(vec!["connectionUrl".to_owned()])
        );
        assert_eq!(pointing(&source, &source, |_, _| true), Pointing::Elsewhere);
        assert_eq!(
            pointing(&source, &source, |name, _| name == "connectionUrl"),
            Pointing::Elsewhere
        );
        let moved = map(&[
            ("connectionUrl", "https://orders.example.com"),
            ("tlsVersion", "1.2"),
        ]);
        assert_eq!(pointing(&source, &moved, |_, _| false), Pointing::Elsewhere);
    }

    #[test]
    fn a_bare_host_is_a_place_too() {
        let source = map(&[("Host", "db.test.example.com"), ("Port", "1521")]);
        assert_eq!(
            pointing(&source, &source, |_, _| false),
            Pointing::AtSource(vec!["Host".to_owned()])
        );
    }
}
