//! Times as the service writes them.

use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::fmt::rfc2822;
use jiff::tz::TimeZone;

/// `Thu May 14 21:28:31 UTC 2020` (seen on Gen2), RFC 3339, and `2026-09-17T19:23:49.887+0000` (seen on
/// Gen3). Without a zone it is taken for UTC (assumed). `None` where it is none of these.
pub(crate) fn parse(text: &str) -> Option<Timestamp> {
    let text = text.trim();
    if let Ok(exact) = text.parse::<Timestamp>() {
        return Some(exact);
    }
    if let Ok(civil) = text.parse::<DateTime>() {
        return TimeZone::UTC.to_timestamp(civil).ok();
    }
    of_java(text)
}

/// `Thu, 14 May 2020 21:28:31 GMT`, as in the header `Date`.
pub(crate) fn of_header(text: &str) -> Option<Timestamp> {
    rfc2822::DateTimeParser::new()
        .parse_timestamp(text.trim())
        .ok()
}

/// `EEE MMM dd HH:mm:ss zzz yyyy`, put in the order of RFC 2822, which knows the same names and zones.
fn of_java(text: &str) -> Option<Timestamp> {
    let parts: Vec<&str> = text.split_whitespace().collect();
    let [_, month, day, time, zone, year] = parts.as_slice() else {
        return None;
    };
    let zone = match *zone {
        "UTC" | "Z" => "GMT",
        other => other,
    };
    of_header(&format!("{day} {month} {year} {time} {zone}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_form_is_read() {
        for (text, expected) in [
            ("Thu May 14 21:28:31 UTC 2020", "2020-05-14T21:28:31Z"),
            ("Thu May 14 21:28:31 GMT 2020", "2020-05-14T21:28:31Z"),
            ("Mon Jun 1 01:02:03 PDT 2020", "2020-06-01T08:02:03Z"),
            ("Mon Jun 1 01:02:03 +0200 2020", "2020-05-31T23:02:03Z"),
            ("2020-05-14T21:28:31Z", "2020-05-14T21:28:31Z"),
            ("2020-05-14T23:28:31.5+02:00", "2020-05-14T21:28:31.5Z"),
            ("2026-09-17T19:23:49.887+0000", "2026-09-17T19:23:49.887Z"),
            (" 2026-09-17T19:23:49.887 ", "2026-09-17T19:23:49.887Z"),
        ] {
            assert_eq!(parse(text), expected.parse().ok(), "{text}");
        }
        for text in [
            "",
            "soon",
            "Thu May 14 UTC 2020",
            "Thu Foo 14 21:28:31 UTC 2020",
        ] {
            assert_eq!(parse(text), None, "{text}");
        }
    }
}
