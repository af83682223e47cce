//! Which connection reads which stretch of an object.

use std::collections::BTreeMap;

use crate::ranges::Ranges;

/// What a connection is given where several read: long enough that asking costs little, short enough that the file is
/// digested close behind them, from memory.
const BLOCK: u64 = 8 << 20;

/// The stretches that nobody reads yet, and those that are being read.
#[derive(Debug)]
pub(crate) struct Plan {
    free: BTreeMap<u64, u64>,
    taken: BTreeMap<u32, (u64, u64)>,
    next: u32,
}

/// A stretch that somebody reads.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Taken {
    pub(crate) id: u32,
    pub(crate) first: u64,
    pub(crate) end: u64,
}

impl Plan {
    /// For `len` bytes of which some are there.
    pub(crate) fn new(done: &Ranges, len: u64) -> Self {
        Self {
            free: done.gaps(len).into_iter().collect(),
            taken: BTreeMap::new(),
            next: 0,
        }
    }

    /// The next stretch: for one who reads alone all up to the next gap, else a block, so that there is one for others.
    /// Who holds more than that gives it up.
    pub(crate) fn take(&mut self, alone: bool) -> Option<Taken> {
        if !alone {
            for (at, end) in self.taken.values_mut() {
                if *end - *at > 2 * BLOCK {
                    self.free.insert(*at + BLOCK, *end);
                    *end = *at + BLOCK;
                }
            }
        }
        let (first, mut end) = self.free.pop_first()?;
        if !alone && end - first > BLOCK {
            self.free.insert(first + BLOCK, end);
            end = first + BLOCK;
        }
        let id = self.next;
        self.next += 1;
        self.taken.insert(id, (first, end));
        Some(Taken { id, first, end })
    }

    /// Notes that a reader has come as far as `at`; gives where it is to stop.
    pub(crate) fn advance(&mut self, id: u32, at: u64) -> u64 {
        match self.taken.get_mut(&id) {
            Some((from, end)) => {
                *from = at.min(*end);
                *end
            }
            None => at,
        }
    }

    /// A reader is done, or gave up: what it has not read is free again.
    pub(crate) fn finish(&mut self, id: u32) {
        if let Some((at, end)) = self.taken.remove(&id)
            && at < end
        {
            self.free.insert(at, end);
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn one_alone_reads_it_all_until_others_come() {
        let len = 10 * BLOCK;
        let mut plan = Plan::new(&Ranges::default(), len);
        let all = plan.take(true).unwrap();
        assert_eq!((all.first, all.end), (0, len));
        assert_eq!(plan.advance(all.id, 5), len);
        assert_eq!(plan.take(true), None);
        let other = plan.take(false).unwrap();
        assert_eq!((other.first, other.end), (BLOCK + 5, 2 * BLOCK + 5));
        assert_eq!(plan.advance(all.id, 6), BLOCK + 5);
        plan.finish(all.id);
        let rest = plan.take(true).unwrap();
        assert_eq!((rest.first, rest.end), (6, BLOCK + 5));
    }

    proptest! {
        /// Whatever is asked, each byte is read once, but for what a reader gave up.
        #[test]
        fn each_byte_is_read_once(
            done in proptest::collection::vec((0..9 * BLOCK, 0..9 * BLOCK), 0..4),
            steps in proptest::collection::vec((any::<bool>(), 0..BLOCK, any::<bool>()), 0..60),
        ) {
            let len = 9 * BLOCK;
            let mut there = Ranges::default();
            for (first, end) in done {
                there.add(first, end);
            }
            let mut plan = Plan::new(&there, len);
            let mut readers: Vec<(u32, u64)> = Vec::new();
            let read = |there: &mut Ranges, first: u64, end: u64| {
                let before = there.sum();
                there.add(first, end);
                assert_eq!(there.sum() - before, end - first);
            };
            for (alone, step, leave) in steps {
                readers.extend(plan.take(alone).map(|taken| (taken.id, taken.first)));
                if let Some((id, at)) = readers.pop() {
                    let end = plan.advance(id, at);
                    let to = (at + step).min(end);
                    read(&mut there, at, to);
                    plan.advance(id, to);
                    if leave || to == end {
                        plan.finish(id);
                    } else {
                        readers.insert(0, (id, to));
                    }
                }
            }
            for (id, at) in readers {
                let end = plan.advance(id, at);
                read(&mut there, at, end);
                plan.advance(id, end);
                plan.finish(id);
            }
            while let Some(taken) = plan.take(false) {
                read(&mut there, taken.first, taken.end);
                plan.advance(taken.id, taken.end);
                plan.finish(taken.id);
            }
            prop_assert_eq!(there.sum(), len);
        }
    }
}
