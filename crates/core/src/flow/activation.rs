//! The order in which integrations are activated.

use std::collections::{BTreeMap, BTreeSet};

/// One integration and those it calls.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Call {
    /// `CODE|VERSION`.
    pub id: String,
    /// Ids of the integrations that it calls.
    pub calls: Vec<String>,
}

/// Puts what is called before what calls it, else by id. A cycle is broken at the smallest id: all are in the answer.
pub fn activation_order(integrations: &[Call]) -> Vec<String> {
    let mut waiting: BTreeMap<&str, BTreeSet<&str>> = integrations
        .iter()
        .map(|one| (one.id.as_str(), BTreeSet::new()))
        .collect();
    let known: BTreeSet<&str> = waiting.keys().copied().collect();
    for one in integrations {
        if let Some(needs) = waiting.get_mut(one.id.as_str()) {
            needs.extend(
                one.calls
                    .iter()
                    .map(String::as_str)
                    .filter(|id| known.contains(id) && *id != one.id),
            );
        }
    }
    let mut order = Vec::with_capacity(waiting.len());
    while let Some(next) = waiting
        .iter()
        .find(|(_, needs)| needs.is_empty())
        .or_else(|| waiting.iter().next())
        .map(|(id, _)| *id)
    {
        waiting.remove(next);
        for needs in waiting.values_mut() {
            needs.remove(next);
        }
        order.push(next.to_owned());
    }
    order
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn call(id: &str, calls: &[&str]) -> Call {
        Call {
            id: id.to_owned(),
            calls: calls.iter().map(|&id| id.to_owned()).collect(),
        }
    }

    #[test]
    fn children_come_first() {
        let order = activation_order(&[call("A", &["B", "C"]), call("B", &["C"]), call("C", &[])]);
        assert_eq!(order, ["C", "B", "A"]);
    }

    #[test]
    fn a_cycle_and_an_unknown_child_lose_nobody() {
        let order = activation_order(&[call("A", &["B", "GONE"]), call("B", &["A"])]);
        assert_eq!(order, ["A", "B"]);
    }

    proptest! {
        #[test]
        fn everyone_once_and_children_first_without_cycles(edges in proptest::collection::vec((0_usize..12, 0_usize..12), 0..40)) {
            let calls: Vec<Call> = (0..12)
                .map(|from| Call {
                    id: format!("I{from:02}"),
                    // Edges to smaller numbers only, so there is no cycle.
                    calls: edges.iter().filter(|(a, b)| *a == from && b < a).map(|(_, b)| format!("I{b:02}")).collect(),
                })
                .collect();
            let order = activation_order(&calls);
            prop_assert_eq!(order.len(), 12);
            for one in &calls {
                let place = |id: &str| order.iter().position(|other| other == id).unwrap();
                for child in &one.calls {
                    prop_assert!(place(child) < place(&one.id));
                }
            }
        }
    }
}
