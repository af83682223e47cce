//! The `Range` header: one range of bytes.

/// What is asked for of a content.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Part {
    /// All: no range, one that is malformed, or several, which a server need not serve.
    Whole,
    /// From the first to the last byte, both included.
    Bytes(u64, u64),
    /// Nothing of it is there.
    Unsatisfiable,
}

/// Reads a `Range` header for a content of `total` bytes.
pub(super) fn part(header: Option<&str>, total: u64) -> Part {
    header
        .and_then(|header| header.trim().strip_prefix("bytes="))
        .and_then(|range| range.split_once('-'))
        .and_then(|(first, last)| read(first.trim(), last.trim(), total))
        .unwrap_or(Part::Whole)
}

fn read(first: &str, last: &str, total: u64) -> Option<Part> {
    let number = |text: &str| {
        text.bytes()
            .all(|byte| byte.is_ascii_digit())
            .then(|| text.parse::<u64>().ok())?
    };
    let end = total.checked_sub(1);
    if first.is_empty() {
        let len = number(last)?;
        return Some(match end {
            Some(end) if len > 0 => Part::Bytes(total.saturating_sub(len), end),
            _ => Part::Unsatisfiable,
        });
    }
    let first = number(first)?;
    let last = if last.is_empty() {
        u64::MAX
    } else {
        number(last)?
    };
    if first > last {
        return None;
    }
    Some(match end {
        Some(end) if first <= end => Part::Bytes(first, last.min(end)),
        _ => Part::Unsatisfiable,
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn reads_single_ranges() {
        let part = |header| part(Some(header), 10);
        assert_eq!(part("bytes=2-4"), Part::Bytes(2, 4));
        assert_eq!(part("bytes=2-"), Part::Bytes(2, 9));
        assert_eq!(part("bytes=2-99"), Part::Bytes(2, 9));
        assert_eq!(part("bytes=-3"), Part::Bytes(7, 9));
        assert_eq!(part("bytes=-30"), Part::Bytes(0, 9));
        assert_eq!(part("bytes=10-"), Part::Unsatisfiable);
        assert_eq!(part("bytes=-0"), Part::Unsatisfiable);
        for header in [
            "bytes=5-2",
            "bytes=a-b",
            "lines=1-2",
            "bytes=1-2,4-5",
            "bytes=-",
            "bytes=+1-2",
        ] {
            assert_eq!(part(header), Part::Whole, "{header}");
        }
    }

    proptest! {
        #[test]
        fn a_part_lies_within(header in "bytes=[0-9]{0,20}-[0-9]{0,20}", total: u64) {
            if let Part::Bytes(first, last) = part(Some(&header), total) {
                prop_assert!(first <= last && last < total);
            }
        }
    }
}
