//! The order in which integrations are activated.

use std::collections::{BTreeMap, BTreeSet};

/// Project and id of an object.
pub type Key = (Option<String>, String);

/// One integration and those it calls.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Call {
    /// Its project, and `CODE|VERSION`.
    pub key: Key,
    /// Ids of the integrations that it calls, in whatever project.
    pub calls: Vec<String>,
}

/// Puts what is called into an earlier layer than what calls it; those of one layer do not call each other, so that they
/// may be activated at once. A circle is broken at the smallest key. All are in the answer, each once.
pub fn activation_layers(integrations: &[Call]) -> Vec<Vec<Key>> {
    let mut named: BTreeMap<&str, Vec<&Key>> = BTreeMap::new();
    let mut waiting: BTreeMap<&Key, BTreeSet<&Key>> = BTreeMap::new();
    for one in integrations {
        named.entry(&one.key.1).or_default().push(&one.key);
        waiting.insert(&one.key, BTreeSet::new());
    }
    let mut callers: BTreeMap<&Key, Vec<&Key>> = BTreeMap::new();
    for one in integrations {
        let called = one.calls.iter().filter_map(|id| named.get(id.as_str()));
        for called in called.flatten().filter(|called| **called != &one.key) {
            callers.entry(*called).or_default().push(&one.key);
            if let Some(needs) = waiting.get_mut(&one.key) {
                needs.insert(*called);
            }
        }
    }
    let mut layers = Vec::new();
    while let Some((smallest, _)) = waiting.first_key_value() {
        let free = waiting.iter().filter(|(_, needs)| needs.is_empty());
        let mut layer: Vec<&Key> = free.map(|(key, _)| *key).collect();
        if layer.is_empty() {
            layer.push(smallest);
        }
        for key in &layer {
            waiting.remove(key);
            for caller in callers.get(key).into_iter().flatten() {
                if let Some(needs) = waiting.get_mut(caller) {
                    needs.remove(key);
                }
            }
        }
        layers.push(layer.into_iter().cloned().collect());
    }
    layers
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn call(id: &str, calls: &[&str]) -> Call {
        Call {
            key: (None, id.to_owned()),
            calls: calls.iter().map(|&id| id.to_owned()).collect(),
        }
    }

    /// The ids of each layer.
    fn layers(integrations: &[Call]) -> Vec<String> {
        let ids = |layer: Vec<Key>| layer.into_iter().map(|(_, id)| id).collect();
        activation_layers(integrations)
            .into_iter()
            .map(ids)
            .collect()
    }

    #[test]
    fn children_come_first_and_strangers_at_once() {
        let all = [
            call("A", &["B", "C"]),
            call("B", &["C"]),
            call("C", &[]),
            call("D", &["D"]),
        ];
        assert_eq!(layers(&all), ["CD", "B", "A"]);
    }

    #[test]
    fn a_circle_and_an_unknown_child_lose_nobody() {
        let all = [
            call("A", &["B", "GONE"]),
            call("B", &["A"]),
            call("C", &["B"]),
        ];
        assert_eq!(layers(&all), ["A", "B", "C"]);
    }

    #[test]
    fn one_id_in_two_projects_is_two_integrations() {
        let of = |project: &str, id: &str, calls: &[&str]| Call {
            key: (Some(project.to_owned()), id.to_owned()),
            ..call(id, calls)
        };
        let all = [of("P", "A", &["B"]), of("Q", "A", &[]), of("Q", "B", &[])];
        let layers = activation_layers(&all);
        assert_eq!(layers[0].len(), 2);
        assert_eq!(layers[1], [(Some("P".to_owned()), "A".to_owned())]);
    }

    proptest! {
        #[test]
        fn everyone_once_and_children_first_without_circles(edges in proptest::collection::vec((0_usize..12, 0_usize..12), 0..40)) {
            let calls: Vec<Call> = (0..12)
                .map(|from| {
                    // Edges to smaller numbers only, so there is no circle.
                    let to = edges.iter().filter(|(a, b)| *a == from && b < a);
                    Call {
                        key: (None, format!("I{from:02}")),
                        calls: to.map(|(_, b)| format!("I{b:02}")).collect(),
                    }
                })
                .collect();
            let layers = activation_layers(&calls);
            prop_assert_eq!(layers.iter().map(Vec::len).sum::<usize>(), 12);
            let place = |id: &str| layers.iter().position(|layer| layer.iter().any(|(_, own)| own == id)).unwrap();
            for one in &calls {
                for child in &one.calls {
                    prop_assert!(place(child) < place(&one.key.1));
                }
                // No later than it must be.
                let least = one.calls.iter().map(|child| place(child) + 1).max().unwrap_or(0);
                prop_assert_eq!(place(&one.key.1), least);
            }
        }
    }
}
