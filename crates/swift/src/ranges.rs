//! Which stretches of an object are there already.

use serde::{Deserialize, Serialize};

/// Stretches from a first byte to the one behind the last; in order, and none touches the next.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Vec<(u64, u64)>", into = "Vec<(u64, u64)>")]
pub(crate) struct Ranges(Vec<(u64, u64)>);

impl Ranges {
    /// Adds a stretch.
    pub(crate) fn add(&mut self, first: u64, end: u64) {
        if first >= end {
            return;
        }
        // Those before it do not touch it, those from `to` on neither: the ones between become one with it.
        let from = self.0.partition_point(|&(_, before)| before < first);
        let to = self.0.partition_point(|&(start, _)| start <= end);
        let merged = self.0.get(from..to).unwrap_or_default();
        let first = merged.first().map_or(first, |&(start, _)| start.min(first));
        let end = merged.last().map_or(end, |&(_, last)| last.max(end));
        self.0.splice(from..to, [(first, end)]);
    }

    /// Where the stretch that holds byte `at` ends; `at` itself where there is none.
    pub(crate) fn end_from(&self, at: u64) -> u64 {
        let next = self.0.partition_point(|&(_, end)| end <= at);
        match self.0.get(next) {
            Some(&(first, end)) if first <= at => end,
            _ => at,
        }
    }

    /// What is missing of `len` bytes.
    pub(crate) fn gaps(&self, len: u64) -> Vec<(u64, u64)> {
        let mut at = 0;
        let mut gaps = Vec::new();
        for &(first, end) in self.0.iter().chain(&[(len, len)]) {
            if at < first.min(len) {
                gaps.push((at, first.min(len)));
            }
            at = at.max(end);
        }
        gaps
    }

    /// How many bytes are there.
    pub(crate) fn sum(&self) -> u64 {
        self.0.iter().map(|&(first, end)| end - first).sum()
    }

    /// Where the last stretch ends.
    pub(crate) fn end(&self) -> u64 {
        self.0.last().map_or(0, |&(_, end)| end)
    }
}

/// A file may say anything.
impl TryFrom<Vec<(u64, u64)>> for Ranges {
    type Error = &'static str;

    fn try_from(pairs: Vec<(u64, u64)>) -> Result<Self, Self::Error> {
        let mut ranges = Self::default();
        for (first, end) in pairs {
            if first >= end {
                return Err("a stretch ends before it begins");
            }
            ranges.add(first, end);
        }
        Ok(ranges)
    }
}

impl From<Ranges> for Vec<(u64, u64)> {
    fn from(ranges: Ranges) -> Self {
        ranges.0
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use proptest::prelude::*;

    use super::*;

    const LEN: u8 = 64;

    proptest! {
        #[test]
        fn like_a_set_of_bytes(stretches in proptest::collection::vec((0..LEN, 0..LEN), 0..20)) {
            let mut ranges = Ranges::default();
            let mut set = BTreeSet::new();
            for (first, end) in stretches {
                ranges.add(first.into(), end.into());
                set.extend((first..end).map(u64::from));
            }
            prop_assert!(ranges.0.windows(2).all(|pair| pair[0].1 < pair[1].0));
            prop_assert_eq!(ranges.sum(), set.len() as u64);
            let len = u64::from(LEN);
            for at in 0..len {
                let end = (at..len).find(|at| !set.contains(at)).unwrap_or(len);
                prop_assert_eq!(ranges.end_from(at), end);
            }
            for (first, end) in ranges.gaps(len) {
                for at in first..end {
                    prop_assert!(set.insert(at));
                }
            }
            prop_assert_eq!(set.len() as u64, len);
        }
    }

    #[test]
    fn what_a_file_says_is_checked() {
        let ranges: Ranges = serde_json::from_str("[[0,5],[3,9],[20,21]]").unwrap();
        assert_eq!(serde_json::to_string(&ranges).unwrap(), "[[0,9],[20,21]]");
        assert!(serde_json::from_str::<Ranges>("[[5,5]]").is_err());
    }
}
