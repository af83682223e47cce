//! Reads what the test runners print.

use super::Counts;

/// The counts of nextest's line
/// `Summary [   1.2s] 10 tests run: 8 passed (1 slow), 1 failed, 1 timed out, 2 skipped`.
pub(super) fn nextest_counts(line: &str) -> Option<Counts> {
    let rest = line.trim_start().strip_prefix("Summary [")?;
    let (_, rest) = rest.split_once("] ")?;
    let (_, results) = rest.split_once(" run: ")?;
    let mut counts = Counts::default();
    for (number, word) in numbers(results) {
        match word {
            "passed" => counts.passed += number,
            "skipped" => counts.skipped += number,
            // `failed`, `timed out`, `exec failed`: all the ways to fail.
            _ => counts.failed += number,
        }
    }
    Some(counts)
}

/// The counts of libtest's line `test result: ok. 3 passed; 0 failed; 1 ignored; …`.
pub(super) fn libtest_counts(line: &str) -> Option<Counts> {
    let rest = line.trim_start().strip_prefix("test result: ")?;
    let (_, results) = rest.split_once(". ")?;
    let mut counts = Counts::default();
    for (number, word) in numbers(results) {
        match word {
            "passed" => counts.passed += number,
            "failed" => counts.failed += number,
            "ignored" => counts.skipped += number,
            _ => {}
        }
    }
    Some(counts)
}

/// The test and the reason of a line `FERRY-SKIP: <test>: <reason>`.
pub(super) fn skip_line(line: &str) -> Option<(&str, &str)> {
    let rest = line.trim().strip_prefix("FERRY-SKIP: ")?;
    // A test's name may hold `::`, so the first colon with a blank behind it ends the name.
    rest.split_once(": ")
}

/// The text of a line `FERRY-NOTE: <text>`, by which a test says what it has covered.
pub(super) fn note_line(line: &str) -> Option<&str> {
    line.trim().strip_prefix("FERRY-NOTE: ")
}

/// `8 passed (1 slow), 1 failed` as (8, "passed"), (1, "failed"); parentheses are dropped.
fn numbers(results: &str) -> impl Iterator<Item = (u64, &str)> {
    // The parenthesis holds a comma when a test was slow and leaky; its second half is no result.
    let mut depth = 0_u32;
    results
        .split(move |c| {
            match c {
                '(' => depth += 1,
                ')' => depth = depth.saturating_sub(1),
                _ => {}
            }
            depth == 0 && (c == ',' || c == ';')
        })
        .filter_map(|part| {
            let part = part.split('(').next().unwrap_or(part);
            let (number, word) = part.trim().split_once(' ')?;
            Some((number.parse().ok()?, word.trim()))
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn counts(passed: u64, failed: u64, skipped: u64) -> Counts {
        Counts {
            passed,
            failed,
            skipped,
        }
    }

    #[test]
    fn nextest_summaries() {
        for (line, expected) in [
            (
                "     Summary [   0.012s] 3 tests run: 3 passed, 1 skipped",
                Some(counts(3, 0, 1)),
            ),
            (
                "     Summary [ 10.174s] 3/9 tests run: 2 passed (1 slow, 1 leaky), 1 failed, 0 skipped",
                Some(counts(2, 1, 0)),
            ),
            (
                "     Summary [   1.000s] 4 tests run: 1 passed, 1 failed, 1 exec failed, 1 timed out, 7 skipped",
                Some(counts(1, 3, 7)),
            ),
            (
                "     Summary [   0.000s] 0 tests run: 0 passed, 0 skipped",
                Some(counts(0, 0, 0)),
            ),
            (
                "    Starting 3 tests across 1 binary (1 test skipped)",
                None,
            ),
            ("Summary of the day", None),
        ] {
            assert_eq!(nextest_counts(line), expected, "{line}");
        }
    }

    #[test]
    fn libtest_results() {
        for (line, expected) in [
            (
                "test result: ok. 3 passed; 0 failed; 1 ignored; 0 measured; 2 filtered out; finished in 0.00s",
                Some(counts(3, 0, 1)),
            ),
            (
                "test result: FAILED. 0 passed; 2 failed; 0 ignored; 0 measured; 0 filtered out; finished in 0.16s",
                Some(counts(0, 2, 0)),
            ),
            ("test c ... FAILED", None),
        ] {
            assert_eq!(libtest_counts(line), expected, "{line}");
        }
    }

    #[test]
    fn skip_lines() {
        assert_eq!(
            skip_line("    FERRY-SKIP: swift::curl: curl is not installed: apt"),
            Some(("swift::curl", "curl is not installed: apt"))
        );
        assert_eq!(skip_line("FERRY-SKIP:"), None);
        assert_eq!(skip_line("println FERRY-SKIP: a: b"), None);
    }

    #[test]
    fn note_lines() {
        assert_eq!(
            note_line("    FERRY-NOTE: switches: 9 cases"),
            Some("switches: 9 cases")
        );
        assert_eq!(note_line("FERRY-SKIP: a: b"), None);
        assert_eq!(note_line("says FERRY-NOTE: a"), None);
    }
}
