//! The `Range` header.

/// Upstream answers no more ranges than these, nor such that overlap or go back too often.
const MOST: usize = 50;
const MOST_OVERLAPS: usize = 2;
const MOST_UNORDERED: usize = 8;

/// A range of bytes, its end not included.
pub(super) type Span = (u64, u64);

/// What is asked for of a content.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Part {
    /// All: no range, or one that is malformed.
    Whole,
    /// These ranges, of which there is one at least.
    Spans(Vec<Span>),
    /// Nothing of it is there.
    Unsatisfiable,
}

/// A range as it was written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Written {
    /// From the first byte to the last, both included.
    Between(u64, u64),
    /// From a byte to the end.
    From(u64),
    /// So many bytes at the end.
    Last(u64),
}

impl Written {
    /// The bytes of it that a content of `total` bytes has.
    pub(super) fn of(self, total: u64) -> Option<Span> {
        match self {
            Self::Last(0) => None,
            // The end of nothing is there, and empty.
            Self::Last(len) => Some((total.saturating_sub(len), total)),
            Self::From(first) => (first < total).then_some((first, total)),
            Self::Between(first, last) => {
                (first < total).then(|| (first, last.saturating_add(1).min(total)))
            }
        }
    }
}

/// Reads a `Range` header for a content of `total` bytes; `several`: more than one range is answered.
pub(super) fn part(header: Option<&str>, total: u64, several: bool) -> Part {
    let Some(written) = header.and_then(read) else {
        return Part::Whole;
    };
    if written.len() > 1 && !several {
        return Part::Whole;
    }
    // The last bytes of nothing are nothing, and all of it.
    if total == 0 && written.iter().any(|it| matches!(it, Written::Last(1..))) {
        return Part::Whole;
    }
    let spans: Vec<Span> = written.iter().filter_map(|it| it.of(total)).collect();
    if spans.is_empty() || excessive(&spans) {
        return Part::Unsatisfiable;
    }
    Part::Spans(spans)
}

/// The ranges of a header.
pub(super) fn read(header: &str) -> Option<Vec<Written>> {
    let (unit, ranges) = header.split_once('=')?;
    if !unit.trim().eq_ignore_ascii_case("bytes") {
        return None;
    }
    ranges.split(',').map(|range| one(range.trim())).collect()
}

fn one(range: &str) -> Option<Written> {
    let (first, last) = range.split_once('-')?;
    // Upstream takes a sign as Python does.
    let number = |text: &str| {
        let text = text.strip_prefix('+').unwrap_or(text);
        let digits = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
        digits.then(|| text.parse().unwrap_or(u64::MAX))
    };
    let (first, last) = (first.trim(), last.trim());
    if first.is_empty() {
        return Some(Written::Last(number(last)?));
    }
    let first = number(first)?;
    if last.is_empty() {
        return Some(Written::From(first));
    }
    let last = number(last)?;
    (first <= last).then_some(Written::Between(first, last))
}

fn excessive(spans: &[Span]) -> bool {
    if spans.len() > MOST {
        return true;
    }
    // As upstream counts: what begins or ends together does not overlap.
    let inside = |it: u64, (first, end): Span| first < it && it < end;
    let overlap = |one: Span, other: Span| {
        inside(other.0, one) || inside(other.1, one) || inside(one.0, other) || inside(one.1, other)
    };
    let mut overlaps = 0;
    for (at, one) in spans.iter().enumerate() {
        let others = spans.iter().skip(at + 1);
        overlaps += others.filter(|other| overlap(*one, **other)).count();
    }
    overlaps > MOST_OVERLAPS || (spans.len() >= MOST_UNORDERED && !spans.is_sorted())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn single_ranges() {
        let part = |header| part(Some(header), 10, true);
        let span = |first, end| Part::Spans(vec![(first, end)]);
        assert_eq!(part("bytes=2-4"), span(2, 5));
        assert_eq!(part("bytes=2-"), span(2, 10));
        assert_eq!(part("bytes=+1-2"), span(1, 3));
        assert_eq!(part("bytes=2-99"), span(2, 10));
        assert_eq!(part("BYTES = 2 - 4 "), span(2, 5));
        assert_eq!(part("bytes=-3"), span(7, 10));
        assert_eq!(part("bytes=-30"), span(0, 10));
        assert_eq!(part("bytes=10-"), Part::Unsatisfiable);
        assert_eq!(part("bytes=-0"), Part::Unsatisfiable);
        let of_nothing = |header| super::part(Some(header), 0, true);
        assert_eq!(of_nothing("bytes=-3"), Part::Whole);
        assert_eq!(of_nothing("bytes=0-"), Part::Unsatisfiable);
        for header in [
            "bytes=5-2",
            "bytes=a-b",
            "lines=1-2",
            "bytes=1-2,x",
            "bytes=-",
        ] {
            assert_eq!(part(header), Part::Whole, "{header}");
        }
    }

    #[test]
    fn several_ranges() {
        let several = |header| part(Some(header), 10, true);
        assert_eq!(several("bytes=0-1, 4-5"), Part::Spans(vec![(0, 2), (4, 6)]));
        assert_eq!(several("bytes=0-1,20-"), Part::Spans(vec![(0, 2)]));
        assert_eq!(several("bytes=0-9,1-8,2-7"), Part::Unsatisfiable);
        let same = Part::Spans(vec![(0, 10); 4]);
        assert_eq!(several("bytes=0-9,0-9,0-9,0-9"), same);
        assert_eq!(part(Some("bytes=0-1,4-5"), 10, false), Part::Whole);
    }

    proptest! {
        #[test]
        fn a_part_lies_within(header in "bytes=[0-9]{0,20}-[0-9]{0,20}(,[0-9]{0,2}-[0-9]{0,2}){0,4}", total: u64) {
            if let Part::Spans(spans) = part(Some(&header), total, true) {
                prop_assert!(!spans.is_empty());
                prop_assert!(spans.iter().all(|(first, end)| first < end && *end <= total));
            }
        }
    }
}
