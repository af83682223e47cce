//! Whether a target's connection still points at the source.

use std::collections::BTreeMap;

use crate::model::hosts;

/// What a connection of the target points at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Pointing {
    /// No value names a place of the source, or the operator said that it is meant so.
    Elsewhere,
    /// These properties name a place of the source and nobody said that it is meant so.
    AtSource(Vec<String>),
}

/// Looks for places of the source in the values of a target's connection, property name to value.
///
/// `source`: the values of the connection of the same id there, none where there is no such one. `is_source`: whether any
/// connection of the source names this host and nobody said that both sides share it. `is_kept`: whether the operator said
/// that this property is to be kept. That the overrides give a value does not make its host right: it may be copied from the
/// wrong side. The name of a database alone is no place, so there it does: `is_given` says whether they give this value.
pub fn pointing(
    source: &BTreeMap<String, String>,
    target: &BTreeMap<String, String>,
    is_source: impl Fn(&str) -> bool,
    is_kept: impl Fn(&str) -> bool,
    is_given: impl Fn(&str, &str) -> bool,
) -> Pointing {
    let is_same = |name: &String, value: &String| source.get(name) == Some(value);
    let mut any_place = false;
    let mut found = Vec::new();
    for (name, value) in target {
        let hosts = hosts(name, value);
        any_place |= !hosts.is_empty() || value.contains("://");
        let at_source = match hosts.as_slice() {
            // A URL that no host can be read of.
            [] => value.contains("://") && is_same(name, value),
            hosts => hosts.iter().any(|host| is_source(host)),
        };
        if at_source && !is_kept(name) {
            found.push(name.clone());
        }
    }
    if !any_place {
        let places = target
            .iter()
            .filter(|(name, value)| names_a_database(name, value) && is_same(name, value))
            .filter(|(name, value)| !is_kept(name) && !is_given(name, value));
        found.extend(places.map(|(name, _)| name.clone()));
    }
    if found.is_empty() {
        Pointing::Elsewhere
    } else {
        Pointing::AtSource(found)
    }
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

    const NONE: fn(&str) -> bool = |_| false;
    const SILENT: fn(&str, &str) -> bool = |_, _| false;

    fn at_source(host: &str) -> bool {
        host.contains("test")
    }

    fn found(names: &[&str]) -> Pointing {
        Pointing::AtSource(names.iter().map(|&name| name.to_owned()).collect())
    }

    #[test]
    fn a_host_of_the_source_is_seen_wherever_it_stands() {
        let source = map(&[
            ("connectionUrl", "https://orders.test.example.com"),
            ("tlsVersion", "1.2"),
        ]);
        for (target, expected) in [
            (source.clone(), found(&["connectionUrl"])),
            // Another path, and the host of another connection.
            (
                map(&[("connectionUrl", "https://orders.test.example.com/v2")]),
                found(&["connectionUrl"]),
            ),
            (
                map(&[("connectionUrl", "https://crm.test.example.com")]),
                found(&["connectionUrl"]),
            ),
            (
                map(&[
                    ("connectionUrl", "https://orders.example.com"),
                    ("tlsVersion", "1.2"),
                ]),
                Pointing::Elsewhere,
            ),
        ] {
            assert_eq!(
                pointing(&source, &target, at_source, NONE, SILENT),
                expected
            );
        }
        // Shared, or kept.
        assert_eq!(
            pointing(&source, &source, NONE, NONE, SILENT),
            Pointing::Elsewhere
        );
        let kept = |name: &str| name == "connectionUrl";
        assert_eq!(
            pointing(&source, &source, at_source, kept, SILENT),
            Pointing::Elsewhere
        );
    }

    #[test]
    fn a_bare_host_is_a_place_too() {
        let source = map(&[("Host", "db.test.example.com"), ("Port", "1521")]);
        assert_eq!(
            pointing(&source, &source, at_source, NONE, SILENT),
            found(&["Host"])
        );
    }

    #[test]
    fn without_a_host_the_same_database_is_the_place() {
        let source = map(&[("serviceName", "orders_high")]);
        assert_eq!(
            pointing(&source, &source, at_source, NONE, SILENT),
            found(&["serviceName"])
        );
        let given = |name: &str, value: &str| (name, value) == ("serviceName", "orders_high");
        assert_eq!(
            pointing(&source, &source, at_source, NONE, given),
            Pointing::Elsewhere
        );
        let other = map(&[("serviceName", "prod_high")]);
        assert_eq!(
            pointing(&source, &other, at_source, NONE, SILENT),
            Pointing::Elsewhere
        );
    }

    #[test]
    fn a_url_without_a_readable_host_is_compared_whole() {
        let source = map(&[("connectionUrl", "https://${HOST}/x")]);
        assert_eq!(
            pointing(&source, &source, at_source, NONE, SILENT),
            found(&["connectionUrl"])
        );
    }
}
