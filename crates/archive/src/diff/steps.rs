//! Two lists of steps: which of one is which of the other.

use ferry_core::model::Change;

use super::sets::Test;
use super::{Walk, shown};
use crate::meaning::Node;

/// Above this product of lengths, steps are told apart by their names alone.
const MOST: usize = 4_000_000;

pub(super) fn compare(walk: &mut Walk, before: &[Node], after: &[Node]) {
    let pairs = matched(before, after);
    let kept = longest_increasing(&pairs);
    for (number, (a, b)) in pairs.iter().enumerate() {
        let Some((from, to)) = before.get(*a).zip(after.get(*b)) else {
            continue;
        };
        walk.within(to.called(), |walk| {
            if !kept.contains(&number) {
                let place = |nodes: &[Node], at: usize| match at
                    .checked_sub(1)
                    .and_then(|at| nodes.get(at))
                {
                    Some(node) => format!("after {}", node.called()),
                    None => "first".to_owned(),
                };
                walk.push(
                    Change::Moved,
                    Some(place(before, *a)),
                    Some(place(after, *b)),
                );
            }
            walk.pair(from, to);
        });
    }
    let alone = |nodes: &[Node], is_paired: &dyn Fn(usize) -> bool| -> Vec<usize> {
        (0..nodes.len()).filter(|at| !is_paired(*at)).collect()
    };
    for at in alone(before, &|at| pairs.iter().any(|(a, _)| *a == at)) {
        if let Some(node) = before.get(at) {
            one(walk, Change::Removed, node);
        }
    }
    for at in alone(after, &|at| pairs.iter().any(|(_, b)| *b == at)) {
        if let Some(node) = after.get(at) {
            one(walk, Change::Added, node);
        }
    }
}

fn one(walk: &mut Walk, change: Change, node: &Node) {
    walk.steps.push((walk.found.len(), *node.hash()));
    let value = shown(node);
    let (before, after) = if change == Change::Added {
        (None, value)
    } else {
        (value, None)
    };
    walk.within(node.called(), |walk| walk.push(change, before, after));
}

/// Which step became which: the equal ones in their order, then equal ones elsewhere, then those of one name, those
/// that have another name only, and last those of one kind between the same neighbours.
fn matched(before: &[Node], after: &[Node]) -> Vec<(usize, usize)> {
    let mut pairs = common(before, after);
    let same = |a: &Node, b: &Node| a.hash() == b.hash();
    let named = |a: &Node, b: &Node| a.key == b.key && a.name.is_some() && a.name == b.name;
    let shaped = |a: &Node, b: &Node| a.key == b.key && a.nameless() == b.nameless();
    let called = |a: &Node, b: &Node| {
        a.key == b.key
            && a.name.is_none()
            && b.name.is_none()
            && a.label.is_some()
            && a.label == b.label
    };
    let tests: [&Test<'_, Node>; 4] = [&same, &named, &shaped, &called];
    for test in tests {
        more(before, after, &mut pairs, |_, _, a, b| test(a, b));
    }
    pairs.sort_unstable();
    let fixed = pairs.clone();
    let gap = |a: usize, b: usize| {
        (
            fixed.iter().filter(|(x, _)| *x < a).count(),
            fixed.iter().filter(|(_, y)| *y < b).count(),
        )
    };
    more(before, after, &mut pairs, |at, to, a, b| {
        let (left, right) = gap(at, to);
        a.key == b.key && left == right
    });
    pairs.sort_unstable();
    pairs
}

/// Pairs what is not paired yet and passes a test, the first with the first.
fn more(
    before: &[Node],
    after: &[Node],
    pairs: &mut Vec<(usize, usize)>,
    test: impl Fn(usize, usize, &Node, &Node) -> bool,
) {
    let mut left: Vec<usize> = (0..after.len())
        .filter(|at| !pairs.iter().any(|(_, b)| b == at))
        .collect();
    let open: Vec<usize> = (0..before.len())
        .filter(|at| !pairs.iter().any(|(a, _)| a == at))
        .collect();
    if open.len().saturating_mul(left.len()) > MOST {
        return;
    }
    for at in open {
        let Some(a) = before.get(at) else { continue };
        let found = left
            .iter()
            .position(|to| after.get(*to).is_some_and(|b| test(at, *to, a, b)));
        if let Some(found) = found {
            pairs.push((at, left.remove(found)));
        }
    }
}

/// The longest common subsequence of equal steps.
fn common(before: &[Node], after: &[Node]) -> Vec<(usize, usize)> {
    let hashes = |nodes: &[Node]| nodes.iter().map(|node| *node.hash()).collect::<Vec<_>>();
    let (before, after) = (hashes(before), hashes(after));
    let ops = similar::capture_diff_slices(similar::Algorithm::Myers, &before, &after);
    let equal = ops.iter().filter_map(|op| match op {
        similar::DiffOp::Equal {
            old_index,
            new_index,
            len,
        } => Some((*old_index, *new_index, *len)),
        _ => None,
    });
    equal
        .flat_map(|(a, b, len)| (0..len).map(move |at| (a + at, b + at)))
        .collect()
}

/// The places of the pairs that did not change their order, as many as possible.
fn longest_increasing(pairs: &[(usize, usize)]) -> Vec<usize> {
    // The last of the best run of each length, and what comes before each pair in its run.
    let mut tails: Vec<usize> = Vec::new();
    let mut earlier: Vec<Option<usize>> = Vec::with_capacity(pairs.len());
    let end = |at: usize| pairs.get(at).map_or(0, |(_, b)| *b);
    for at in 0..pairs.len() {
        let length = tails.partition_point(|tail| end(*tail) < end(at));
        earlier.push(
            length
                .checked_sub(1)
                .and_then(|length| tails.get(length))
                .copied(),
        );
        match tails.get_mut(length) {
            Some(tail) => *tail = at,
            None => tails.push(at),
        }
    }
    let mut kept = Vec::new();
    let mut next = tails.last().copied();
    while let Some(at) = next {
        kept.push(at);
        next = earlier.get(at).copied().flatten();
    }
    kept
}
