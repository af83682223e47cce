//! Pairwise covering arrays: few rows, in which every two values of every two factors stand together at least once.

use std::cmp::Reverse;
use std::collections::BTreeSet;

/// One value of one factor, both by their place.
pub(crate) type Choice = (usize, usize);

/// Every two values of every two factors; `levels` tells how many values each factor has.
pub(crate) fn pairs(levels: &[usize]) -> BTreeSet<[Choice; 2]> {
    let choices = |(factor, count): (usize, &usize)| (0..*count).map(move |value| (factor, value));
    let all: Vec<Choice> = levels.iter().enumerate().flat_map(choices).collect();
    let with_later = |one: &Choice| {
        let one = *one;
        let later = all.iter().filter(move |other| other.0 > one.0);
        later.map(move |other| [one, *other])
    };
    all.iter().flat_map(with_later).collect()
}

/// The first value of every factor, and each other value of a factor beside the first of all others.
pub(crate) fn one_at_a_time(levels: &[usize]) -> Vec<Vec<usize>> {
    let first = vec![0; levels.len()];
    let mut rows = vec![first.clone()];
    for (factor, count) in levels.iter().enumerate() {
        rows.extend((1..*count).map(|value| {
            let mut row = first.clone();
            row[factor] = value;
            row
        }));
    }
    rows
}

/// The rows given, each with one value for every factor, and as many more as bring every pair. Greedy: not the fewest that
/// there can be, but always the same.
///
/// # Panics
///
/// A factor has no value.
pub(crate) fn covering(levels: &[usize], mut rows: Vec<Vec<usize>>) -> Vec<Vec<usize>> {
    assert!(!levels.contains(&0), "a factor has no value: {levels:?}");
    let mut left = pairs(levels);
    left.retain(|pair| !rows.iter().any(|row| holds(row, pair)));
    while let Some(seed) = left.first().copied() {
        let row = grown(levels, seed, &left);
        left.retain(|pair| !holds(&row, pair));
        rows.push(row);
    }
    rows
}

/// Whether both values stand in the row.
pub(crate) fn holds(row: &[usize], pair: &[Choice; 2]) -> bool {
    pair.iter().all(|(factor, value)| row[*factor] == *value)
}

/// A row with the pair `seed`, and as many of the pairs that are left as one choice after the other brings.
fn grown(levels: &[usize], seed: [Choice; 2], left: &BTreeSet<[Choice; 2]>) -> Vec<usize> {
    let mut row: Vec<Option<usize>> = vec![None; levels.len()];
    for (factor, value) in seed {
        row[factor] = Some(value);
    }
    let mut open: Vec<usize> = (0..levels.len()).filter(|at| row[*at].is_none()).collect();
    // What has many values has the most pairs to bring, and is chosen while there is room for it.
    open.sort_by_key(|factor| Reverse(levels[*factor]));
    for factor in open {
        let set: Vec<Choice> = (0..levels.len())
            .filter_map(|other| Some((other, row[other]?)))
            .collect();
        let brings = |value: &usize| {
            let own = (factor, *value);
            let now = set
                .iter()
                .filter(|other| left.contains(&pair(own, **other)));
            let later = left.iter().filter(|pair| pair.contains(&own));
            (now.count(), later.count(), Reverse(*value))
        };
        row[factor] = (0..levels[factor]).max_by_key(brings);
    }
    row.into_iter().flatten().collect()
}

/// Two choices in the order of their factors.
fn pair(one: Choice, other: Choice) -> [Choice; 2] {
    [one.min(other), one.max(other)]
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn the_pairs_are_those_of_different_factors() {
        let all = pairs(&[2, 1, 2]);
        assert_eq!(all.len(), 2 + 4 + 2);
        assert!(all.contains(&[(0, 1), (2, 0)]));
        assert!(all.iter().all(|[one, other]| one.0 < other.0));
    }

    #[test]
    fn few_rows_are_enough() {
        let rows = |levels: &[usize]| covering(levels, Vec::new()).len();
        assert_eq!(rows(&[2, 3]), 6);
        // 1024 rows would be all of them, 6 are the fewest.
        assert!(rows(&[2; 10]) <= 10);
        // 9 are the fewest.
        assert!(rows(&[3; 4]) <= 12);
    }

    #[test]
    fn what_was_given_comes_first_and_counts() {
        let first = one_at_a_time(&[2, 3]);
        assert_eq!(first, [[0, 0], [1, 0], [0, 1], [0, 2]]);
        let rows = covering(&[2, 3], first.clone());
        assert_eq!(rows[..4], first);
        assert_eq!(rows[4..], [[1, 1], [1, 2]]);
        assert_eq!(one_at_a_time(&[]), [Vec::<usize>::new()]);
    }

    proptest! {
        #[test]
        fn every_pair_is_in_a_row(levels in proptest::collection::vec(1_usize..5, 0..8), seeded: bool) {
            let first = if seeded { one_at_a_time(&levels) } else { Vec::new() };
            let rows = covering(&levels, first.clone());
            for row in &rows {
                prop_assert_eq!(row.len(), levels.len());
                prop_assert!(row.iter().zip(&levels).all(|(value, count)| value < count));
            }
            for pair in pairs(&levels) {
                prop_assert!(rows.iter().any(|row| holds(row, &pair)), "{:?} is in no row", pair);
            }
            prop_assert_eq!(rows, covering(&levels, first), "another array from the same table");
        }

        #[test]
        fn every_value_stands_alone(levels in proptest::collection::vec(1_usize..5, 1..8)) {
            let rows = one_at_a_time(&levels);
            for (factor, count) in levels.iter().enumerate() {
                let values: BTreeSet<usize> = rows.iter().map(|row| row[factor]).collect();
                prop_assert_eq!(values.len(), *count);
            }
            prop_assert!(rows.iter().all(|row| row.iter().filter(|value| **value > 0).count() < 2));
        }
    }
}
