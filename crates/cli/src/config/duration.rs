//! Times as people write them: `90s`, `45m`, `2h`, `1h 30m`, `250ms`; a bare number is seconds.

use std::time::Duration;

use jiff::SignedDuration;

/// Reads a time span.
pub(crate) fn parse_duration(text: &str) -> Result<Duration, String> {
    const WANTED: &str = "a time is written as 250ms, 90s, 45m, 2h or 1h 30m";
    let text = text.trim();
    if !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit()) {
        return text
            .parse()
            .map(Duration::from_secs)
            .map_err(|_| WANTED.to_owned());
    }
    let span: SignedDuration = text.parse().map_err(|_| WANTED.to_owned())?;
    Duration::try_from(span).map_err(|_| format!("{WANTED}, and is not negative"))
}

/// Writes a time span as it is read.
pub(crate) fn show_duration(span: Duration) -> String {
    let (seconds, millis) = (span.as_secs(), span.subsec_millis());
    let parts = [
        (seconds / 3600, "h"),
        (seconds / 60 % 60, "m"),
        (seconds % 60, "s"),
        (u64::from(millis), "ms"),
    ];
    let text: Vec<String> = parts
        .iter()
        .filter(|(n, _)| *n > 0)
        .map(|(n, unit)| format!("{n}{unit}"))
        .collect();
    if text.is_empty() {
        "0s".to_owned()
    } else {
        text.join(" ")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spans_are_read_and_written() {
        for (text, seconds) in [
            ("10s", 10),
            ("45m", 2700),
            ("2h", 7200),
            ("1h 30m", 5400),
            ("90", 90),
            (" 5s ", 5),
        ] {
            assert_eq!(
                parse_duration(text),
                Ok(Duration::from_secs(seconds)),
                "{text}"
            );
        }
        assert_eq!(parse_duration("250ms"), Ok(Duration::from_millis(250)));
        for text in ["", "soon", "-5s", "5 parsecs", "10000000000000000000000"] {
            assert!(parse_duration(text).is_err(), "{text}");
        }
    }

    #[test]
    fn what_is_written_can_be_read() {
        for millis in [
            0, 1, 250, 999, 1000, 90_000, 5_400_000, 86_400_000, 7_261_001,
        ] {
            let span = Duration::from_millis(millis);
            assert_eq!(parse_duration(&show_duration(span)), Ok(span));
        }
    }
}
