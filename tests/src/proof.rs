//! What an emulator's journal proves of a promotion.

use std::collections::{BTreeMap, BTreeSet};

use ferry_emulator::Recorded;

use crate::held::{Held, Key};

/// What one request did to the target, as far as its method and path tell.
enum Done {
    /// Asked for an import.
    Import,
    /// Gave a connection its values.
    Values(Key),
    /// Turned an integration on or off.
    Switch(Key),
}

/// Proves that at no moment an integration of the target was active with a connection of the source.
///
/// `journal` holds every request of the promotion, `source` and `before` what the source held and what the target held
/// when it began, and `comes` tells which connections an import gives the source's values. Such a connection counts as
/// the source's from the moment that the import was asked for until it was given its values for the last time, whether or
/// not the import succeeded: its values at the end are for the caller to compare. Nothing of the source may have been
/// changed, since the journal does not tell Gen2 instances apart.
///
/// # Panics
/// The journal does not begin at the promotion, or proves the contrary.
pub fn never_active_with_the_source(
    journal: &[Recorded],
    source: &Held,
    before: &Held,
    comes: impl Fn(&Key) -> bool,
) {
    let done: Vec<Done> = journal
        .iter()
        .filter(|record| record.status.is_none_or(|status| status < 400))
        .filter_map(of)
        .collect();
    let mut last = BTreeMap::new();
    for (at, done) in done.iter().enumerate() {
        if let Done::Values(key) = done {
            last.insert(key, at);
        }
    }
    let is_active = before.integrations.iter().filter(|(_, it)| it.is_active());
    let mut active: BTreeSet<&Key> = is_active.map(|(key, _)| key).collect();
    let mut dirty: BTreeSet<&Key> = BTreeSet::new();
    let refuse = |key: &Key, dirty: &BTreeSet<&Key>| {
        let mut used = source.used(key);
        used.extend(before.used(key));
        let wrong: Vec<&Key> = used.iter().filter(|it| dirty.contains(it)).collect();
        assert!(wrong.is_empty(), "{key:?} was active with {wrong:?}");
    };
    for (at, done) in done.iter().enumerate() {
        match done {
            Done::Import => {
                dirty.extend(source.connections.keys().filter(|key| comes(key)));
                for key in &active {
                    refuse(key, &dirty);
                }
            }
            Done::Values(key) => {
                if last.get(key) == Some(&at) {
                    dirty.remove(key);
                }
            }
            Done::Switch(key) => {
                if !active.remove(key) {
                    refuse(key, &dirty);
                    active.insert(key);
                }
            }
        }
    }
}

fn of(record: &Recorded) -> Option<Done> {
    if record.method != "POST" {
        return None;
    }
    let path = record.target.split('?').next()?;
    if path.ends_with("/common/v1/importServiceInstanceArchive") {
        return Some(Done::Import);
    }
    let rest = path.strip_prefix("/ic/api/integration/v1/")?;
    let (project, rest) = match rest.strip_prefix("projects/") {
        Some(rest) => {
            let (project, rest) = rest.split_once('/')?;
            (Some(project.to_owned()), rest)
        }
        None => (None, rest),
    };
    match rest.split_once('/')? {
        (_, id) if id.contains('/') => None,
        ("integrations", id) => Some(Done::Switch((project, id.replace("%7C", "|")))),
        ("connections", id) => Some(Done::Values((project, id.to_owned()))),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::held::Integration;

    fn key(id: &str) -> Key {
        (None, id.to_owned())
    }

    /// An instance with one integration, which uses one connection.
    fn held(status: &str) -> Held {
        let one = Integration {
            status: status.to_owned(),
            schedule: None,
            connections: BTreeSet::from(["C".to_owned()]),
            content: None,
        };
        Held {
            integrations: BTreeMap::from([(key("A|01.00.0000"), one)]),
            connections: BTreeMap::from([(key("C"), BTreeMap::new())]),
            ..Held::default()
        }
    }

    fn journal(paths: &[&str]) -> Vec<Recorded> {
        let record = |path: &&str| Recorded {
            nth: 1,
            at: jiff::Timestamp::UNIX_EPOCH,
            service: None,
            method: "POST".to_owned(),
            target: format!("/ic/api/{path}?x=y"),
            status: Some(200),
            refusal: None,
            near: None,
        };
        paths.iter().map(record).collect()
    }

    const IMPORT: &str = "common/v1/importServiceInstanceArchive";
    const VALUES: &str = "integration/v1/connections/C";
    const TEST: &str = "integration/v1/connections/C/test";
    const SWITCH: &str = "integration/v1/integrations/A%7C01.00.0000";

    fn proves(status: &str, paths: &[&str]) -> bool {
        let (source, before, journal) = (held("ACTIVATED"), held(status), journal(paths));
        let proof = || never_active_with_the_source(&journal, &source, &before, |_| true);
        std::panic::catch_unwind(std::panic::AssertUnwindSafe(proof)).is_ok()
    }

    #[test]
    fn the_right_order_passes() {
        let good: [&[&str]; 3] = [
            &[IMPORT, VALUES, TEST, SWITCH],
            &[IMPORT, VALUES, VALUES, SWITCH],
            &[IMPORT],
        ];
        assert!(good.into_iter().all(|paths| proves("CONFIGURED", paths)));
        assert!(proves("ACTIVATED", &[SWITCH, IMPORT, VALUES, SWITCH]));
    }

    #[test]
    fn every_wrong_order_is_found() {
        let bad: [&[&str]; 3] = [
            &[IMPORT, SWITCH, VALUES],
            &[IMPORT, TEST, SWITCH],
            &[IMPORT, VALUES, SWITCH, VALUES],
        ];
        assert!(bad.into_iter().all(|paths| !proves("CONFIGURED", paths)));
        assert!(!proves("ACTIVATED", &[IMPORT, VALUES]));
        assert!(!proves("ACTIVATED", &[SWITCH, SWITCH, IMPORT, VALUES]));
    }
}
